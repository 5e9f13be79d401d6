/** A figure of a server's metrics. */
import type { TestServer } from './start-server.ts'

/** NaN where it has none of this name. */
export async function figureOf({ url }: Pick<TestServer, 'url'>, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}
