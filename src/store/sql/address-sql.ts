/**
 * Conditions that find rows by what a URL names: an id, an alternate key, the row they hang on, or a path that leads to it.
 * A key is compared as its index holds it (folded text), and the index's own condition, that no key column is null, is repeated,
 * or the planner scans the table.
 */
import type { Guid } from '../../base/guid.ts'
import type { ChildLink, PathStep, RowPlace, Source } from '../../plan/read-plan.ts'
import type { RowAddress } from '../../plan/row-address.ts'
import { type Column, isPolymorphic } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import { columnOf } from './folded.ts'
import { rowsOf } from './visible-rows.ts'
import { literal } from './json-text.ts'
import { keyIndexColumns } from './key-index.ts'
import { andPointsInto } from './lookup-target.ts'
import type { Sight } from './read-scope.ts'
import { join, name, nothing, type Sql, type SqlValue, sql } from './sql.ts'
import { targetColumn } from './storage-names.ts'
import { encodeKeyValue } from './write-row.ts'

function addressSql(address: RowAddress, alias: string, sight: Sight): Sql {
  const { table } = address
  if (address.by === 'id') return sql`${columnOf(alias, table.primaryIdColumn)} = ${address.id}`
  const columns = keyIndexColumns(table, address.key).map((column) => columnOf(alias, column))
  const values = addressValues(address, sight)
  const equal = columns.map((column, index) => sql`${column} = ${values[index] ?? null}`)
  return join([...equal, ...columns.map((column) => sql`${column} is not null`)], ' and ')
}

/** The values that `addressSql` binds, in its order. */
export function addressValues(address: RowAddress, sight: Pick<Sight, 'dialect'>): readonly SqlValue[] {
  if (address.by === 'id') return [address.id]
  return address.key.columns.map((column) => {
    const part = address.parts.find((one) => one.column.logicalName === column)
    return part ? encodeKeyValue(sight.dialect, part.column, part.value) : null
  })
}

/** The id of the addressed row: bound where it is known, else looked up in the same statement. */
function idSql(address: RowAddress, sight: Sight): Sql {
  if (address.by === 'id') return sql`${address.id}`
  return sql`(select ${columnOf('p', address.table.primaryIdColumn)} from ${rowsOf(address.table, 'p', sight)} where ${addressSql(address, 'p', sight)})`
}

/** The rows of `child` (which `alias` stands for) that hang on the row with this id. */
export function childSql(link: ChildLink, child: Table, alias: string, parentId: Sql): Sql {
  if (link.kind === 'many-to-many') {
    const { intersectTable, table1Column, table2Column } = link.relationship
    const [own, other] = link.side === 1 ? [table1Column, table2Column] : [table2Column, table1Column]
    const pairs = sql`select ${columnOf('x', other)} from ${name(intersectTable)} as x where ${columnOf('x', own)} = ${parentId}`
    return sql`${columnOf(alias, child.primaryIdColumn)} in (${pairs})`
  }
  const { referencingColumn, referencedTable } = link.relationship
  const column = child.columns.get(referencingColumn)
  const ofTable = column ? andPointsInto({ logicalName: referencedTable }, column, alias) : nothing
  return sql`${columnOf(alias, referencingColumn)} = ${parentId}${ofTable}`
}

/** The way to a row: `from "account" as r_p0 left join "contact" as r on …`, and for each step what `lackOf` (run-place.ts) looks at. */
export type PlaceSql = { readonly from: Sql; readonly condition: Sql; readonly checks: readonly Sql[] }

/** `alias` stands for the row at the end of the path. */
export function placeSql({ address, steps }: RowPlace, alias: string, sight: Sight): PlaceSql {
  const aliasAt = (index: number) => (index === steps.length ? alias : `${alias}_p${index}`)
  const joins: Sql[] = []
  const checks: Sql[] = []
  let { table } = address
  for (const [index, step] of steps.entries()) {
    const [from, to] = [aliasAt(index), aliasAt(index + 1)]
    const target = targetOf(step)
    const found = columnOf(to, target.primaryIdColumn)
    const pointed = step.kind === 'lookup' ? pointedId(step, from) : found
    const condition = step.kind === 'lookup' ? sql`${found} = ${pointed}` : childCondition(step, table, from, to, sight)
    joins.push(sql` left join ${rowsOf(target, to, sight)} on ${condition}`)
    checks.push(pointed, found)
    table = target
  }
  const start = aliasAt(0)
  return { from: sql`${rowsOf(address.table, start, sight)}${join(joins, '')}`, condition: addressSql(address, start, sight), checks }
}

function childCondition({ link, address }: Extract<PathStep, { kind: 'child' }>, parent: Table, from: string, to: string, sight: Sight): Sql {
  return sql`${addressSql(address, to, sight)} and ${childSql(link, address.table, to, columnOf(from, parent.primaryIdColumn))}`
}

/** What the lookup points at, null where that is a row of another table. */
function pointedId({ column, target }: Extract<PathStep, { kind: 'lookup' }>, alias: string): Sql {
  const stored = columnOf(alias, column.logicalName)
  if (!isPolymorphic(column)) return stored
  return sql`case when ${columnOf(alias, targetColumn(column.logicalName))} = ${literal(target.logicalName)} then ${stored} end`
}

/** The table of the row at the end of a path. */
export function tableAt({ address, steps }: RowPlace): Table {
  const last = steps.at(-1)
  return last ? targetOf(last) : address.table
}

function targetOf(step: PathStep): Table {
  return step.kind === 'lookup' ? step.target : step.address.table
}

/** The id of the row at the end of a path. */
function placeIdSql(place: RowPlace, sight: Sight): Sql {
  if (place.steps.length === 0) return idSql(place.address, sight)
  const { from, condition } = placeSql(place, 'p', sight)
  return sql`(select ${columnOf('p', tableAt(place).primaryIdColumn)} from ${from} where ${condition})`
}

/** The rows whose lookup points at this row. */
export function pointsAt(lookup: Column, table: Table, id: Guid): Sql {
  const ofTable = isPolymorphic(lookup) ? sql` and ${name(targetColumn(lookup.logicalName))} = ${table.logicalName}` : nothing
  return sql`${name(lookup.logicalName)} = ${id}${ofTable}`
}

/** Undefined: all rows of the table. */
export function sourceSql(source: Source, table: Table, alias: string, sight: Sight): Sql | undefined {
  return source.kind === 'set' ? undefined : childSql(source.link, table, alias, placeIdSql(source.parent, sight))
}
