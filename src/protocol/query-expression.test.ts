import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readsOrRefuses } from './arbitraries.test.ts'
import { CONDITION_OPERATORS } from './condition-operators.ts'
import { parseFetchXml } from './fetch-xml.ts'
import { formatFetchXml } from './fetch-xml-format.ts'
import { parseQueryExpression } from './query-expression.ts'
import { type JsonValue, parseJsonBody } from './row-json.ts'

const CRM = 'Microsoft.Dynamics.CRM'
const ATTRIBUTE = {
  alias: undefined,
  aggregate: undefined,
  groupBy: false,
  distinct: false,
  dateGrouping: undefined,
  userTimeZone: undefined,
  rowAggregate: undefined,
}

const conditionOf = (condition: JsonValue) => parseQueryExpression({ EntityName: 'a', Criteria: { Conditions: [condition] } }).entity.filters[0]?.conditions[0]
/** The same query as FetchXML: what it says, without the shape of the tree. */
const fetchXml = (json: JsonValue) => formatFetchXml(parseQueryExpression(json))

test("the Python client's bulk delete", () => {
  const query = parseQueryExpression({
    '@odata.type': `${CRM}.QueryExpression`,
    EntityName: 'account',
    ColumnSet: { '@odata.type': `${CRM}.ColumnSet`, AllColumns: false, Columns: [] },
    Criteria: {
      '@odata.type': `${CRM}.FilterExpression`,
      FilterOperator: 'And',
      Conditions: [
        {
          '@odata.type': `${CRM}.ConditionExpression`,
          AttributeName: 'accountid',
          Operator: 'In',
          Values: [
            { Value: '00000000-0000-0000-0000-000000000001', Type: 'System.Guid' },
            { Value: '00000000-0000-0000-0000-000000000002', Type: 'System.Guid' },
          ],
        },
      ],
    },
  })
  const values = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']
  assert.deepEqual(query.entity, {
    name: 'account',
    allAttributes: false,
    attributes: [],
    orders: [],
    filters: [
      {
        type: 'and',
        conditions: [{ attribute: 'accountid', operator: 'in', entityName: undefined, value: undefined, values, valueOf: undefined }],
        filters: [],
        links: [],
      },
    ],
    links: [],
  })
})

test('all that a query can hold', () => {
  const json: JsonValue = {
    EntityName: 'contact',
    Distinct: true,
    NoLock: true,
    TopCount: 5,
    ColumnSet: { AllColumns: false, Columns: ['fullname'] },
    Criteria: {
      FilterOperator: 'Or',
      Conditions: [{ EntityName: 'a', AttributeName: 'name', Operator: 'BeginsWith', Values: ['Lit'] }],
      Filters: [{ FilterOperator: 'And', AnyAllFilterLinkEntity: { LinkToEntityName: 'task', JoinOperator: 'NotAny' } }],
    },
    LinkEntities: [
      {
        LinkFromEntityName: 'contact',
        LinkFromAttributeName: 'parentcustomerid',
        LinkToEntityName: 'account',
        LinkToAttributeName: 'accountid',
        JoinOperator: 'LeftOuter',
        EntityAlias: 'a',
        Columns: { AllColumns: true, Columns: [] },
        LinkCriteria: { FilterOperator: 'And', Conditions: [{ AttributeName: 'statecode', Operator: 'Equal', Values: [{ Value: 0, Type: 'System.Int32' }] }] },
        LinkEntities: [],
        Orders: [],
      },
    ],
    Orders: [{ AttributeName: 'fullname', OrderType: 'Descending' }],
    PageInfo: { Count: 0, PageNumber: 0, PagingCookie: '', ReturnTotalRecordCount: false },
  }
  assert.equal(
    fetchXml(json),
    '<fetch top="5" distinct="true"><entity name="contact"><attribute name="fullname"/><order attribute="fullname" descending="true"/>' +
      '<filter type="or"><condition entityname="a" attribute="name" operator="begins-with"><value>Lit</value></condition>' +
      '<filter type="and"><link-entity name="task" link-type="not any"/></filter></filter>' +
      '<link-entity name="account" from="accountid" to="parentcustomerid" alias="a" link-type="outer"><all-attributes/>' +
      '<filter type="and"><condition attribute="statecode" operator="eq"><value>0</value></condition></filter></link-entity></entity></fetch>',
  )
})

test('paging is read', () => {
  const { count, page, pagingCookie, returnTotalRecordCount } = parseQueryExpression({
    EntityName: 'a',
    PageInfo: { Count: 50, PageNumber: 2, PagingCookie: '<cookie page="1"/>', ReturnTotalRecordCount: true },
  })
  assert.deepEqual([count, page, pagingCookie, returnTotalRecordCount], [50, 2, '<cookie page="1"/>', true])
})

