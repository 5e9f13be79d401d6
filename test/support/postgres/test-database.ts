/**
 * Empty databases for tests, on the PostgreSQL that TIDEMARK_TEST_POSTGRES names (its user must be allowed to create databases) or on one that this
 * process starts when it first needs it (`npm test` starts one for all its files: global-setup.ts).
 */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Cluster, startCluster } from './cluster.ts'

export type TestDatabase = { readonly url: string; readonly name: string; readonly drop: () => Promise<void> }

let own: Promise<Cluster> | undefined
const undropped = new Set<TestDatabase>()

/** The URL of a PostgreSQL in which databases may be made. */
export async function findPostgres(): Promise<string> {
  const given = process.env.TIDEMARK_TEST_POSTGRES
  if (given) return given
  own ??= startCluster()
  return (await own).url
}

export async function freshDatabase(template = 'template0'): Promise<TestDatabase> {
  const server = await findPostgres()
  const name = `tidemark_test_${process.pid}_${randomBytes(4).toString('hex')}`
  await runOn(server, `create database ${name} template ${template} encoding 'UTF8'`)

  async function drop(): Promise<void> {
    undropped.delete(database)
    await runOn(server, `drop database if exists ${name} with (force)`)
  }

  const database = { url: nameDatabase(server, name), name, drop }
  if (undropped.size === 0) process.once('beforeExit', dropAll)
  undropped.add(database)
  return database
}

/** The same server's URL with another database in it. */
export function nameDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** One statement on a connection of its own. */
export async function runOn(url: string, sql: string): Promise<pg.QueryResult> {
  await using client = await connect(url)
  return await client.query(sql)
}

export type TestClient = pg.Client & { readonly [Symbol.asyncDispose]: () => Promise<void> }

/** A connection that ends with its scope. */
export async function connect(url: string): Promise<TestClient> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

/** Begins a transaction and gives it an id, as its first write would. */
export async function openTransaction(client: pg.Client): Promise<void> {
  await client.query('begin')
  await client.query('select pg_current_xact_id()')
}

/** Those that nobody dropped, when the tests of this process are over. */
async function dropAll(): Promise<void> {
  // A database of a cluster of ours ends with it.
  if (own === undefined) for (const database of undropped) await database.drop()
}
