/**
 * Where in our URL space a request points. `/api/data/v9.2/accounts(…)?$select=name` →
 * apiRoot `http://host/api/data/v9.2`, path `accounts(…)`, query `$select=name`.
 */
export type ServiceUrl = {
  /** `{origin}/api/data/v9.2`: emitted URLs repeat the version that was asked for. */
  readonly apiRoot: string
  /** Raw, without leading slash. */
  readonly path: string
  /** Raw, without `?`; '' when there is none. */
  readonly query: string
}

// v8.x and v9.0–v9.2 are served alike: ServiceClient begins with v9.0, samples mix them all (webapi.md 1).
const SERVICE = /^\/api\/data\/v(?:8\.[0-2]|9\.[0-2])(?=\/|\?|$)/i

export function parseServiceUrl(origin: string, url: string): ServiceUrl | undefined {
  const root = SERVICE.exec(url)?.[0]
  if (root === undefined) return undefined
  const rest = url.slice(root.length)
  const mark = rest.indexOf('?')
  const path = mark < 0 ? rest : rest.slice(0, mark)
  return { apiRoot: origin + root, path: path.replace(/^\/+/, ''), query: mark < 0 ? '' : rest.slice(mark + 1) }
}
