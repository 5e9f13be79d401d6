/**
 * One connection to a SQLite file: prepared statements by their text, answers as plain values, failures in our four words.
 * Integers come back as numbers where those are exact (up to 2^53) and as bigints beyond.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Page, PageQuery, SqlRow } from '../sql/connection.ts'
import { render, type Sql, type SqlValue, type Statement } from '../sql/sql.ts'
import { engineError } from './engine-error.ts'
import { bindable, narrow } from './integers.ts'
import type { PageHead } from './frames.ts'
import { readPage } from './read-page.ts'
import { type AnswerBody, streamPage } from './stream-page.ts'

export type Connection = {
  readonly get: (statement: Sql) => SqlRow | undefined
  readonly all: (statement: Sql) => SqlRow[]
  /** The number of rows changed. */
  readonly run: (statement: Sql) => number
  /** In one snapshot: inside the open transaction, else in one of their own. */
  readonly pages: (queries: readonly PageQuery[]) => Page[]
  /** The same for a reader process: the rows go into the body of its answer as they come. */
  readonly streamPages: (queries: readonly RenderedQuery[], body: AnswerBody) => PageHead[]
  /** Statements of our own without values, separated by semicolons. */
  readonly execute: (text: string) => void
  /** One statement of our own without values or rows, prepared once: `release job_1`. */
  readonly step: (text: string) => void
  readonly isInTransaction: () => boolean
  /** Prepared statements hold the old schema's columns: forget them after it has changed. */
  readonly forgetStatements: () => void
  /** For registering functions. */
  readonly database: DatabaseSync
  readonly close: () => void
}

/** A `PageQuery` as text: what is sent to a reader process. */
export type RenderedQuery = Statement & Pick<PageQuery, 'limit' | 'isWide'>

export function renderQuery({ sql, limit, isWide }: PageQuery): RenderedQuery {
  const { text, values } = rendered(sql)
  return { text, values, limit, isWide }
}

// Not the dialect's: a reader process needs nothing else of it, and every file it loads costs memory.
const placeholder = () => '?'

/**
 * The texts of long statements whose chunks are shared by many: one object, whose hash is known. To join and hash the text of an
 * insert of 40 columns took 4 µs of its 12, of a select of 40 columns 8 of its 22.
 */
const texts = new WeakMap<readonly string[], string>()
const MANY_CHUNKS = 8
const LONG_CHUNK = 100

function rendered(statement: Sql): Statement {
  if (statement.chunks.length < MANY_CHUNKS && (statement.chunks[0] ?? '').length < LONG_CHUNK) return render(statement, placeholder)
  const known = texts.get(statement.chunks)
  if (known !== undefined) return { text: known, values: statement.values }
  const made = render(statement, placeholder)
  texts.set(statement.chunks, made.text)
  return made
}

// A statement takes about 10 KB in SQLite; the shapes that one application sends are far fewer.
const MAX_STATEMENTS = 300
// Another process (a backup, a shell) may hold the file's lock for a moment.
const BUSY_TIMEOUT_MS = 5000

export type ConnectionOptions = {
  readonly readOnly: boolean
  /** The longest text that a statement may make: one row's JSON. SQLite's own limit is a thousand million. */
  readonly maxTextBytes?: number
}

export function openConnection(path: string, { readOnly, maxTextBytes }: ConnectionOptions): Connection {
  const limits = maxTextBytes === undefined ? {} : { limits: { length: maxTextBytes } }
  const database = new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true, ...limits })
  const rows = statementCache(database, false)
  const arrays = statementCache(database, true)

  function attempt<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw engineError(database, error)
    }
  }
  function ask<T>(cache: StatementCache, { text, values }: Statement, read: (prepared: StatementSync, values: SqlValue[]) => T): T {
    return attempt(() => cache.read(text, (prepared) => read(prepared, values.map(bindable))))
  }
  function get(statement: Sql): SqlRow | undefined {
    return ask(rows, rendered(statement), (prepared, values) => narrowed(prepared.get(...values) as SqlRow | undefined))
  }
  function all(statement: Sql): SqlRow[] {
    return ask(rows, rendered(statement), (prepared, values) => {
      const found = prepared.all(...values) as SqlRow[]
      for (const row of found) narrowed(row)
      return found
    })
  }
  function run(statement: Sql): number {
    const { text, values } = rendered(statement)
    // Written to integer columns, a double without a fraction becomes the integer by itself: 40 values a row are not made bigints first.
    return attempt(() => Number(rows.prepare(text).run(...values).changes))
  }
  function inSnapshot<T>(queries: readonly RenderedQuery[], read: (query: RenderedQuery) => T): T[] {
    if (queries.length === 1 || database.isTransaction) return queries.map(read)
    attempt(() => database.exec('begin'))
    try {
      return queries.map(read)
    } finally {
      database.exec('rollback')
    }
  }
  function pages(queries: readonly PageQuery[]): Page[] {
    return inSnapshot(queries.map(renderQuery), (query) => ask(arrays, query, (prepared, values) => readPage(prepared, values, query.limit)))
  }
  function streamPages(queries: readonly RenderedQuery[], body: AnswerBody): PageHead[] {
    return inSnapshot(queries, (query) => ask(arrays, query, (prepared, values) => streamPage(prepared, values, query, body)))
  }
  function forgetStatements(): void {
    rows.clear()
    arrays.clear()
  }
  return {
    get,
    all,
    run,
    pages,
    streamPages,
    execute: (text) => attempt(() => database.exec(text)),
    step: (text) => attempt(() => void rows.prepare(text).run()),
    isInTransaction: () => database.isTransaction,
    forgetStatements,
    database,
    close: () => {
      forgetStatements()
      database.close()
    },
  }
}

type StatementCache = ReturnType<typeof statementCache>

function statementCache(database: DatabaseSync, asArrays: boolean) {
  // Two generations: what has not been used while the younger one filled up is dropped. To order by use at every use took 2 µs.
  let young = new Map<string, StatementSync>()
  let old = new Map<string, StatementSync>()

  function keep(text: string, prepared: StatementSync): void {
    if (young.size >= MAX_STATEMENTS / 2) {
      old = young
      young = new Map()
    }
    young.set(text, prepared)
  }
  function prepare(text: string): StatementSync {
    const used = young.get(text)
    if (used) return used
    const known = old.get(text)
    if (known) {
      keep(text, known)
      return known
    }
    const prepared = database.prepare(text)
    if (asArrays) prepared.setReturnArrays(true)
    // A `returning` that failed on a large integer would have written already, so only plain reads take the fast way.
    if (!/^\s*select\b/i.test(text)) prepared.setReadBigInts(true)
    keep(text, prepared)
    return prepared
  }
  /** Bigints are ten times slower than numbers and hardly ever needed: node:sqlite tells when they are, and the statement keeps to them. */
  function read<T>(text: string, work: (prepared: StatementSync) => T): T {
    const prepared = prepare(text)
    try {
      return work(prepared)
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_OUT_OF_RANGE') throw error
      prepared.setReadBigInts(true)
      return work(prepared)
    }
  }
  function clear(): void {
    young.clear()
    old.clear()
  }
  return { prepare, read, clear }
}

function narrowed<R extends SqlRow | undefined>(row: R): R {
  if (row === undefined) return row
  const values = row as Record<string, SqlValue>
  for (const column in values) {
    const value = values[column]
    if (typeof value === 'bigint') values[column] = narrow(value) as SqlValue
  }
  return row
}
