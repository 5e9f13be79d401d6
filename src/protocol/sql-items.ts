/** The columns of a SELECT as attributes of a query tree, each under the name that its value is answered with. */
import { assert } from '../base/assert.ts'
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { type FetchAttribute, plainAttribute } from './fetch-query.ts'
import type { SqlColumn, SqlItem, SqlStatement } from './sql-syntax.ts'

/** `source`: the alias of the joined table it is of; undefined: the base table. */
export type NamedItem = { readonly source: string | undefined; readonly attribute: FetchAttribute }

type AliasOf = (column: SqlColumn) => string | undefined
/** Names that are taken, and how often one more was looked for each. */
type Names = { readonly taken: Set<string>; readonly tries: Map<string, number> }

/** A column of a joined table is answered under its bare name, as SQL does, where no other has that name. */
export function namedItems({ items, from, distinct, groupBy }: SqlStatement, aggregate: boolean, aliasOf: AliasOf): readonly NamedItem[] {
  const taken = new Set(items.map((item) => givenName(item, aliasOf)).filter((name) => name !== undefined))
  // Beside rows their key is answered, asked for or not; what it is called is known without a schema for all but activities.
  if (!aggregate && !distinct) taken.add(`${from.name}id`)
  const names: Names = { taken, tries: new Map() }
  const selected = items.map((item) => (aggregate ? groupedItem(item, groupBy, names, aliasOf) : rowItem(item, names, aliasOf)))
  if (!aggregate) return selected
  // What is grouped by and not selected is answered all the same: the groups would not be told apart without it.
  const rest = groupBy.filter((column) => !items.some((item) => item.kind === 'column' && isSame(item.column, column, aliasOf)))
  return [...selected, ...rest.map((column) => groupedItem({ kind: 'column', column }, groupBy, names, aliasOf))]
}

/** The names that are taken whatever the others are: aliases, and bare columns of the base table. */
function givenName(item: SqlItem, aliasOf: AliasOf): string | undefined {
  if (item.alias !== undefined) return item.alias
  return item.kind === 'column' && aliasOf(item.column) === undefined ? item.column.name : undefined
}

function rowItem(item: SqlItem, names: Names, aliasOf: AliasOf): NamedItem {
  assert(item.kind === 'column', 'an aggregate among rows')
  const { column, alias } = item
  const source = aliasOf(column)
  if (alias !== undefined) return { source, attribute: plainAttribute(column.name, alias === column.name && source === undefined ? undefined : alias) }
  if (source === undefined || names.taken.has(column.name)) return { source, attribute: plainAttribute(column.name, undefined) }
  names.taken.add(column.name)
  return { source, attribute: plainAttribute(column.name, column.name) }
}

function groupedItem(item: SqlItem, groupBy: readonly SqlColumn[], names: Names, aliasOf: AliasOf): NamedItem {
  if (item.kind === 'aggregate') {
    const { column } = item
    const alias = item.alias ?? freeName(column ? `${item.function}_${column.name}` : item.function, names)
    const source = column && aliasOf(column)
    return { source, attribute: { ...plainAttribute(column?.name ?? '*', alias), aggregate: item.function, distinct: item.distinct } }
  }
  const { column } = item
  if (!groupBy.some((group) => isSame(group, column, aliasOf))) {
    throw fail('ColumnBesideAggregate', excerpt(column.name))
  }
  const source = aliasOf(column)
  const alias = item.alias ?? (source === undefined ? column.name : freeName(column.name, names))
  return { source, attribute: { ...plainAttribute(column.name, alias), groupBy: true } }
}

function freeName(wanted: string, { taken, tries }: Names): string {
  let name = wanted
  let number = tries.get(wanted) ?? 1
  while (taken.has(name)) name = `${wanted}_${++number}`
  tries.set(wanted, number)
  taken.add(name)
  return name
}

function isSame(one: SqlColumn, other: SqlColumn, aliasOf: AliasOf): boolean {
  return one.name === other.name && aliasOf(one) === aliasOf(other)
}
