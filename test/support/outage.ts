/** What clients meet while a server or its database is away: a lost connection, or 503 with the time to try again. Anything else is a failure. */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { Answer, Api } from './api.ts'

/** Whether the request was done is not known. */
export class Outage extends Error {
  readonly answer: Answer | undefined
  constructor(cause: unknown, answer?: Answer) {
    super(answer ? `${answer.status}: ${answer.text.slice(0, 200)}` : String(cause), { cause })
    this.answer = answer
  }
}

/** The same, where an outage is thrown. */
export function throughOutages(api: Api): Api {
  const send: Api['send'] = async (method, path, options) => {
    const answer = await api.send(method, path, options).catch((cause) => Promise.reject(new Outage(cause)))
    if (answer.status !== 503) return answer
    assert.ok(Number(answer.headers['retry-after']) > 0, `503 says when to try again: ${answer.text}`)
    throw new Outage(undefined, answer)
  }
  return {
    root: api.root,
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body, headers = {}) => send('POST', path, { body, headers }),
    patch: (path, body, headers = {}) => send('PATCH', path, { body, headers }),
    put: (path, body, headers = {}) => send('PUT', path, { body, headers }),
    delete: (path, headers = {}) => send('DELETE', path, { headers }),
  }
}

/** Done again for as long as there is an outage. */
export async function afterOutage<T>(work: () => Promise<T>, milliseconds = 30_000): Promise<T> {
  for (const deadline = Date.now() + milliseconds; ; await wait(50)) {
    try {
      return await work()
    } catch (cause) {
      if (!(cause instanceof Outage) || Date.now() > deadline) throw cause
    }
  }
}
