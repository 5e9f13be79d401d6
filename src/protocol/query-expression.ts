/**
 * A QueryExpression as JSON, which BulkDelete's QuerySet carries (webapi.md 5.5), as a query tree:
 * `{"EntityName":"account","Criteria":{"FilterOperator":"And","Conditions":[{"AttributeName":"name","Operator":"Equal","Values":[{"Value":"A","Type":"System.String"}]}]}}`.
 */
import { CONDITION_OPERATORS } from './condition-operators.ts'
import { fail } from './errors.ts'
import { isExactNumber } from './exact-number.ts'
import { checkedAlias } from './fetch-attributes.ts'
import {
  type FetchAttribute,
  type FetchCondition,
  type FetchEntity,
  type FetchFilter,
  type FetchLink,
  type FetchLinkType,
  type FetchOrder,
  type FetchQuery,
  plainAttribute,
} from './fetch-query.ts'
import {
  booleanMember,
  countMember,
  enumMember,
  invalid,
  listMember,
  type Members,
  member,
  membersOf,
  requiredMember,
  textMember,
} from './query-expression-members.ts'
import type { JsonValue } from './row-json.ts'

const QUERY = words('EntityName ColumnSet Criteria LinkEntities Orders PageInfo TopCount Distinct NoLock DataSource ForceSeek QueryHints SubQueryExpression')
const COLUMNS = words('AllColumns Columns AttributeExpressions')
const FILTER = words('FilterOperator Conditions Filters IsQuickFindFilter FilterHint AnyAllFilterLinkEntity')
const CONDITION = words('AttributeName EntityName Operator Values CompareColumns')
const LINK = words(
  'LinkFromEntityName LinkFromAttributeName LinkToEntityName LinkToAttributeName JoinOperator EntityAlias Columns LinkCriteria LinkEntities Orders ForceSeek',
)
const ORDER = words('AttributeName Alias EntityName OrderType')
const PAGE = words('Count PageNumber PagingCookie ReturnTotalRecordCount')

const LOGICAL = new Map<string, FetchFilter['type']>([
  ['And', 'and'],
  ['Or', 'or'],
])
const JOINS = new Map<string, FetchLinkType>([
  ['Inner', 'inner'],
  ['LeftOuter', 'outer'],
  ['Natural', 'inner'],
  ['MatchFirstRowUsingCrossApply', 'matchfirstrowusingcrossapply'],
  ['In', 'in'],
  ['Exists', 'exists'],
  ['Any', 'any'],
  ['NotAny', 'not any'],
  ['All', 'all'],
  ['NotAll', 'not all'],
])
const DESCENDING = new Map([
  ['Ascending', false],
  ['Descending', true],
])

export function parseQueryExpression(json: JsonValue): FetchQuery {
  const query = membersOf(json, 'QueryExpression', QUERY)
  for (const name of ['SubQueryExpression', 'DataSource']) {
    if (member(query, name) !== undefined && member(query, name) !== '') throw fail('NotSupported', `'${name}' of QueryExpression`)
  }
  const page = membersOf(member(query, 'PageInfo') ?? {}, 'PagingInfo', PAGE)
  return {
    top: countMember(query, 'TopCount'),
    skip: undefined,
    count: countMember(page, 'Count'),
    page: countMember(page, 'PageNumber'),
    pagingCookie: textMember(page, 'PagingCookie'),
    distinct: booleanMember(query, 'Distinct'),
    aggregate: false,
    aggregateLimit: undefined,
    returnTotalRecordCount: booleanMember(page, 'ReturnTotalRecordCount'),
    rawOrder: false,
    entity: {
      name: requiredMember(query, 'EntityName'),
      ...readColumns(query, 'ColumnSet'),
      orders: listMember(query, 'Orders').map(readOrder),
      filters: readCriteria(query, 'Criteria'),
      links: listMember(query, 'LinkEntities').map(readLink),
    },
  }
}

