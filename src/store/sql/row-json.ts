/**
 * An SQL expression that writes one row as JSON text:
 * `{"@odata.etag":"W/\"1204\"","name":"Litware","_primarycontactid_value@…lookuplogicalname":"contact","_primarycontactid_value":"6f0c…"}`
 * Columns come in the order of the shape; annotations stand directly before the property they annotate, and are left out where it is null.
 */
import { isPrincipal } from '../../schema/principal.ts'
import type { RowAnnotations, RowShape } from '../../plan/read-plan.ts'
import { ASSOCIATED_NAVIGATION_PROPERTY, FORMATTED_VALUE, LOOKUP_LOGICAL_NAME } from '../../protocol/names.ts'
import { type Column, isLookup, wireName } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import { VERSION_COLUMN } from './define-table.ts'
import { expandPieces } from './expand-sql.ts'
import { columnOf } from './folded.ts'
import { formattedValue } from './formatted-values.ts'
import { concat, escaped, literal, type Piece } from './json-text.ts'
import { navigationName, targetTable } from './lookup-annotations.ts'
import { perShape, type ReadScope } from './read-scope.ts'
import { type Sql, sql } from './sql.ts'

/** `alias` stands for the row. */
export function rowJson(shape: RowShape, alias: string, scope: ReadScope): Sql {
  const kept = `row ${alias} ${shapeName(shape, scope)}`
  if (shape.expands.length === 0) return perShape(scope, shape.columns, kept, () => concat([...members(shape, alias, scope), '}'], scope.dialect))
  // Expands hold links and values of the request: only what stands before them is kept.
  const own = perShape(scope, shape.columns, `${kept} open`, () => concat(members(shape, alias, scope), scope.dialect))
  const expands = shape.expands.flatMap((expand) => expandPieces(expand, shape.table, alias, scope, rowJson))
  return concat([own, ...expands, '}'], scope.dialect)
}

/** What the text of a shape without expands depends on, besides the schema and the columns. */
export function shapeName({ table, annotations }: RowShape, { dialect }: ReadScope): string {
  return `${dialect.engine} ${table.logicalName} ${annotationsName(annotations)}`
}

function annotationsName({ formattedValues, associatedNavigation, lookupTable, timeZone }: RowAnnotations): string {
  return `${formattedValues ? 'f' : ''}${associatedNavigation ? 'n' : ''}${lookupTable ? 't' : ''}${timeZone === undefined ? '' : ` ${timeZone}`}`
}

function members({ table, columns, annotations }: RowShape, alias: string, scope: ReadScope): Piece[] {
  const pieces: Piece[] = ['{"@odata.etag":"W/\\"', columnOf(alias, VERSION_COLUMN), '\\""']
  for (const column of columns) {
    pieces.push(',', ...annotationPieces(table, column, alias, annotations, scope))
    pieces.push(`"${escaped(wireName(column))}":`, scope.dialect.jsonOf(column, columnOf(alias, column.logicalName)))
  }
  // The key of a principal is `ownerid`: its rows always carry it, with their own id (webapi.md 1.2 and 6.5).
  if (isPrincipal(table) && !table.columns.has('ownerid')) pieces.push(',"ownerid":"', columnOf(alias, table.primaryIdColumn), '"')
  return pieces
}

function annotationPieces(table: Table, column: Column, alias: string, wanted: RowAnnotations, scope: ReadScope): Piece[] {
  const pieces: Piece[] = []
  const add = (annotation: string, json: Sql | undefined) => {
    if (json) pieces.push(memberUnlessNull(`${wireName(column)}@${annotation}`, json))
  }
  if (wanted.formattedValues) add(FORMATTED_VALUE, formattedValue(table, column, alias, { ...scope, timeZone: wanted.timeZone }))
  if (isLookup(column) && wanted.associatedNavigation) add(ASSOCIATED_NAVIGATION_PROPERTY, navigationName(table, column, alias, scope))
  if (isLookup(column) && wanted.lookupTable) add(LOOKUP_LOGICAL_NAME, targetTable(column, alias))
  return pieces
}

/** `||` gives null where one side is null, and `concat` around it leaves that out. */
function memberUnlessNull(name: string, json: Sql): Sql {
  return sql`(${literal(`"${escaped(name)}":`)} || ${json} || ',')`
}
