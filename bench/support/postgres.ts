/** A durable PostgreSQL of the bench's own, a server at it, and the raw driver beside the server: the same statements, in this process. */
import pg from 'pg'
import { Guid } from '../../src/base/guid.ts'
import { PLAIN_CALENDAR } from '../../src/plan/calendar.ts'
import { planRead } from '../../src/plan/plan-read.ts'
import { FULL_RIGHTS } from '../../src/plan/rights.ts'
import { parsePrecondition } from '../../src/protocol/precondition.ts'
import { parsePrefer } from '../../src/protocol/prefer.ts'
import { parseQueryOptions } from '../../src/protocol/query-options.ts'
import { parseResourcePath } from '../../src/protocol/resource-path.ts'
import { SELECT_SCHEMA, schemaOf } from '../../src/store/definitions.ts'
import { postgresDialect } from '../../src/store/postgres/dialect.ts'
import { readTypes, renderSql } from '../../src/store/postgres/values.ts'
import { selectRow, selectRows } from '../../src/store/sql/select-rows.ts'
import { startCluster } from '../../test/support/postgres/cluster.ts'
import { makePartTable, PART, partBody } from './part-table.ts'
import { startTidemark, type Tidemark } from './processes.ts'

/** Of the driver, and of each half of the server's. */
const CONNECTIONS = 10

export type PostgresBench = {
  readonly url: string
  readonly server: Tidemark
  readonly pool: pg.Pool
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export async function startPostgresBench(): Promise<PostgresBench> {
  const cluster = await startCluster({ durable: true, settings: { shared_buffers: '512MB', max_wal_size: '4GB' } })
  const server = await startAt(cluster.url)
  await makePartTable(server.api)
  const pool = new pg.Pool({ connectionString: cluster.url, max: CONNECTIONS })
  const dispose = async () => {
    await pool.end()
    await server[Symbol.asyncDispose]()
    await cluster[Symbol.asyncDispose]()
  }
  return { url: cluster.url, server, pool, [Symbol.asyncDispose]: dispose }
}

export function startAt(url: string): Promise<Tidemark> {
  return startTidemark(undefined, ['--database', url, '--connections', String(2 * CONNECTIONS)])
}

/** The server's own statement for a path, whose first column is JSON; its values are those of this path. */
export async function serverStatement(pool: pg.Pool, path: string, query = ''): Promise<{ readonly text: string; readonly values: readonly unknown[] }> {
  const { rows } = await pool.query({ text: renderSql(SELECT_SCHEMA).text, types: readTypes })
  const schema = schemaOf(rows)
  const caller = { userId: Guid.next(), businessUnitId: Guid.next(), organizationId: Guid.next(), rights: FULL_RIGHTS }
  const read = {
    segments: parseResourcePath(path),
    options: parseQueryOptions(query),
    preferences: parsePrefer(undefined),
    precondition: parsePrecondition(undefined, undefined),
  }
  const plan = planRead(read, { schema, caller, now: new Date().toISOString(), calendar: PLAIN_CALENDAR })
  const scope = { dialect: postgresDialect, rights: FULL_RIGHTS, schema, apiRoot: 'http://127.0.0.1/api/data/v9.2' }
  if (plan.kind === 'read-row') return renderSql(selectRow(plan, scope).sql)
  if (plan.kind === 'read-rows') return renderSql(selectRows(plan, scope).sql)
  throw new Error(`${path} reads no rows`)
}

/** How often a second, `width` at a time. */
export async function rateOf(width: number, seconds: number, work: (number: number) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  let done = 0
  const loop = async () => {
    while (performance.now() - startedAt < seconds * 1000) await work(done++)
  }
  await Promise.all(Array.from({ length: width }, loop))
  return done / ((performance.now() - startedAt) / 1000)
}

export type UpsertRow = {
  readonly columns: readonly string[]
  readonly types: readonly string[]
  readonly values: (number: number, turn: number) => readonly unknown[]
}

/** What the server stores of a row: the columns that are not null in one of its own. */
export async function upsertRow(pool: pg.Pool): Promise<UpsertRow> {
  const { rows } = await pool.query<Record<string, unknown>>({ text: `select * from ${PART.name} limit 1`, types: readTypes })
  const sample = rows[0] ?? {}
  const columns = Object.keys(sample).filter((column) => sample[column] !== null && column !== '$xid' && column !== 'versionnumber')
  const types = columns.map((column) =>
    typeof sample[column] === 'number' ? (Number.isInteger(sample[column]) && column !== 'new_weight' ? 'bigint' : 'float8') : 'text',
  )
  const values = (number: number, turn: number): readonly unknown[] => {
    const body = partBody(number, turn)
    const own: Record<string, unknown> = {
      ...sample,
      ...Object.fromEntries(Object.entries(body).map(([column, value]) => [column, typeof value === 'boolean' ? Number(value) : value])),
      [PART.id]: Guid.next(),
      [PART.key]: `P-${number}`,
      [`${PART.key}$fold`]: `p-${number}`,
      new_name$fold: String(body.new_name).toLowerCase(),
    }
    return columns.map((column) => own[column] ?? null)
  }
  return { columns, types, values }
}

/** `source`: `values ($1, …)` or `select … from …`; its last column is not the version. */
export function upsertText({ columns }: UpsertRow, source: string): string {
  const changed = columns.filter((column) => column.startsWith('new_') && column !== PART.id).concat('modifiedon', 'modifiedby')
  const names = [...columns, 'versionnumber'].map((column) => `"${column}"`).join()
  const sets = [
    ...changed.map((column) => `"${column}" = excluded."${column}"`),
    `"versionnumber" = nextval('tidemark_version')`,
    `"$xid" = pg_current_xact_id()`,
  ]
  return `insert into ${PART.name} (${names}) ${source} on conflict ("${PART.key}$fold") where "${PART.key}$fold" is not null do update set ${sets.join()}`
}
