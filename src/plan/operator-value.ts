/**
 * A condition's value, which FetchXML and SQL carry as plain text, becomes a value of the column: `5`, `1` (true), `{6F0C…}`, `2024-05-01`.
 * A moment without a zone is told in the caller's zone where the column is UserLocal; DateOnly and TimeZoneIndependent know no zone.
 */
import { parseDate, parseInstant } from '../base/date-time.ts'
import { Guid } from '../base/guid.ts'
import { instantOf } from '../base/time-zone.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { Literal } from '../protocol/literal.ts'
import type { Column, ColumnOf } from '../schema/column.ts'
import { bindLiteral } from './bind-literal.ts'
import type { ColumnPath } from './bound-filter.ts'
import type { QueryContext } from './query-context.ts'
import type { Value } from './value.ts'

/** Ends in `Z`, `+02:00`, `-0500`. */
const ZONED = /\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:z|[+-]\d\d:?\d\d)$/i

export function bindText(left: ColumnPath, text: string, context: QueryContext): Value {
  const { column } = left
  if (column.type === 'datetime') return momentOf(left, column, text, context.calendar.timeZone)
  return bindLiteral(column, literalOf(left, column, text, context), 'lenient')
}

function literalOf(left: ColumnPath, column: Exclude<Column, ColumnOf<'datetime'>>, text: string, { schema }: QueryContext): Literal {
  switch (column.type) {
    case 'boolean':
      return { kind: 'boolean', value: truthOf(left, text) }
    case 'entityname':
      return { kind: 'string', text: tableName(text, schema.tables.values()) }
    case 'guid':
    case 'lookup':
    case 'customer':
    case 'owner':
      return { kind: 'guid', value: idOf(left, text) }
    default:
      return { kind: 'string', text }
  }
}

export function idOf(left: ColumnPath, text: string): Guid {
  const id = Guid.parse(text.trim())
  if (id === undefined) throw unfit(left, text, 'System.Guid')
  return id
}

function truthOf(left: ColumnPath, text: string): boolean {
  const word = text.trim().toLowerCase()
  if (word === '1' || word === 'true') return true
  if (word === '0' || word === 'false') return false
  throw unfit(left, text, 'System.Boolean')
}

/** A table may be told by its type code: `1` for account. */
function tableName(text: string, tables: Iterable<{ readonly logicalName: string; readonly objectTypeCode: number }>): string {
  if (!/^\d{1,9}$/.test(text)) return text
  for (const table of tables) if (table.objectTypeCode === Number(text)) return table.logicalName
  return text
}

function momentOf(left: ColumnPath, column: ColumnOf<'datetime'>, text: string, timeZone: string): string {
  const trimmed = text.trim()
  const wall = column.behavior === 'DateOnly' ? parseDate(trimmed) : parseInstant(trimmed)
  if (wall === undefined) throw unfit(left, text, 'System.DateTime')
  return column.behavior === 'UserLocal' && !hasZone(trimmed) ? instantOf(wall, timeZone) : wall
}

/** Of a moment's text: whether it says where its clock stands. */
export function hasZone(text: string): boolean {
  return ZONED.test(text)
}

/** As Dataverse words it. */
export function unfit(left: ColumnPath, text: string, wanted: string): DataverseError {
  const column = `${left.table.logicalName}.${left.column.logicalName}`
  return fail('InvalidArgument', `Condition for attribute '${column}': expected argument(s) of type '${wanted}' but received ${excerpt(JSON.stringify(text))}.`)
}
