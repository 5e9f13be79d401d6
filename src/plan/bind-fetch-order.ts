/**
 * The order of a query by names: its own orders, then those of its links, as Dataverse has it; of an aggregate query by aliases.
 * A lookup is ordered by the name of the row it points at, a choice by its labels unless `useraworderby` says otherwise.
 */
import { compareByCodePoint, fold } from '../base/fold.ts'
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { FetchOrder } from '../protocol/fetch-query.ts'
import type { Column } from '../schema/column.ts'
import { optionsOf } from '../schema/column-options.ts'
import { Label } from '../schema/label.ts'
import type { Schema } from '../schema/schema.ts'
import { type FetchRows, rowNamed } from './bind-fetch-links.ts'
import { samePath } from './bind-path.ts'
import type { ColumnPath } from './bound-filter.ts'
import { type FetchRow, pathOf } from './fetch-row.ts'
import { MAX_ORDERS } from './limits.ts'
import { orderedByName } from './order-by-name.ts'
import { refuseManyLinks } from './path-links.ts'
import type { ResultColumn, ResultOrder } from './results-plan.ts'

type Term = { readonly order: FetchOrder; readonly row: FetchRow }
type PathOrder = ResultOrder & { readonly by: ColumnPath }

export function bindRowOrder(rows: FetchRows, rawOrder: boolean, schema: Schema): readonly PathOrder[] {
  const order: PathOrder[] = []
  for (const { order: one, row } of termsOf(rows)) {
    if (one.alias !== undefined) throw fail('OrderByAlias')
    if (one.attribute === undefined) throw fail('OrderWithoutColumn')
    const by = orderedByName(pathOf(one.entityName === undefined ? row : rowNamed(one.entityName, rows), one.attribute), schema)
    // What orders already orders nothing a second time.
    if (!order.some((before) => before.by.from === by.from && samePath(before.by, by)))
      order.push({ by, descending: one.descending, ranks: rawOrder ? undefined : ranksOf(by.column, schema) })
  }
  if (order.length > MAX_ORDERS) throw fail('InvalidArgument', `The query orders by ${order.length} columns: the limit is ${MAX_ORDERS}.`)
  refuseManyLinks(order.map(({ by }) => by))
  return order
}

export function bindGroupOrder(rows: FetchRows, columns: readonly ResultColumn[]): readonly ResultOrder[] {
  return termsOf(rows).map(({ order: { alias, attribute, descending } }) => {
    if (alias === undefined) throw fail(attribute === undefined ? 'OrderWithoutAlias' : 'OrderByColumn')
    if (!columns.some(({ name }) => name === alias)) throw fail('AliasNotFound', excerpt(alias))
    return { by: alias, descending }
  })
}

function termsOf({ own, joined }: FetchRows): readonly Term[] {
  return [own, ...joined].flatMap((row) => row.entity.orders.map((order) => ({ order, row })))
}

/** The options of a choice in the order of their labels. */
function ranksOf(column: Column, schema: Schema): readonly number[] | undefined {
  if (!('options' in column) || column.type === 'choices') return undefined
  const options = optionsOf(column, schema).map(({ value, label }) => ({ value, text: fold(Label.text(label)) }))
  return options.sort((a, b) => compareByCodePoint(a.text, b.text) || a.value - b.value).map(({ value }) => value)
}
