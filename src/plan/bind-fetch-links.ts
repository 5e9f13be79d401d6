/**
 * The rows that a query by names speaks of: its own and those that its links join, each under an alias. A link without one goes by its
 * table and a number, `contact1`, as Dataverse has it. What stands inside `any`, `exists` and the like sees rows of its own.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { FetchLink, FetchLinkType } from '../protocol/fetch-query.ts'
import type { Table } from '../schema/table.ts'
import { bindLinkColumns, type LinkColumns } from './bind-link-columns.ts'
import { type FetchRow, tableNamed } from './fetch-row.ts'
import type { Join } from './join.ts'
import { MAX_LINKS } from './limits.ts'
import type { QueryContext } from './query-context.ts'

export type JoinedRow = FetchRow & LinkColumns & { readonly from: string; readonly type: Join['type'] }

/** All that conditions, orders and columns can name. */
export type FetchRows = { readonly own: FetchRow; readonly joined: readonly JoinedRow[] }

/** What is counted over the whole query. */
export type FetchBinder = {
  readonly context: QueryContext
  links: number
  conditions: number
  readonly aliases: Set<string>
  readonly linksOf: Map<string, number>
}

const JOINS: Partial<Record<FetchLinkType, Join['type']>> = { inner: 'inner', outer: 'outer', matchfirstrowusingcrossapply: 'first' }

export function fetchBinder(context: QueryContext): FetchBinder {
  return { context, links: 0, conditions: 0, aliases: new Set(), linksOf: new Map() }
}

/** A link whose rows are only asked for, never answered. */
export function isCondition({ type }: FetchLink): boolean {
  return JOINS[type] === undefined
}

/** `own` and all that is joined to it, each after the row that it is joined to. */
export function rowsWithin(own: FetchRow, binder: FetchBinder): FetchRows {
  const joined: JoinedRow[] = []
  joinTo(own, joined, binder)
  return { own, joined }
}

/** The linked table, and by which columns it is linked. */
export function bindLink(link: FetchLink, parent: FetchRow, binder: FetchBinder): LinkColumns & { readonly table: Table } {
  binder.links++
  if (binder.links > MAX_LINKS) throw fail('TooManyLinks')
  const { schema } = binder.context
  const table = tableNamed(link.name, schema)
  return { table, ...bindLinkColumns(link, table, parent, schema) }
}

/** `name`: an alias, or the table of a link that has none, or of the row itself. */
export function rowNamed(name: string, { own, joined }: FetchRows): FetchRow {
  const row =
    joined.find((one) => one.from === name) ??
    [own].find((one) => one.alias === name) ??
    joined.find((one) => one.alias === undefined && one.table.logicalName === name) ??
    [own].find((one) => one.table.logicalName === name)
  if (!row) throw fail('AliasNotFound', excerpt(name))
  return row
}

function joinTo(parent: FetchRow, joined: JoinedRow[], binder: FetchBinder): void {
  for (const link of parent.entity.links) {
    const type = JOINS[link.type]
    if (!type) continue
    const { table, inner, outer } = bindLink(link, parent, binder)
    const row: JoinedRow = { from: aliasOf(link, binder), alias: link.alias, entity: link, table, type, inner, outer }
    joined.push(row)
    joinTo(row, joined, binder)
  }
}

function aliasOf(link: FetchLink, binder: FetchBinder): string {
  const { aliases, linksOf } = binder
  const count = (linksOf.get(link.name) ?? 0) + 1
  linksOf.set(link.name, count)
  const alias = link.alias ?? freeAlias(link.name, count, aliases)
  if (aliases.has(alias)) throw fail('DuplicateAlias', excerpt(alias))
  aliases.add(alias)
  return alias
}

function freeAlias(table: string, count: number, taken: ReadonlySet<string>): string {
  const alias = `${table}${count}`
  return taken.has(alias) ? freeAlias(table, count + 1, taken) : alias
}
