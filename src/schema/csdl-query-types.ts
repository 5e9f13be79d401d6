/** QueryExpression as it stands in a request body (`BulkDelete`): the types of what `protocol/query-expression.ts` reads. */
import type { TypeDeclaration } from './csdl-notation.ts'

/** In the order of their numbers. */
const CONDITION_OPERATORS =
  'Equal NotEqual GreaterThan LessThan GreaterEqual LessEqual Like NotLike In NotIn Between NotBetween Null NotNull Yesterday Today Tomorrow ' +
  'Last7Days Next7Days LastWeek ThisWeek NextWeek LastMonth ThisMonth NextMonth On OnOrBefore OnOrAfter LastYear ThisYear NextYear ' +
  'LastXHours NextXHours LastXDays NextXDays LastXWeeks NextXWeeks LastXMonths NextXMonths LastXYears NextXYears ' +
  'EqualUserId NotEqualUserId EqualBusinessId NotEqualBusinessId ChildOf Mask NotMask MasksSelect Contains DoesNotContain EqualUserLanguage NotOn ' +
  'OlderThanXMonths BeginsWith DoesNotBeginWith EndsWith DoesNotEndWith ThisFiscalYear ThisFiscalPeriod NextFiscalYear NextFiscalPeriod ' +
  'LastFiscalYear LastFiscalPeriod LastXFiscalYears LastXFiscalPeriods NextXFiscalYears NextXFiscalPeriods ' +
  'InFiscalYear InFiscalPeriod InFiscalPeriodAndYear InOrBeforeFiscalPeriodAndYear InOrAfterFiscalPeriodAndYear ' +
  'EqualUserTeams EqualUserOrUserTeams Under NotUnder UnderOrEqual Above AboveOrEqual EqualUserOrUserHierarchy EqualUserOrUserHierarchyAndTeams ' +
  'OlderThanXYears OlderThanXWeeks OlderThanXDays OlderThanXHours OlderThanXMinutes ContainValues DoesNotContainValues'

export const QUERY_TYPES: readonly TypeDeclaration[] = [
  { kind: 'enum', name: 'ConditionOperator', members: CONDITION_OPERATORS },
  { kind: 'enum', name: 'JoinOperator', members: 'Inner LeftOuter Natural MatchFirstRowUsingCrossApply In Exists Any NotAny All NotAll' },
  { kind: 'enum', name: 'OrderType', members: 'Ascending Descending' },
  { kind: 'complex', name: 'ColumnSet', properties: { 'Edm.Boolean': 'AllColumns', 'Collection(Edm.String)': 'Columns' } },
  {
    kind: 'complex',
    name: 'ConditionExpression',
    properties: {
      'Edm.String': 'AttributeName EntityName',
      ConditionOperator: 'Operator',
      'Collection(Object)': 'Values',
      'Edm.Boolean': 'CompareColumns',
    },
  },
  {
    kind: 'complex',
    name: 'FilterExpression',
    properties: {
      LogicalOperator: 'FilterOperator',
      'Collection(ConditionExpression)': 'Conditions',
      'Collection(FilterExpression)': 'Filters',
      'Edm.Boolean': 'IsQuickFindFilter',
      'Edm.String': 'FilterHint',
      LinkEntity: 'AnyAllFilterLinkEntity',
    },
  },
  { kind: 'complex', name: 'OrderExpression', properties: { 'Edm.String': 'AttributeName Alias EntityName', OrderType: 'OrderType' } },
  {
    kind: 'complex',
    name: 'PagingInfo',
    properties: { 'Edm.Int32': 'Count PageNumber', 'Edm.String': 'PagingCookie', 'Edm.Boolean': 'ReturnTotalRecordCount' },
  },
  {
    kind: 'complex',
    name: 'LinkEntity',
    properties: {
      'Edm.String': 'LinkFromEntityName LinkFromAttributeName LinkToEntityName LinkToAttributeName EntityAlias ForceSeek',
      JoinOperator: 'JoinOperator',
      ColumnSet: 'Columns',
      FilterExpression: 'LinkCriteria',
      'Collection(LinkEntity)': 'LinkEntities',
      'Collection(OrderExpression)': 'Orders',
    },
  },
  {
    kind: 'complex',
    name: 'QueryExpression',
    properties: {
      'Edm.String': 'EntityName ForceSeek QueryHints',
      ColumnSet: 'ColumnSet',
      FilterExpression: 'Criteria',
      'Collection(LinkEntity)': 'LinkEntities',
      'Collection(OrderExpression)': 'Orders',
      PagingInfo: 'PageInfo',
      'Edm.Int32': 'TopCount',
      'Edm.Boolean': 'Distinct NoLock',
    },
  },
]
