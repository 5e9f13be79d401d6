/**
 * Rows of SQLite as PostgreSQL's COPY reads them: values between tabs, a row a line (postgresql.org/docs: COPY, text format). Both engines store
 * a value alike but for decimals, which SQLite has as text in the order of their numbers.
 */
import type { Column } from '../../schema/column.ts'
import type { SqlValue } from '../sql/sql.ts'
import { decodeDecimal } from '../sqlite/decimal-text.ts'

type TextOf = (value: SqlValue) => string

const NULL = '\\N'
const ESCAPED = /[\\\t\n\r]/
const ESCAPES: { readonly [character: string]: string } = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** `column`: of the schema; what the server adds has none. */
export function textOf(column: Column | undefined): TextOf {
  return column?.type === 'decimal' ? (value) => (value === null ? NULL : decodeDecimal(String(value))) : plain
}

function plain(value: SqlValue): string {
  if (value === null) return NULL
  if (typeof value === 'string') return ESCAPED.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character) : value
  if (value instanceof Uint8Array) return `\\\\x${Buffer.from(value).toString('hex')}`
  return Object.is(value, -0) ? '-0' : String(value)
}

// Below it, the calls cost more than the bytes.
const PIECE_CHARACTERS = 128 * 1024

/** `taken` hears how many rows each piece has. */
export function* piecesOf(rows: Iterable<readonly SqlValue[]>, texts: readonly TextOf[], taken: (rows: number) => void): Iterable<Buffer> {
  let piece = ''
  let count = 0
  for (const row of rows) {
    for (let index = 0; index < texts.length; index++) {
      if (index > 0) piece += '\t'
      piece += (texts[index] as TextOf)(row[index] as SqlValue)
    }
    piece += '\n'
    count++
    if (piece.length < PIECE_CHARACTERS) continue
    yield Buffer.from(piece)
    taken(count)
    piece = ''
    count = 0
  }
  if (count === 0) return
  yield Buffer.from(piece)
  taken(count)
}
