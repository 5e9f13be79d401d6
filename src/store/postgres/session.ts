/**
 * One connection to PostgreSQL: statements prepared by their text, answers as plain values, failures in our words.
 * The rows of a page are joined as they come, so that an answer that is too large ends there and not in memory.
 */
import { createHash } from 'node:crypto'
import { type ClientBase, Query, type QueryConfig } from 'pg'
import { EngineError, type Page, type PageQuery, type SqlRow } from '../sql/connection.ts'
import type { Sql, SqlValue } from '../sql/sql.ts'
import { engineError } from './engine-error.ts'
import { readTypes, renderSql } from './values.ts'

export type Session = {
  readonly get: (statement: Sql) => Promise<SqlRow | undefined>
  readonly all: (statement: Sql) => Promise<SqlRow[]>
  /** The number of rows changed. */
  readonly run: (statement: Sql) => Promise<number>
  /** Of one snapshot: inside the open transaction as it sees them, else in one of their own. */
  readonly pages: (queries: readonly PageQuery[]) => Promise<Page[]>
  /** Statements of our own without values, separated by semicolons; the rows of each. */
  readonly execute: (text: string) => Promise<SqlRow[][]>
}

export type SessionOptions = {
  /** Of the JSON of one page at the most. */
  readonly answerBytes: number
  /** Told of every failure of a statement: a transaction that met one is over. */
  readonly failed?: (error: EngineError) => void
}

/** What a connection has prepared stays with it until it ends: only what comes again, and not without bound. */
const names = new Map<string, string>()
const MAX_NAMES = 2000

function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined) return known
  if (names.size >= MAX_NAMES) return undefined
  const name = `t${createHash('sha1').update(text).digest('base64url')}`
  names.set(text, name)
  return name
}

export function openSession(client: ClientBase, { answerBytes, failed }: SessionOptions): Session {
  let isInTransaction = false

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      const error = engineError(thrown)
      if (error instanceof EngineError) failed?.(error)
      throw error
    }
  }
  function configOf(statement: Sql): QueryConfig {
    const { text, values } = renderSql(statement)
    const name = nameOf(text)
    return { text, values: values as unknown[], types: readTypes, ...(name === undefined ? {} : { name }) }
  }
  const ask = (statement: Sql) => attempt(() => client.query(configOf(statement)))

  async function execute(text: string): Promise<SqlRow[][]> {
    const results = await attempt(() => client.query({ text, types: readTypes }))
    if (/^\s*begin/i.test(text)) isInTransaction = true
    if (/^\s*(?:commit|rollback)\s*$/i.test(text)) isInTransaction = false
    return (Array.isArray(results) ? results : [results]).map((result) => result.rows as SqlRow[])
  }
  async function pages(queries: readonly PageQuery[]): Promise<Page[]> {
    if (queries.length === 1 || isInTransaction) return inTurn(queries)
    await execute('begin isolation level repeatable read read only')
    try {
      return await inTurn(queries)
    } finally {
      await execute('rollback')
    }
  }
  async function inTurn(queries: readonly PageQuery[]): Promise<Page[]> {
    const found: Page[] = []
    for (const query of queries) found.push(await attempt(() => readPage(client, configOf(query.sql), query.limit, answerBytes)))
    return found
  }
  return {
    get: async (statement) => (await ask(statement)).rows[0] as SqlRow | undefined,
    all: async (statement) => (await ask(statement)).rows as SqlRow[],
    run: async (statement) => (await ask(statement)).rowCount ?? 0,
    pages,
    execute,
  }
}

/** `row[0]` is the JSON text of a row, the rest is for paging. */
function readPage(client: ClientBase, config: QueryConfig, limit: number, answerBytes: number): Promise<Page> {
  const { promise, resolve, reject } = Promise.withResolvers<Page>()
  const query = new Query<readonly SqlValue[]>({ ...config, rowMode: 'array' } as unknown as QueryConfig)
  let json = ''
  let rowCount = 0
  let seen = 0
  let isTooLarge = false
  let first: readonly SqlValue[] = []
  let last: readonly SqlValue[] = []
  query.on('row', (row) => {
    const values = row as unknown as readonly SqlValue[]
    if (++seen > limit || isTooLarge) return
    json += rowCount === 0 ? String(values[0]) : `,${values[0]}`
    if (rowCount++ === 0) first = values
    last = values
    // Rows go on to come, and are let go, until the statement's end.
    if (json.length > answerBytes) {
      isTooLarge = true
      json = ''
    }
  })
  query.on('error', reject)
  query.on('end', () => {
    if (isTooLarge) reject(new EngineError('tooLarge', undefined, new Error(`the answer has more than ${answerBytes} bytes`)))
    else resolve({ json, rowCount, more: seen > limit, first: first.slice(1), last: last.slice(1) })
  })
  client.query(query)
  return promise
}
