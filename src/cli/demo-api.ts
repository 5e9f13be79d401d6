/** HTTP as the demo needs it: one line a request, counted. */

export type DemoApi = {
  // biome-ignore lint/suspicious/noExplicitAny: the demo reads answers of every shape
  readonly send: (method: string, path: string, body?: unknown, headers?: { readonly [name: string]: string }) => Promise<any>
  readonly requests: () => number
}

export function demoApi(root: string): DemoApi {
  let requests = 0
  async function send(method: string, path: string, body?: unknown, headers: { readonly [name: string]: string } = {}) {
    requests++
    const url = path.startsWith('http') ? path : `${root}/${path}`
    const answer = await fetch(url, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text.startsWith('{') ? JSON.parse(text) : {}
  }
  return { send, requests: () => requests }
}
