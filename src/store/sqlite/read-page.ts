/**
 * Runs a query whose first column is JSON text and joins those texts by commas, as a string: it goes to the socket in one piece with the
 * headers. For pages of few rows, read in the thread that asks; those of a reader process go out in pieces (`stream-page.ts`).
 */
import type { StatementSync } from 'node:sqlite'
import type { Page } from '../sql/connection.ts'
import type { SqlValue } from '../sql/sql.ts'
import { narrow } from './integers.ts'

/** `row[0]` is the JSON text of a row, the rest is for paging. */
export type JsonRow = readonly SqlValue[]

export function readPage(statement: StatementSync, values: readonly SqlValue[], limit: number): Page {
  const rows = statement.all(...values) as unknown as readonly JsonRow[]
  const frame = pageFrame(rows, limit)
  let json = ''
  for (let index = 0; index < frame.rowCount; index++) json += index === 0 ? String(rows[index]?.[0]) : `,${rows[index]?.[0]}`
  return { ...frame, json }
}

/** All of a page but its text. `rows`: one more than `limit` where there are more. */
export function pageFrame(rows: readonly JsonRow[], limit: number): Omit<Page, 'json'> {
  const rowCount = Math.min(rows.length, limit)
  return { rowCount, more: rows.length > limit, first: orderValues(rows[0]), last: orderValues(rows[rowCount - 1]) }
}

function orderValues(row: JsonRow = []): SqlValue[] {
  return row.slice(1).map(narrow)
}