test('every operator has its word in FetchXML', () => {
  const names = {
    Equal: 'eq',
    NotNull: 'not-null',
    LastXDays: 'last-x-days',
    OnOrAfter: 'on-or-after',
    Last7Days: 'last-seven-days',
    DoesNotEndWith: 'not-end-with',
  }
  for (const [name, operator] of Object.entries(names)) assert.equal(CONDITION_OPERATORS.get(name), operator, name)
  for (const [name, operator] of CONDITION_OPERATORS) {
    assert.match(operator, /^[a-z]+(-[a-z]+)*$/, name)
    assert.equal(conditionOf({ AttributeName: 'x', Operator: name, Values: [] })?.operator, operator)
  }
  assert.equal(new Set(CONDITION_OPERATORS.values()).size, CONDITION_OPERATORS.size)
})

test('values are texts, numbers and truths, alone or with their type', () => {
  const json = parseJsonBody(
    '["a", 5, 1.50, 12345678901234567890, true, {"Value":"b","Type":"System.String"}, {"Value":0.12345678901234567890}, {"Value":false}]',
  )
  const values = conditionOf({ AttributeName: 'x', Operator: 'In', Values: json })?.values
  assert.deepEqual(values, ['a', '5', '1.5', '12345678901234567890', 'true', 'b', '0.12345678901234567890', 'false'])
  const compared = conditionOf({ AttributeName: 'firstname', Operator: 'Equal', CompareColumns: true, Values: ['lastname'] })
  assert.deepEqual([compared?.valueOf, compared?.values], ['lastname', []])
})

test('what the type does not have, or has otherwise, is refused', () => {
  const bad: readonly JsonValue[] = [
    null,
    'account',
    [],
    {},
    { EntityName: '' },
    { EntityName: 5 },
    { EntityName: 'a', Critera: {} },
    { EntityName: 'a', Criteria: [] },
    { EntityName: 'a', Criteria: { FilterOperator: 'Xor' } },
    { EntityName: 'a', Criteria: { Conditions: {} } },
    { EntityName: 'a', Criteria: { Conditions: [{ AttributeName: 'x' }] } },
    { EntityName: 'a', Criteria: { Conditions: [{ Operator: 'Equal' }] } },
    { EntityName: 'a', Criteria: { Conditions: [{ AttributeName: 'x', Operator: 'eq' }] } },
    { EntityName: 'a', Criteria: { Conditions: [{ AttributeName: 'x', Operator: 'constructor' }] } },
    { EntityName: 'a', Criteria: { Conditions: [{ AttributeName: 'x', Operator: 'Equal', Values: [null] }] } },
    { EntityName: 'a', Criteria: { Conditions: [{ AttributeName: 'x', Operator: 'Equal', Values: [{ Value: ['a'] }] }] } },
    { EntityName: 'a', Criteria: { Conditions: [{ AttributeName: 'x', Operator: 'Equal', CompareColumns: true, Values: [] }] } },
    { EntityName: 'a', LinkEntities: [{}] },
    { EntityName: 'a', LinkEntities: [{ LinkToEntityName: 'b', JoinOperator: 'Cross' }] },
    { EntityName: 'a', Orders: [{ AttributeName: 'x', OrderType: 'Up' }] },
    { EntityName: 'a', ColumnSet: { Columns: [5] } },
    { EntityName: 'a', TopCount: 1.5 },
    { EntityName: 'a', TopCount: -1 },
    { EntityName: 'a', Distinct: 'true' },
  ]
  for (const json of bad) assert.throws(() => parseQueryExpression(json), { name: 'InvalidArgument', status: 400 }, JSON.stringify(json))
  assert.throws(() => parseQueryExpression({ EntityName: 'a', SubQueryExpression: {} }), { name: 'NotSupported' })
})

test('a query without columns asks for none', () => {
  const query = parseQueryExpression({ EntityName: 'account' })
  assert.deepEqual(parseFetchXml(formatFetchXml(query)).entity, query.entity)
  assert.deepEqual(parseQueryExpression({ EntityName: 'a', ColumnSet: { Columns: ['b'] } }).entity.attributes, [{ ...ATTRIBUTE, name: 'b' }])
})

test('any JSON is read or refused', () => {
  const names = fc.constantFrom(
    'EntityName',
    'Criteria',
    'Conditions',
    'Filters',
    'LinkEntities',
    'Values',
    'Operator',
    'AttributeName',
    'ColumnSet',
    'Columns',
  )
  const leaf = fc.oneof(fc.constantFrom('And', 'Equal', 'account', ''), fc.integer(), fc.boolean(), fc.constant(null))
  const object = (inner: fc.Arbitrary<JsonValue>) => fc.oneof(fc.dictionary(names, inner, { maxKeys: 4 }), fc.array(inner, { maxLength: 3 }), leaf)
  readsOrRefuses(fc.dictionary(names, object(object(object(leaf)))), (json) => parseQueryExpression({ EntityName: 'account', ...json }))
})
