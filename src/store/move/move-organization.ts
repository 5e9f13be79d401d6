/**
 * Moves an organization from a SQLite file into an empty PostgreSQL database: all of it in one transaction, so that it is there whole or not at all.
 * Rows keep their versions; all are written by the one transaction, which is what tokens of the file are answered by (moved-position.ts).
 * Memory is that of some lines of COPY. Indexes and references are made of what is there, which is faster than row by row.
 */
import { Client } from 'pg'
import type { Table } from '../../schema/table.ts'
import { copyIn } from '../postgres/copy-in.ts'
import { postgresDialect } from '../postgres/dialect.ts'
import { installFunctions } from '../postgres/functions.ts'
import { EngineError } from '../sql/connection.ts'
import { findPrimary, urlsOf } from '../postgres/hosts.ts'
import { migrate } from '../postgres/migrate.ts'
import { beginMove, finishMove, lockEmpty } from '../postgres/move-state.ts'
import { openSession, type Session } from '../postgres/session.ts'
import { type SigningKeyRows, writeSigningKeys } from '../postgres/signing-key-rows.ts'
import { startProblem } from '../postgres/start-problem.ts'
import { XID_COLUMN } from '../postgres/xid-column.ts'
import { migrationSql, referencesSql } from '../sql/define-table.ts'
import { join, name, render, sql } from '../sql/sql.ts'
import { storedName } from '../sql/storage-names.ts'
import { piecesOf, textOf } from './copy-text.ts'
import { ownTables } from './own-tables.ts'
import type { Source } from './source.ts'

export type MoveProgress = {
  readonly rows: (table: string, rows: number, of: number) => void
  readonly making: (what: string) => void
}
export type Moved = { readonly tables: number; readonly rows: number; readonly tombstones: number }

/** What is not in the file: the keys of its server's own tokens. */
export type BesideSource = { readonly keys: SigningKeyRows | undefined }

export async function moveOrganization(source: Source, { keys }: BesideSource, url: string, progress: MoveProgress): Promise<Moved> {
  const client = await connect(url)
  try {
    const session = openSession(client, { answerBytes: 1024 * 1024 })
    await session.execute(`set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0;
      select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`)
    await migrate(session)
    await installFunctions(session.execute)
    await beginMove(session, source.file)
    const mover: Mover = { source, client, session, progress }
    await session.execute('begin')
    await session.execute("select set_config('maintenance_work_mem', '256MB', true) where pg_size_bytes(current_setting('maintenance_work_mem')) < 268435456")
    await lockEmpty(session)
    const moved = await moveAll(mover)
    if (keys) await writeSigningKeys(session, keys)
    await finishMove(session, source.version)
    await session.execute('commit')
    return moved
  } finally {
    // What is not committed is undone with the connection.
    await client.end().catch(() => {})
  }
}

type Mover = { readonly source: Source; readonly client: Client; readonly session: Session; readonly progress: MoveProgress }

async function connect(url: string): Promise<Client> {
  const urls = urlsOf(url)
  const one = (urls.length === 1 ? undefined : await findPrimary(urls)) ?? urls[0]
  const client = new Client({ connectionString: one, application_name: 'tidemark move', keepAlive: true })
  // A statement that it breaks is told of by itself.
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (cause) {
    throw startProblem(new EngineError('unavailable', undefined, cause), one)
  }
}

async function moveAll(mover: Mover): Promise<Moved> {
  const { source, session, progress } = mover
  const { schema } = source
  const tables = [...schema.tables.values()]
  let rows = 0
  for (const table of tables) rows += await moveTable(mover, table)
  const xid = await session.get(sql`select pg_current_xact_id() as xid`)
  let tombstones = 0
  for (const own of ownTables(BigInt(String(xid?.xid)))) {
    const moved = await copy(mover, { ...own, texts: own.columns.map(() => textOf(undefined)), isNew: false })
    if (own.target === 'tidemark_tombstone') tombstones = moved
  }
  await moveState(mover)
  progress.making('references')
  for (const table of tables) for (const statement of referencesSql({ kind: 'create-table', table }, schema, postgresDialect)) await session.run(statement)
  progress.making('statistics')
  await session.run(sql`analyze ${join(tables.map((table) => name(table.logicalName)))}, tidemark_tombstone`)
  return { tables: tables.length, rows, tombstones }
}

