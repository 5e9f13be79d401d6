/** What stands on a page as a driver gave it: JSON text as text, for answers of a few bytes; a count; an order value. */
import type { JsonText } from '../plan/outcome.ts'
import type { Page } from './sql/connection.ts'
import type { SqlValue } from './sql/sql.ts'

export function textOf(json: JsonText): string {
  if (typeof json === 'string') return json
  const decoder = new TextDecoder()
  return json.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode()
}

export function numberOf(page: Page | undefined): number {
  return page ? Number(textOf(page.json)) : 0
}

/** The order values of a page's first and last row; undefined where no page follows. */
export function endsOf({ more, first, last }: Page) {
  return more ? { first: first.map(orderValue), last: last.map(orderValue) } : undefined
}

/** A whole number beyond 2^53 travels as text. */
function orderValue(value: SqlValue): string | number | null {
  return typeof value === 'bigint' || value instanceof Uint8Array ? String(value) : value
}
