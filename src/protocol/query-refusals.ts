/** The catalogue's part about queries: FetchXML, `?sql=`, saved queries, `$apply`, and the operators of their conditions. */
import { codes, platform, refusal } from './refusal.ts'

export const QUERY_REFUSALS = {
  // Queries by name: FetchXML, `?sql=`, saved queries
  FetchTableMismatch: refusal(
    400,
    '0x80041128',
    codes,
    (named: string, addressed: string) =>
      `The entity name specified in fetchxml does not match the entity name specified in the Entity or Query Expression: '${named}' is not '${addressed}'.`,
  ),
  FetchTableNotFound: refusal(400, '0x80041102', codes, (table: string) => `The specified entity was not found: '${table}'.`),
  FetchColumnNotFound: refusal(
    400,
    '0x80041103',
    codes,
    (table: string, column: string) => `'${table}' entity doesn't contain attribute with Name = '${column}' and NameMapping = 'Logical'.`,
  ),
  FetchInvalidNode: refusal(
    400,
    '0x8004111c',
    codes,
    (valid: string, node: string) => `The element node encountered is invalid: valid nodes are ${valid}. NodeName = ${node}`,
  ),
  FetchElementMissing: refusal(400, '0x80041123', codes, (what: string) => `A required element was not specified: ${what}.`),
  FetchAttributeMissing: refusal(400, '0x8004111e', codes, (what: string) => `A required attribute was not specified: ${what}.`),
  FetchInvalidValue: refusal(400, '0x80041108', codes, (detail: string) => `Invalid value specified for type. ${detail}`),
  FetchLinkType: refusal(
    400,
    '0x80041117',
    codes,
    (type: string, valid: string) => `The only valid values for link-type attribute are ${valid}; '${type}' is none of them.`,
  ),
  FetchFilterType: refusal(400, '0x80041122', codes, (type: string) => `Unsupported filter type '${type}'. Valid values are 'and', or 'or'.`),
  FetchDateGrouping: refusal(
    400,
    '0x80041135',
    codes,
    (text: string, valid: string) => `An invalid value was specified for dategrouping: '${text}' is none of ${valid}.`,
  ),
  TooManyLinks: refusal(400, '0x8004430d', codes, () => 'Number of link entities in query exceeded maximum limit.'),
  TooManyConditions: refusal(400, '0x8004430c', codes, () => 'Number of conditions in query exceeded maximum limit.'),
  LinkColumnsMissing: refusal(
    400,
    '0x80041111',
    codes,
    (link: string, parent: string) =>
      `AttributeFrom and AttributeTo must be either both specified or both omitted: no single relationship joins '${link}' to '${parent}'.`,
  ),
  LinkColumnsMismatch: refusal(
    400,
    '0x80041104',
    codes,
    (from: string, to: string) => `Data Types don't match for the link-entity join attributes '${from}', '${to}'.`,
  ),
  LinkTypeMisplaced: refusal(400, '0x80041121', codes, (type: string) => `Unsupported join operator: '${type}' cannot stand inside a filter.`),
  AliasNotFound: refusal(400, '0x8004110a', codes, (alias: string) => `The specified alias for the given entity in the condition does not exist: '${alias}'.`),
  DuplicateAlias: refusal(400, '0x80041130', codes, (alias: string) => `FetchXML should have unique aliases: '${alias}' stands twice.`),
  AggregateWithoutAlias: refusal(400, '0x80041109', codes, (column: string) => `Invalid alias for aggregate operation: the attribute '${column}' has none.`),
  ColumnBesideAggregate: refusal(
    400,
    '0x80041107',
    codes,
    (column: string) => `Attributes can not be returned when aggregate operation is specified: '${column}'.`,
  ),
  GroupByAndAggregate: refusal(
    400,
    '0x80041137',
    codes,
    (column: string) => `An attribute can either be an aggregate or a Group By but not both: '${column}'.`,
  ),
  AggregateOutside: refusal(400, '0x8004111a', codes, (detail: string) => `An error occurred while processing Aggregates in Query: ${detail}`),
  AggregateNotForType: refusal(
    400,
    '0x8004112f',
    codes,
    (aggregate: string, type: string) => `Aggregate ${aggregate} is not supported for attribute of type ${type}.`,
  ),
  DateGroupingNotForColumn: refusal(
    400,
    '0x80041135',
    codes,
    (column: string) => `An invalid value was specified for dategrouping: '${column}' is not a date that is grouped by.`,
  ),
  OrderByAlias: refusal(400, '0x80041132', codes, () => 'An alias cannot be specified for an order clause for a non-aggregate Query. Use an attribute.'),
  OrderByColumn: refusal(400, '0x80041131', codes, () => 'An attribute cannot be specified for an order clause for an aggregate Query. Use an alias.'),
  OrderWithoutColumn: refusal(400, '0x80041133', codes, () => 'An attribute is required for an order clause for a non-aggregate Query.'),
  OrderWithoutAlias: refusal(400, '0x80041134', codes, () => 'An alias is required for an order clause for an aggregate Query.'),
  NotAboveZero: refusal(400, '0x8004110c', codes, (name: string) => `A value greater than zero must be specified: '${name}'.`),
  BadPagingCookie: refusal(400, '0x8004112a', codes, () => 'Invalid page number in paging cookie.'),
  PagingCookieOfAnotherOrder: refusal(400, '0x80041129', codes, () => 'Order by columns do not match those in paging cookie.'),
  TooManyRowsToAggregate: refusal(
    400,
    '0x8004e023',
    `${platform}/webapi/query/aggregate-data`,
    () => 'AggregateQueryRecordLimit exceeded. Cannot perform this operation.',
  ),
  UnknownOperator: refusal(400, '0x80041120', codes, (operator: string) => `The condition operator '${operator}' is not valid.`),
  OperatorNotForColumn: refusal(
    400,
    '0x80040203',
    codes,
    (operator: string, column: string, type: string) => `The condition operator '${operator}' is not valid for the attribute '${column}' of type '${type}'.`,
  ),
} as const
