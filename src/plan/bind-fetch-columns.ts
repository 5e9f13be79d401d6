/**
 * The columns that a query by names answers: `name`, `_primarycontactid_value`, `contact1.fullname` of a link, or what the query calls
 * them. Rows carry the primary id beside them and, where an amount is among them, its currency.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { FetchAttribute } from '../protocol/fetch-query.ts'
import { type Column, wireName } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { FetchRows, JoinedRow } from './bind-fetch-links.ts'
import type { ColumnPath } from './bound-filter.ts'
import { type FetchRow, pathOf } from './fetch-row.ts'
import type { ResultColumn } from './results-plan.ts'
import { allColumns, companionsOf } from './select-columns.ts'
import { parentColumn } from './tree-operators.ts'

/** `isDistinct`: equal rows are to be one, so nothing that was not asked for may tell them apart. */
export function bindColumns(rows: FetchRows, isDistinct: boolean, schema: Schema): readonly ResultColumn[] {
  const { own, joined } = rows
  const asked = [own, ...joined].flatMap((row) => columnsOf(row, schema))
  return unique(isDistinct ? asked : [...asked, ...besides(own, asked)])
}

function columnsOf(row: FetchRow, schema: Schema): readonly ResultColumn[] {
  const all = row.entity.allAttributes ? allColumns(row.table).map((column) => unnamed(row, { from: row.from, steps: [], table: row.table, column })) : []
  return [...all, ...row.entity.attributes.map((attribute) => bindAttribute(attribute, row, schema))]
}

function bindAttribute(attribute: FetchAttribute, row: FetchRow, schema: Schema): ResultColumn {
  const { name, alias, aggregate, groupBy, dateGrouping, rowAggregate } = attribute
  if (aggregate !== undefined || groupBy || dateGrouping !== undefined)
    throw fail('AggregateOutside', `the attribute '${excerpt(name)}' is an aggregate or a group, but the query is not an aggregate one.`)
  const path = pathOf(row, name)
  if (rowAggregate !== undefined) return childCount(path, alias, row, schema)
  return alias === undefined ? unnamed(row, path) : { name: alias, value: { kind: 'column', path }, isAlias: true }
}

/** How many rows stand under the one shown, whose hierarchy its table has. */
function childCount({ column, table }: ColumnPath, alias: string | undefined, row: FetchRow, schema: Schema): ResultColumn {
  const parent = parentColumn(table, schema)
  if (!parent || row.from !== undefined) throw fail('InvalidArgument', `There is no hierarchical relationship for '${table.logicalName}' to count children by.`)
  if (alias === undefined) throw fail('AggregateWithoutAlias', column.logicalName)
  return { name: alias, value: { kind: 'children', parent }, isAlias: true }
}

/** Of a link of which one row is taken, Dataverse answers the columns by their schema names, without the alias («Join tables»). */
function unnamed(row: FetchRow, path: ColumnPath): ResultColumn {
  const { column } = path
  const value = { kind: 'column', path } as const
  if (!isJoined(row)) return { name: wireName(column), value, isAlias: false }
  return { name: row.type === 'first' ? column.schemaName : `${row.from}.${column.logicalName}`, value, isAlias: true }
}

function isJoined(row: FetchRow): row is JoinedRow {
  return row.from !== undefined
}

function besides(own: FetchRow, asked: readonly ResultColumn[]): readonly ResultColumn[] {
  const columns = asked.map(ownColumn).filter((column) => column !== undefined)
  return companionsOf(own.table, columns).map((column) => unnamed(own, { from: undefined, steps: [], table: own.table, column }))
}

function ownColumn({ value }: ResultColumn): Column | undefined {
  return value.kind === 'column' && value.path.from === undefined ? value.path.column : undefined
}

/** The same column twice is one; two under one name are refused. */
export function unique(columns: readonly ResultColumn[]): readonly ResultColumn[] {
  const byName = new Map<string, ResultColumn>()
  for (const column of columns) {
    const before = byName.get(column.name)
    if (!before) byName.set(column.name, column)
    else if (!isSame(before, column)) throw fail('DuplicateAlias', excerpt(column.name))
  }
  return [...byName.values()]
}

function isSame({ value: a }: ResultColumn, { value: b }: ResultColumn): boolean {
  return a.kind === 'column' && b.kind === 'column' && a.path.from === b.path.from && a.path.column === b.path.column
}
