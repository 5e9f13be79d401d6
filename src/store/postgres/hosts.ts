/**
 * A URL may name several servers of one cluster, `postgres://user@one:5432,two:5432/database`, as libpq's do: the one that takes writes
 * is the primary, whichever it is now.
 */
import { Client } from 'pg'

/** One URL for each host, in their order. Ports may be left out. Throws a plain error, without the password, where a URL is none. */
export function urlsOf(url: string): readonly [string, ...string[]] {
  const [, head = '', credentials = '', hosts = '', tail = ''] = /^(postgres(?:ql)?:\/\/)([^/@]*@)?([^/?]*)(.*)$/.exec(url) ?? []
  const urlOf = (host: string) => {
    const one = `${head}${credentials}${host}${withCheckedCertificate(tail)}`
    // Without a host it is this machine, or the one that `?host=` names.
    if (URL.canParse(one.replace('@/', '@localhost/'))) return one
    throw new Error(
      `the database's URL ${shownUrl(url)} is not one: look at its host and port, and in user and password write %2F for /, %23 for #, %3F for ?, %40 for @, %25 for %`,
    )
  }
  const [first = '', ...others] = hosts.split(',')
  return [urlOf(first), ...others.map(urlOf)]
}

/** All of them check the server's certificate, as the driver has it; it warns of all but the one name. */
function withCheckedCertificate(tail: string): string {
  return /[?&]uselibpqcompat=/.test(tail) ? tail : tail.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full')
}

/** For people: without the password, also where it has characters that a URL cannot have. */
export function shownUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^/?#@:]*):.*@/, '$1:***@').replace(/([?&](?:ssl)?password=)[^&]*/gi, '$1***')
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