/** The number of its rows. */
async function moveTable(mover: Mover, table: Table): Promise<number> {
  const { source, session, progress } = mover
  const { logicalName } = table
  const [create, ...indexes] = migrationSql({ kind: 'create-table', table }, source.schema, postgresDialect, new Set())
  if (create) await session.run(create)
  const columns = await columnsOf(session, logicalName)
  const known = source.columns(logicalName)
  const missing = columns.filter((column) => !known.has(column))
  if (missing.length > 0) throw new Error(`the source's table ${logicalName} has no ${missing.join(', ')}`)
  const query = render(sql`select ${join(columns.map(name))} from ${name(logicalName)}`, () => '?').text
  const stored = new Map([...table.columns.values()].map((column) => [storedName(column.logicalName), column]))
  const texts = columns.map((column) => textOf(stored.get(column)))
  const moved = await copy(mover, { source: logicalName, target: logicalName, columns, query, texts, isNew: true })
  if (moved > MANY) progress.making(`indexes of ${logicalName}`)
  for (const statement of indexes) await session.run(statement)
  return moved
}

const MANY = 100_000

/** Those that are filled from the source. */
async function columnsOf(session: Session, table: string): Promise<readonly string[]> {
  const rows = await session.all(sql`select cast(attname as text) as name from pg_attribute
    where attrelid = cast(${`"${storedName(table)}"`} as regclass) and attnum > 0 and not attisdropped and attname <> ${XID_COLUMN} order by attnum`)
  return rows.map((row) => String(row.name))
}

type Copy = {
  readonly source: string
  readonly target: string
  readonly columns: readonly string[]
  readonly query: string
  readonly texts: Parameters<typeof piecesOf>[1]
  /** Made in this transaction: nobody can have seen its rows before. */
  readonly isNew: boolean
}

async function copy({ source: file, client, progress }: Mover, { source, target, columns, query, texts, isNew }: Copy): Promise<number> {
  const of = file.count(source)
  if (of === 0) return 0
  let done = 0
  const pieces = piecesOf(file.rows(query), texts, (rows) => {
    done += rows
    progress.rows(target, done, of)
  })
  const statement = sql`copy ${name(target)} (${join(columns.map(name))}) from stdin`
  const { text } = render(statement, () => '?')
  const moved = await copyIn(client, isNew ? `${text} with (freeze true)` : text, pieces).catch((cause: unknown) => {
    const { message, where } = cause as { readonly message?: string; readonly where?: string }
    throw new Error(`the rows of ${target} cannot be moved: ${message ?? String(cause)}${where ? ` (${where})` : ''}`, { cause })
  })
  if (moved !== of) throw new Error(`${target} has ${of} rows, and ${moved} arrived`)
  return moved
}

async function moveState({ source, session }: Mover): Promise<void> {
  const hasAudits = source.schema.tables.get('organization')?.columns.has('isauditenabled') === true
  const audits = hasAudits && source.one(sql`select 1 as one from organization where isauditenabled = 1`) !== undefined
  await session.run(sql`update tidemark_schema set version = ${source.schema.version}`)
  await session.execute(`update tidemark_state set security = security + 1, audits = ${audits}`)
  // The first of all: stamps of the schema's past name it (metadata-history.ts).
  const first = source.one(sql`select id from tidemark_incarnation order by number limit 1`)
  await session.run(sql`insert into tidemark_incarnation (id, start, system, database, timeline, started)
    values (${String(first?.id)}, pg_current_xact_id(), 'sqlite', ${source.file}, '', '')`)
}
