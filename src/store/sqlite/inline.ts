/**
 * A read-only connection in the calling thread, for reads of one row by its id or key: 10 µs, where a reader process costs 100 for the way.
 * Small pages are tried here too, within a budget.
 * Reads of one turn of the event loop share a snapshot: to take and give back the lock for each cost as much as the read.
 */
import type { Page, PageQuery, Readable, SqlRow } from '../sql/connection.ts'
import type { Sql } from '../sql/sql.ts'
import type { Schema } from '../../schema/schema.ts'
import { openBudget } from './budget.ts'
import { SELECT_SCHEMA, schemaOf } from '../definitions.ts'
import { sqliteDialect } from './dialect.ts'
import { renderQuery } from './driver.ts'
import { openForReading } from './open.ts'
import { sqlitePositions } from './position.ts'

/** A `Readable`. */
export type InlineReader = {
  readonly dialect: Readable['dialect']
  readonly positions: Readable['positions']
  readonly pages: (queries: readonly PageQuery[]) => Page[]
  /** The same for reads of which one only hopes that they are short: `pages` throws `OverBudget`. */
  readonly budgeted: Readable
  readonly all: (statement: Sql) => SqlRow[]
  /** A commit is about to be answered: what is read from here on has to show it (C4). */
  readonly renew: () => void
  /** As the file has it now. */
  readonly loadSchema: () => Schema
  readonly close: () => void
}

// What the requests beside it have to wait: as long as for some twenty reads by key.
const BUDGET_MS = 1

export function openInlineReader(path: string): InlineReader {
  const connection = openForReading(path)
  const budget = openBudget(connection.database, BUDGET_MS)
  const budgeted: Readable = {
    dialect: sqliteDialect,
    positions: sqlitePositions,
    isBudgeted: true,
    pages: (queries) => budget.spend(nameOf(queries), () => pages(queries)),
  }
  let isShared = false

  function pages(queries: readonly PageQuery[]): Page[] {
    if (!isShared) {
      connection.step('begin')
      isShared = true
      setImmediate(renew)
    }
    return connection.pages(queries)
  }
  function renew(): void {
    if (!isShared) return
    isShared = false
    if (connection.isInTransaction()) connection.step('rollback')
  }
  function close(): void {
    renew()
    connection.close()
  }
  return {
    dialect: sqliteDialect,
    positions: sqlitePositions,
    pages,
    budgeted,
    all: connection.all,
    renew,
    loadSchema: () => schemaOf(connection.all(SELECT_SCHEMA)),
    close,
  }
}

/** The texts of the statements, whatever their values. */
function nameOf(queries: readonly PageQuery[]): string {
  return queries.map((query) => renderQuery(query).text).join(';')
}