function readColumns(members: Members, name: string): Pick<FetchEntity, 'allAttributes' | 'attributes'> {
  const columns = membersOf(member(members, name) ?? {}, 'ColumnSet', COLUMNS)
  if (listMember(columns, 'AttributeExpressions').length > 0) throw fail('NotSupported', "'AttributeExpressions' of ColumnSet")
  return { allAttributes: booleanMember(columns, 'AllColumns'), attributes: listMember(columns, 'Columns').map(readColumn) }
}

function readColumn(name: JsonValue): FetchAttribute {
  if (typeof name !== 'string' || name === '') throw invalid("'Columns' of ColumnSet must be a list of names.")
  return plainAttribute(name)
}

function readOrder(json: JsonValue): FetchOrder {
  const order = membersOf(json, 'OrderExpression', ORDER)
  return {
    attribute: requiredMember(order, 'AttributeName'),
    alias: textMember(order, 'Alias'),
    entityName: textMember(order, 'EntityName'),
    descending: enumMember(order, 'OrderType', DESCENDING) ?? false,
  }
}

function readCriteria(members: Members, name: string): readonly FetchFilter[] {
  const criteria = member(members, name)
  return criteria === undefined ? [] : [readFilter(criteria)]
}

function readFilter(json: JsonValue): FetchFilter {
  const filter = membersOf(json, 'FilterExpression', FILTER)
  const link = member(filter, 'AnyAllFilterLinkEntity')
  return {
    type: enumMember(filter, 'FilterOperator', LOGICAL) ?? 'and',
    conditions: listMember(filter, 'Conditions').map(readCondition),
    filters: listMember(filter, 'Filters').map(readFilter),
    links: link === undefined ? [] : [readLink(link)],
  }
}

function readCondition(json: JsonValue): FetchCondition {
  const condition = membersOf(json, 'ConditionExpression', CONDITION)
  const operator = enumMember(condition, 'Operator', CONDITION_OPERATORS)
  if (operator === undefined) throw invalid("ConditionExpression needs a value for 'Operator'.")
  const values = listMember(condition, 'Values').map(readValue)
  const column = { attribute: requiredMember(condition, 'AttributeName'), operator, entityName: textMember(condition, 'EntityName') }
  if (!booleanMember(condition, 'CompareColumns')) return { ...column, value: undefined, values, valueOf: undefined }
  const [other, another] = values
  if (other === undefined || another !== undefined) throw invalid("A ConditionExpression with 'CompareColumns' takes the name of one column in 'Values'.")
  return { ...column, value: undefined, values: [], valueOf: other }
}

/** `{"Value":"5","Type":"System.Int32"}`, or the bare value. What type it has the column decides. */
function readValue(json: JsonValue): string {
  if (typeof json === 'string') return json
  if (typeof json === 'number' || typeof json === 'boolean') return String(json)
  if (isExactNumber(json)) return json.exact
  const value = json === null ? undefined : member(membersOf(json, 'Object', ['Value', 'Type']), 'Value')
  if (value === undefined || (typeof value === 'object' && !isExactNumber(value))) throw invalid("'Values' of ConditionExpression must be a list of values.")
  return readValue(value)
}

function readLink(json: JsonValue): FetchLink {
  const link = membersOf(json, 'LinkEntity', LINK)
  const alias = textMember(link, 'EntityAlias')
  return {
    name: requiredMember(link, 'LinkToEntityName'),
    ...readColumns(link, 'Columns'),
    orders: listMember(link, 'Orders').map(readOrder),
    filters: readCriteria(link, 'LinkCriteria'),
    links: listMember(link, 'LinkEntities').map(readLink),
    from: textMember(link, 'LinkToAttributeName'),
    to: textMember(link, 'LinkFromAttributeName'),
    alias: alias === undefined ? undefined : checkedAlias(alias),
    type: enumMember(link, 'JoinOperator', JOINS) ?? 'inner',
    intersect: false,
  }
}

function words(text: string): readonly string[] {
  return text.split(' ')
}
