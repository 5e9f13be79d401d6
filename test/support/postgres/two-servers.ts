/** Two servers at one PostgreSQL database of their own, and what tests of writes that meet each other need. */
import assert from 'node:assert/strict'
import { type Answer, type Api, apiOf } from '../api.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { freshDatabase } from './test-database.ts'

export type TwoServers = {
  readonly database: string
  readonly servers: readonly [TestServer, TestServer]
  readonly one: Api
  readonly two: Api
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export async function startTwo(args: readonly string[] = []): Promise<TwoServers> {
  const database = await freshDatabase()
  const options = { database: database.url, args }
  const first = await startServer(options)
  const second = await startServer(options)
  async function dispose(): Promise<void> {
    await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
    await database.drop()
  }
  return { database: database.url, servers: [first, second], one: apiOf(first.api), two: apiOf(second.api), [Symbol.asyncDispose]: dispose }
}

/** Sent at the same time, each at one of the servers in turn. */
export function race({ one, two }: Pick<TwoServers, 'one' | 'two'>, requests: readonly ((api: Api, index: number) => Promise<Answer>)[]): Promise<Answer[]> {
  return Promise.all(requests.map((request, index) => request(index % 2 === 0 ? one : two, index)))
}

/** How many answers had which status: `{ 204: 1, 412: 1 }`. */
export function statuses(answers: readonly Answer[]): { readonly [status: number]: number } {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** Fails with the text of the first answer of another status. */
export function expectAll(answers: readonly Answer[], ...allowed: readonly number[]): void {
  for (const { status, text } of answers) assert.ok(allowed.includes(status), `${status} instead of ${allowed.join(' or ')}: ${text.slice(0, 500)}`)
}
