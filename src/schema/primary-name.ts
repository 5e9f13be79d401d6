/** The column that names a row to people: exactly one text of a new table says `IsPrimaryName`. An activity's is always its subject. */
import { fail } from '../protocol/errors.ts'
import { STRING_MAX } from './column-limits.ts'
import type { ColumnRequest, TableRequest } from './schema-edit.ts'

export function primaryNameOf(request: TableRequest): ColumnRequest {
  const named = request.columns.filter((column) => column.isPrimaryName)
  const [column] = named
  if (!column || named.length > 1) {
    throw fail('InvalidMetadata', `The table ${request.schemaName} needs exactly one primary name column: one of its Attributes with IsPrimaryName true.`)
  }
  if (column.type !== 'string') throw fail('InvalidMetadata', `The primary name column ${column.schemaName} has to be a String.`)
  if (request.isActivity) checkSubject(column)
  return column
}

function checkSubject(column: ColumnRequest): void {
  const { schemaName, maxLength = 1 } = column
  if (schemaName.toLowerCase() !== 'subject') throw fail('InvalidMetadata', `The primary name column of an activity is Subject, not ${schemaName}.`)
  if (Number.isInteger(maxLength) && maxLength >= 1 && maxLength <= STRING_MAX) return
  throw fail('InvalidMetadata', `The maxLength of Subject is ${maxLength}: it has to be a whole number from 1 to ${STRING_MAX}.`)
}
