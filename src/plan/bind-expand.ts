/**
 * `$expand`, one level: `primarycontactid($select=fullname)` gives one row or null, `Account_Tasks($filter=…;$top=5)` an array,
 * `createdby/$ref` only the row's `@odata.id`. `ownerid`, which may be a user or a team, is refused, and so are nested `$expand`s.
 */
import { fail } from '../protocol/errors.ts'
import type { ExpandItem } from '../protocol/query-options.ts'
import type { Navigation } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { bindFilter } from './bind-filter.ts'
import { bindOrder } from './bind-order.ts'
import { collectionQuery } from './collection-query.ts'
import { primaryId } from './find-column.ts'
import { getNavigation, linkOf, type ToMany } from './navigation.ts'
import type { QueryContext } from './query-context.ts'
import type { BoundExpand, RowAnnotations, RowShape } from './read-plan.ts'
import { selectColumns, withColumn } from './select-columns.ts'

const MAX_ITEMS = 15
/** As many children as a page has rows. */
const MAX_CHILDREN = 5000

type ToOne = Extract<Navigation, { readonly kind: 'one' }>

export function bindExpand(items: readonly ExpandItem[], table: Table, annotations: RowAnnotations, context: QueryContext): readonly BoundExpand[] {
  if (items.length > MAX_ITEMS) throw fail('BadRequest', `The number of $expand items exceeds the limit of ${MAX_ITEMS}.`)
  const seen = new Set<string>()
  return items.map((item) => {
    if (seen.has(item.navigation)) throw fail('BadRequest', `'${item.navigation}' is expanded more than once.`)
    seen.add(item.navigation)
    return bindItem(item, table, annotations, context)
  })
}

function bindItem(item: ExpandItem, table: Table, annotations: RowAnnotations, context: QueryContext): BoundExpand {
  const navigation = getNavigation(context.schema, table, item.navigation)
  if (item.options.expand) throw fail('NotSupported', 'Nested $expand')
  switch (navigation.kind) {
    case 'owner':
      throw fail('NotSupported', `$expand of ${navigation.name}`)
    case 'one':
      return bindOne(item, navigation, annotations, context)
    case 'many':
    case 'many-to-many':
      return bindMany(item, navigation, annotations, context)
  }
}

function bindOne(item: ExpandItem, navigation: ToOne, annotations: RowAnnotations, context: QueryContext): BoundExpand {
  const { filter, orderby, top, select } = item.options
  if (orderby || top !== undefined) {
    throw fail(
      'UnsupportedClause',
      'Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.',
    )
  }
  const { column, target } = navigation
  const columns = item.references ? [primaryId(target)] : selectColumns(target, select)
  return {
    kind: 'one',
    navigation: item.navigation,
    column,
    shape: shapeOf(target, columns, annotations),
    filter: filter && bindFilter(filter, target, context, undefined),
    references: item.references,
  }
}

function bindMany(item: ExpandItem, navigation: ToMany, annotations: RowAnnotations, context: QueryContext): BoundExpand {
  if (item.references) throw fail('UnsupportedClause', 'Expand with $ref is only supported on lookup type navigation property.')
  const { target } = navigation
  const { filter, orderby, top, select } = item.options
  return {
    kind: 'many',
    navigation: item.navigation,
    link: linkOf(navigation),
    shape: shapeOf(target, childColumns(navigation, selectColumns(target, select)), annotations),
    filter: filter && bindFilter(filter, target, context, undefined),
    order: bindOrder(orderby, target, context.schema),
    top: Math.min(top ?? MAX_CHILDREN, MAX_CHILDREN),
    query: collectionQuery(item.options),
  }
}

/** Children always tell which row they hang on (webapi.md 6.5). */
function childColumns(navigation: ToMany, columns: RowShape['columns']): RowShape['columns'] {
  const lookup = navigation.kind === 'many' ? navigation.target.columns.get(navigation.relationship.referencingColumn) : undefined
  return lookup ? withColumn(columns, lookup) : columns
}

function shapeOf(table: Table, columns: RowShape['columns'], annotations: RowAnnotations): RowShape {
  return { table, columns, expands: [], annotations }
}
