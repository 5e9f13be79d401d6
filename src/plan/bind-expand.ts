/**
 * `$expand`, nested to any depth: `primarycontactid($select=fullname)` gives one row or null, `Account_Tasks($filter=…;$top=5)` an array,
 * `createdby/$ref` only the row's `@odata.id`, `ownerid` a user or a team with those of the named columns that it has.
 *
 * Where one `$expand` stands inside another, every collection is a page of the asked size, and has neither `$orderby` nor `$top`
 * (webapi.md 6.5). Dataverse does not mix many-to-many relationships with others, nor nest them; here they are like any other.
 */
import { fail } from '../protocol/errors.ts'
import { formatTarget } from '../protocol/expand.ts'
import { MAX_PAGE_SIZE } from '../protocol/prefer.ts'
import type { ExpandItem, ExpandOptions } from '../protocol/query-options.ts'
import type { LookupColumn } from '../schema/column.ts'
import type { Navigation } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { bindFilter } from './bind-filter.ts'
import { bindOrder } from './bind-order.ts'
import { collectionQuery } from './collection-query.ts'
import { findColumn, primaryId } from './find-column.ts'
import { castTo, getNavigation, linkOf, type ToMany } from './navigation.ts'
import type { QueryContext } from './query-context.ts'
import type { BoundExpand, ExpandMany, ExpandOne, ExpandOwner, RowAnnotations, RowShape } from './read-plan.ts'
import { selectColumns, withColumn } from './select-columns.ts'

type ToOwner = Extract<Navigation, { readonly kind: 'owner' }>
type Columns = RowShape['columns']

/** What is the same for all expands of a query. `pageSize` undefined: none is nested, and no collection is paged. */
type Query = { readonly annotations: RowAnnotations; readonly context: QueryContext; readonly pageSize: number | undefined }

/** `pageSize`: that of the answer. */
export function bindExpand(
  items: readonly ExpandItem[],
  table: Table,
  annotations: RowAnnotations,
  context: QueryContext,
  pageSize = MAX_PAGE_SIZE,
): readonly BoundExpand[] {
  const isNested = items.some((item) => item.options.expand)
  return bindItems(items, table, { annotations, context, pageSize: isNested ? pageSize : undefined })
}

/** `$expand=nav/$ref` gives the lookup's value as well (webapi.md 6.5). */
export function withReferences(columns: Columns, expands: readonly BoundExpand[]): Columns {
  return expands.reduce((all, expand) => (isReference(expand) ? withColumn(all, expand.column) : all), columns)
}

function isReference(expand: BoundExpand): expand is ExpandOne | ExpandOwner {
  return expand.kind === 'one' ? expand.references : expand.kind === 'owner' && expand.choices.some((one) => one.references)
}

/** The value of `ownerid`, as a path of its own or inside another row. */
export function bindOwner(navigation: ToOwner, item: ExpandItem, annotations: RowAnnotations, context: QueryContext, pageSize: number): ExpandOwner {
  const isNested = item.options.expand?.some((one) => one.options.expand)
  return ownerOf(navigation, item, { annotations, context, pageSize: isNested ? pageSize : undefined })
}

function bindItems(items: readonly ExpandItem[], table: Table, query: Query): readonly BoundExpand[] {
  const seen = new Set<string>()
  return items.map((item) => {
    if (seen.has(item.navigation)) throw fail('BadRequest', `'${item.navigation}' is expanded more than once.`)
    seen.add(item.navigation)
    return bindItem(item, table, query)
  })
}

function bindItem(item: ExpandItem, table: Table, query: Query): BoundExpand {
  const { schema } = query.context
  const navigation = getNavigation(schema, table, item.navigation)
  switch (navigation.kind) {
    case 'owner':
      return ownerOf(navigation, item, query)
    case 'one':
      return oneOf(item, navigation.column, item.cast === undefined ? navigation.target : castTo(schema, navigation.target, item.cast), query)
    case 'many':
    case 'many-to-many':
      return manyOf(item, navigation, query)
  }
}

