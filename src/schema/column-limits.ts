/**
 * What a column may be given, and what it gets when nothing is said: the limits of each type.
 * Source: the published pages «Integer/String/… AttributeMetadata» and «Types of columns»; webapi.md 9.2, sync.md 1.2 and 1.3.
 */
import type { ColumnKind, ColumnType } from './column.ts'

export const INT_MIN = -2147483648
export const INT_MAX = 2147483647
export const MONEY_MAX = 922337203685477
const NUMBER_MAX = 100000000000

/** Of a table: SQL Server's limit, and so the original's. SQLite's is 2,000, which leaves room for the columns kept beside these. */
export const MAX_COLUMNS = 1024

export const STRING_MAX = 4000
export const STRING_DEFAULT = 100
export const MEMO_MAX = 1048576
export const MEMO_DEFAULT = 2000

/** Smallest and largest number of decimals, and what a new column gets. */
export const PRECISION: { readonly [K in 'decimal' | 'money' | 'double']: { readonly max: number; readonly default: number; readonly range: number } } = {
  decimal: { max: 10, default: 2, range: NUMBER_MAX },
  money: { max: 4, default: 2, range: MONEY_MAX },
  double: { max: 5, default: 2, range: NUMBER_MAX },
}

/** The types of column an alternate key may be made of: a closed list (sync.md 1.2). */
const KEY_TYPES: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['string', 'integer', 'decimal', 'datetime', 'lookup', 'choice'])

export function mayBeInKey(type: ColumnKind): boolean {
  return KEY_TYPES.has(type)
}

/** Bytes a column takes in a key's index; undefined: it may not be in one. Two bytes a character of the declared length (sync.md 0 and 1.3). */
export function keyBytes(column: ColumnType): number | undefined {
  switch (column.type) {
    case 'string':
      return column.maxLength * 2
    case 'integer':
    case 'choice':
      return 4
    case 'datetime':
      return 8
    case 'lookup':
      return 16
    case 'decimal':
      return 13
    default:
      return undefined
  }
}
