/**
 * Values on their way to PostgreSQL and back, as SQLite's driver has them: a whole number is a number where that is exact (up to 2^53) and a
 * bigint beyond, a truth value 1 or 0, a decimal its text.
 */
import type { CustomTypesConfig } from 'pg'
import { types } from 'pg'
import type { Sql, SqlValue } from '../sql/sql.ts'

const BOOLEAN = 16
const BYTES = 17
const INTEGERS: ReadonlySet<number> = new Set([20, 21, 23, 26])
/** Transaction ids of 64 bits. */
const XID8 = 5069
const DOUBLES: ReadonlySet<number> = new Set([700, 701])

const parseBytes: (text: string) => unknown = types.getTypeParser(BYTES)

function parserOf(type: number): (text: string) => unknown {
  if (INTEGERS.has(type) || type === XID8) return parseInteger
  if (type === BOOLEAN) return (text) => (text === 't' ? 1 : 0)
  if (DOUBLES.has(type)) return Number
  return type === BYTES ? parseBytes : (text) => text
}

function parseInteger(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

const parsers = new Map<number, (text: string) => unknown>()

export const readTypes = {
  getTypeParser: (type: number) => {
    const parser = parsers.get(type) ?? parserOf(type)
    parsers.set(type, parser)
    return parser
  },
} as unknown as CustomTypesConfig

/** Numbers tell what they are, since `limit $1` and `case … then $1` would guess otherwise; texts and null take the type of their place. */
function placeholder(position: number, value: SqlValue): string {
  switch (typeof value) {
    case 'bigint':
      return `$${position}::int8`
    case 'number':
      return Number.isSafeInteger(value) ? `$${position}::int8` : `$${position}::float8`
    default:
      return `$${position}`
  }
}

export type Rendered = { readonly text: string; readonly values: readonly unknown[] }

export function renderSql({ chunks, values }: Sql): Rendered {
  let text = chunks[0] ?? ''
  for (let index = 0; index < values.length; index++) text += placeholder(index + 1, values[index] ?? null) + (chunks[index + 1] ?? '')
  return { text, values: values.map(bindable) }
}

function bindable(value: SqlValue): unknown {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
}