function oneOf(item: ExpandItem, column: LookupColumn, target: Table, query: Query): ExpandOne {
  const { filter, select } = item.options
  refuseOrder(item.options)
  return {
    kind: 'one',
    navigation: item.navigation,
    column,
    shape: shapeOf(target, item.references ? [primaryId(target)] : selectColumns(target, select), item.options, query),
    filter: filter && bindFilter(filter, target, query.context, undefined),
    references: item.references,
  }
}

function manyOf(item: ExpandItem, navigation: ToMany, query: Query): ExpandMany {
  const { options } = item
  if (item.references) throw fail('UnsupportedClause', 'Expand with $ref is only supported on lookup type navigation property.')
  if (query.pageSize !== undefined) refuseOrder(options)
  const { schema } = query.context
  const target = item.cast === undefined ? navigation.target : castTo(schema, navigation.target, item.cast)
  return {
    kind: 'many',
    navigation: item.navigation,
    segment: formatTarget(item),
    link: linkOf(navigation),
    shape: shapeOf(target, childColumns(navigation, target, selectColumns(target, options.select)), options, query),
    filter: options.filter && bindFilter(options.filter, target, query.context, undefined),
    order: bindOrder(options.orderby, target, schema),
    top: query.pageSize ?? Math.min(options.top ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE),
    pages: query.pageSize !== undefined,
    query: collectionQuery(options),
  }
}

function refuseOrder({ orderby, top }: ExpandOptions): void {
  if (!orderby && top === undefined) return
  throw fail(
    'UnsupportedClause',
    'Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.',
  )
}

/** What is named has to be there on a user or on a team; either shows what it has. */
function ownerOf({ name, column }: ToOwner, item: ExpandItem, query: Query): ExpandOwner {
  const { schema } = query.context
  const { select, filter, expand } = item.options
  const tables = column.targets.flatMap((target) => schema.tables.get(target) ?? [])
  const wanted = item.cast === undefined ? tables : tables.filter((table) => table.logicalName === item.cast)
  if (wanted.length === 0) throw fail('UnknownResource', item.cast ?? name)
  if (filter && wanted.length > 1) throw fail('NotSupported', `$filter in $expand of ${name}`)
  const hasColumn = (table: Table, wish: string) => wish === '*' || findColumn(table, wish) !== undefined
  const hasNavigation = (table: Table, { navigation }: ExpandItem) => schema.navigations.get(table.logicalName)?.has(navigation) === true
  const unknown = select?.find((wish) => !wanted.some((table) => hasColumn(table, wish)))
  if (unknown !== undefined) throw fail('UnknownProperty', 'principal', unknown)
  const beyond = expand?.find((one) => !wanted.some((table) => hasNavigation(table, one)))
  if (beyond) throw fail('UnknownProperty', 'principal', beyond.navigation)
  const choices = wanted.map((table): ExpandOne => {
    const options: ExpandOptions = {
      ...item.options,
      select: select ? select.filter((wish) => hasColumn(table, wish)) : ownColumns(table, item),
      expand: expand?.filter((one) => hasNavigation(table, one)),
    }
    return oneOf({ ...item, options }, column, table, query)
  })
  return { kind: 'owner', navigation: name, column, choices }
}

/** Of a `principal` there is no more than its id; its name is what people ask for next. A row of a named table is shown whole. */
function ownColumns(table: Table, item: ExpandItem): readonly string[] | undefined {
  if (item.cast !== undefined) return undefined
  return table.primaryNameColumn === undefined ? [] : [table.primaryNameColumn]
}

/** Children always tell which row they hang on (webapi.md 6.5). */
function childColumns(navigation: ToMany, target: Table, columns: Columns): Columns {
  const lookup = navigation.kind === 'many' ? target.columns.get(navigation.relationship.referencingColumn) : undefined
  return lookup ? withColumn(columns, lookup) : columns
}

function shapeOf(table: Table, columns: Columns, { expand }: ExpandOptions, query: Query): RowShape {
  const expands = expand ? bindItems(expand, table, query) : []
  return { table, columns: withReferences(columns, expands), expands, annotations: query.annotations }
}
