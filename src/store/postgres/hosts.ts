/**
 * A URL may name several servers of one cluster, `postgres://user@one:5432,two:5432/database`, as libpq's do: the one that takes writes
 * is the primary, whichever it is now.
 */
import { Client } from 'pg'

/** One URL for each host, in their order. Ports may be left out. */
export function urlsOf(url: string): readonly [string, ...string[]] {
  const [, head = '', credentials = '', hosts = '', tail = ''] = /^(postgres(?:ql)?:\/\/)([^/@]*@)?([^/?]*)(.*)$/.exec(url) ?? []
  const [first = '', ...others] = hosts.split(',')
  const urlOf = (host: string) => `${head}${credentials}${host}${tail}`
  return [urlOf(first), ...others.map(urlOf)]
}

/** For people: without the password. */
export function shownUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^/@:]*):[^/@]*@/, '$1:***@')
}

const CONNECT_MS = 2000

/** The first that answers and is not in recovery; undefined where none is. */
export async function findPrimary(urls: readonly string[]): Promise<string | undefined> {
  for (const url of urls) if (await isPrimary(url)) return url
  return undefined
}

async function isPrimary(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, statement_timeout: CONNECT_MS })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ readonly standby: boolean }>('select pg_is_in_recovery() as standby')
    return rows[0]?.standby === false
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
