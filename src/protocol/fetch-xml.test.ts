import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyName, anyText, readsOrRefuses, record, roundTrips, rubbishOf, staysWithin } from './arbitraries.test.ts'
import type { FetchAttribute, FetchCondition, FetchEntity, FetchFilter, FetchLink, FetchOrder, FetchQuery } from './fetch-query.ts'
import { AGGREGATES, DATE_GROUPINGS, FILTER_TYPES, LINK_TYPES } from './fetch-words.ts'
import { parseFetchXml } from './fetch-xml.ts'
import { formatFetchXml } from './fetch-xml-format.ts'

const ATTRIBUTE = {
  alias: undefined,
  aggregate: undefined,
  groupBy: false,
  distinct: false,
  dateGrouping: undefined,
  userTimeZone: undefined,
  rowAggregate: undefined,
}
const CONDITION = { entityName: undefined, value: undefined, values: [], valueOf: undefined }
const ENTITY = { allAttributes: false, attributes: [], orders: [], filters: [], links: [] }
const LINK = { ...ENTITY, from: undefined, to: undefined, alias: undefined, type: 'inner', intersect: false }

const entity = (xml: string) => parseFetchXml(`<fetch><entity name="account">${xml}</entity></fetch>`).entity
const attribute = (xml: string) => entity(xml).attributes[0]
const condition = (xml: string) => entity(`<filter>${xml}</filter>`).filters[0]?.conditions[0]

test('a query names a table, columns, an order, filters and links', () => {
  const query = parseFetchXml(`<?xml version="1.0"?>
    <fetch version="1.0" output-format="xml-platform" mapping="logical" no-lock="true" distinct="true" savedqueryid="x">
      <entity name="contact" enableprefiltering="1" prefilterparametername="p">
        <attribute name="fullname" />
        <order attribute="fullname" descending="1" />
        <filter type="or" hint="union" isquickfindfields="1">
          <condition attribute="statecode" operator="EQ" value="0" uiname="Active" uitype="state" uihidden="1" />
        </filter>
        <link-entity name="account" from="accountid" to="parentcustomerid" visible="false" link-type="outer" alias="a">
          <attribute name="name" build="1.504021" addedby="x" />
        </link-entity>
      </entity>
    </fetch>`)
  assert.deepEqual(query, {
    top: undefined,
    count: undefined,
    page: undefined,
    pagingCookie: undefined,
    distinct: true,
    aggregate: false,
    aggregateLimit: undefined,
    returnTotalRecordCount: false,
    rawOrder: false,
    entity: {
      name: 'contact',
      allAttributes: false,
      attributes: [{ ...ATTRIBUTE, name: 'fullname' }],
      orders: [{ attribute: 'fullname', alias: undefined, entityName: undefined, descending: true }],
      filters: [{ type: 'or', conditions: [{ ...CONDITION, attribute: 'statecode', operator: 'eq', value: '0' }], filters: [], links: [] }],
      links: [{ ...LINK, name: 'account', from: 'accountid', to: 'parentcustomerid', alias: 'a', type: 'outer', attributes: [{ ...ATTRIBUTE, name: 'name' }] }],
    },
  })
})

test('top, paging and totals', () => {
  const head = (attributes: string) => parseFetchXml(`<fetch ${attributes}><entity name="a"/></fetch>`)
  assert.equal(head('top="50"').top, 50)
  const page = head(`count='3' page='2' returntotalrecordcount='true' aggregatelimit='10' useraworderby='1'
    paging-cookie='&lt;cookie page="1"&gt;&lt;accountid last="{A&amp;amp;B}" first="{C}" /&gt;&lt;/cookie&gt;'`)
  assert.deepEqual([page.count, page.page, page.returnTotalRecordCount, page.aggregateLimit, page.rawOrder], [3, 2, true, 10, true])
  assert.equal(page.pagingCookie, '<cookie page="1"><accountid last="{A&amp;B}" first="{C}" /></cookie>')
  assert.deepEqual(
    [head('count="0" page="0"').count, head('count="0" page="0"').page, head('paging-cookie=""').pagingCookie],
    [undefined, undefined, undefined],
  )
  for (const bad of [
    'top="-1"',
    'top="1.5"',
    'top="x"',
    'top=""',
    'count="99999999999"',
    'page="1e3"',
    'distinct="yes"',
    'aggregate=""',
    'no-lock="2" distinct="2"',
  ]) {
    assert.throws(() => head(bad), { name: 'FetchInvalidValue', code: '0x80041108' }, bad)
  }
  assert.throws(() => head('datasource="retained"'), { name: 'NotSupported' })
})

test('aggregates and groups', () => {
  assert.deepEqual(attribute('<attribute name="revenue" alias="total" aggregate="sum"/>'), { ...ATTRIBUTE, name: 'revenue', alias: 'total', aggregate: 'sum' })
  assert.deepEqual(attribute('<attribute name="x" alias="n" aggregate="countcolumn" distinct="true"/>'), {
    ...ATTRIBUTE,
    name: 'x',
    alias: 'n',
    aggregate: 'countcolumn',
    distinct: true,
  })
  assert.deepEqual(attribute('<attribute name="createdon" alias="m" groupby="true" dategrouping="fiscal-period" usertimezone="false"/>'), {
    ...ATTRIBUTE,
    name: 'createdon',
    alias: 'm',
    groupBy: true,
    dateGrouping: 'fiscal-period',
    userTimeZone: false,
  })
  assert.equal(attribute('<attribute name="accountid" alias="n" rowaggregate="countchildren"/>')?.rowAggregate, 'CountChildren')
  assert.throws(() => entity('<attribute name="x" aggregate="median"/>'), { name: 'AggregateOutside', code: '0x8004111a' })
  assert.throws(() => entity('<attribute name="x" dategrouping="decade"/>'), { name: 'FetchDateGrouping', code: '0x80041135' })
  assert.throws(() => entity('<attribute name="x" groupby="2"/>'), { name: 'FetchInvalidValue' })
  assert.throws(() => entity('<attribute name="x" rowaggregate="CountParents"/>'), { name: 'FetchInvalidValue' })
})

test('an entity that names no columns means them all, a link none', () => {
  assert.equal(entity('').allAttributes, true)
  assert.equal(entity('<all-attributes/>').allAttributes, true)
  assert.equal(entity('<no-attrs/>').allAttributes, false)
  assert.equal(entity('<attribute name="name"/>').allAttributes, false)
  assert.equal(entity('<link-entity name="contact"/>').links[0]?.allAttributes, false)
  assert.equal(parseFetchXml('<fetch aggregate="true"><entity name="a"/></fetch>').entity.allAttributes, false)
})

test('a condition has one value, several, a column or none', () => {
  assert.deepEqual(condition('<condition attribute="name" operator="eq" value=""/>'), { ...CONDITION, attribute: 'name', operator: 'eq', value: '' })
  assert.deepEqual(condition('<condition attribute="x" operator="in"><value>1</value><value uiname="B"> é&amp;<![CDATA[<]]> </value><value/></condition>'), {
    ...CONDITION,
    attribute: 'x',
    operator: 'in',
    values: ['1', ' é&< ', ''],
  })
  assert.deepEqual(condition('<condition entityname="c" attribute="x" operator="eq" valueof="acct.name"/>'), {
    ...CONDITION,
    attribute: 'x',
    operator: 'eq',
    entityName: 'c',
    valueOf: 'acct.name',
  })
  assert.deepEqual(condition('<condition attribute="ownerid" operator="eq-userid"/>'), { ...CONDITION, attribute: 'ownerid', operator: 'eq-userid' })
  for (const bad of ['<condition operator="eq"/>', '<condition attribute="x"/>', '<condition attribute="" operator="eq"/>']) {
    assert.throws(() => condition(bad), { name: 'FetchAttributeMissing', code: '0x8004111e' }, bad)
  }
  assert.throws(() => condition('<condition attribute="x" operator="eq" aggregate="count"/>'), { name: 'NotSupported' })
})

test('links stand in links and in filters', () => {
  const [filter] = entity('<filter><link-entity name="account" from="a" to="b" link-type="not any"><filter type="or"/></link-entity></filter>').filters
  assert.deepEqual(filter?.links, [
    { ...LINK, name: 'account', from: 'a', to: 'b', type: 'not any', filters: [{ type: 'or', conditions: [], filters: [], links: [] }] },
  ])
  const [link] = entity('<link-entity name="b" link-type="natural" intersect="true"><link-entity name="c" link-type="exists"/></link-entity>').links
  assert.deepEqual(link, { ...LINK, name: 'b', intersect: true, links: [{ ...LINK, name: 'c', type: 'exists' }] })
  assert.throws(() => entity('<link-entity name="b" link-type="sideways"/>'), { name: 'FetchLinkType', code: '0x80041117' })
  assert.throws(() => entity('<filter type="xor"/>'), { name: 'FetchFilterType', code: '0x80041122' })
})

test('an alias is a name', () => {
  assert.equal(attribute('<attribute name="x" alias="Größe_1"/>')?.alias, 'Größe_1')
  assert.equal(attribute('<attribute name="x" alias=""/>')?.alias, undefined)
  for (const alias of ['@odata.etag', 'a b', 'a.b', '1a', 'a-b']) {
    assert.throws(() => entity(`<attribute name="x" alias="${alias}"/>`), { name: 'FetchInvalidValue', message: /The alias/ }, alias)
    assert.throws(() => entity(`<link-entity name="x" alias="${alias}"/>`), { name: 'FetchInvalidValue', message: /The alias/ }, alias)
  }
})

test('what is no FetchXML is refused', () => {
  const bad = {
    '<query/>': 'FetchInvalidNode',
    '<Fetch/>': 'FetchInvalidNode',
    '<fetch/>': 'FetchElementMissing',
    '<fetch><account/></fetch>': 'FetchInvalidNode',
    '<fetch><entity/></fetch>': 'FetchAttributeMissing',
    '<fetch><entity name="a"/><entity name="b"/></fetch>': 'FetchInvalidNode',
    '<fetch><entity name="a"><Attribute name="b"/></entity></fetch>': 'FetchInvalidNode',
    '<fetch><entity name="a"><condition attribute="b" operator="eq"/></entity></fetch>': 'FetchInvalidNode',
    '<fetch><entity name="a"><filter><attribute name="b"/></filter></entity></fetch>': 'FetchInvalidNode',
    '<fetch><entity name="a"><filter><condition attribute="b" operator="in"><val>1</val></condition></filter></entity></fetch>': 'FetchInvalidNode',
    '<fetch><entity name="a"><filter><condition attribute="b" operator="in"><value><b/></value></condition></filter></entity></fetch>': 'FetchInvalidNode',
    '<fetch><entity name="a"><attribute/></entity></fetch>': 'FetchAttributeMissing',
    '<fetch><entity name="a"><link-entity/></entity></fetch>': 'FetchAttributeMissing',
    '<fetch><entity name="a">': 'BadRequest',
    account: 'BadRequest',
  }
  for (const [xml, name] of Object.entries(bad)) assert.throws(() => parseFetchXml(xml), { name, status: 400 }, xml)
  assert.throws(() => entity('<n/>'), { message: /valid nodes are filter, order, link-entity, attribute, all-attributes, no-attrs. NodeName = n/ })
})

test('text that is percent-encoded still is decoded', () => {
  const xml = '<fetch><entity name="account"><filter><condition attribute="name" operator="like" value="%é"/></filter></entity></fetch>'
  const query = parseFetchXml(xml)
  assert.deepEqual(parseFetchXml(encodeURIComponent(xml)), query)
  assert.deepEqual(parseFetchXml(` ${encodeURIComponent(xml).replaceAll('%3C', '%3c')}`), query)
  assert.throws(() => parseFetchXml('%3Cfetch%zz'), { name: 'BadUrl' })
})

test('time is linear in the length of the text', () => {
  const texts = {
    attributes: (size: number) => '<attribute name="a"/>'.repeat(size),
    conditions: (size: number) => `<filter>${'<condition attribute="a" operator="eq" value="1"/>'.repeat(size)}</filter>`,
    values: (size: number) => `<filter><condition attribute="a" operator="in">${'<value>&amp;</value>'.repeat(size)}</condition></filter>`,
    links: (size: number) => '<link-entity name="a"/>'.repeat(size),
  }
  for (const [name, text] of Object.entries(texts)) {
    const [small, large] = [text(2_000), text(16_000)]
    entity(small)
    const isLinear = staysWithin(
      40,
      0.5,
      () => entity(small),
      () => entity(large),
    )
    assert.ok(isLinear, name)
  }
})

// Every tree there is

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const filled = anyText.filter((text) => text !== '')
const number = fc.integer({ min: 0, max: 2_147_483_647 })
const positive = fc.integer({ min: 1, max: 2_147_483_647 })

const anyAttribute: fc.Arbitrary<FetchAttribute> = record({
  name: filled,
  alias: maybe(anyName),
  aggregate: maybe(fc.constantFrom(...AGGREGATES)),
  groupBy: fc.boolean(),
  distinct: fc.boolean(),
  dateGrouping: maybe(fc.constantFrom(...DATE_GROUPINGS)),
  userTimeZone: maybe(fc.boolean()),
  rowAggregate: maybe(fc.constant('CountChildren' as const)),
})
const anyOrder: fc.Arbitrary<FetchOrder> = record({ attribute: maybe(filled), alias: maybe(filled), entityName: maybe(filled), descending: fc.boolean() })
const anyCondition: fc.Arbitrary<FetchCondition> = record({
  attribute: filled,
  operator: fc.constantFrom('eq', 'not-null', 'last-x-hours', 'in', 'no-such'),
  entityName: maybe(filled),
  value: maybe(anyText),
  values: fc.array(anyText, { maxLength: 3 }),
  valueOf: maybe(filled),
})

function anyFilter(depth: number): fc.Arbitrary<FetchFilter> {
  return record({
    type: fc.constantFrom(...FILTER_TYPES),
    conditions: fc.array(anyCondition, { maxLength: 2 }),
    filters: depth === 0 ? fc.constant([]) : fc.array(anyFilter(depth - 1), { maxLength: 2 }),
    links: depth === 0 ? fc.constant([]) : fc.array(anyLink(depth - 1), { maxLength: 1 }),
  })
}

function entityFields(depth: number): { readonly [K in keyof FetchEntity]: fc.Arbitrary<FetchEntity[K]> } {
  return {
    name: anyName,
    allAttributes: fc.boolean(),
    attributes: fc.array(anyAttribute, { maxLength: 2 }),
    orders: fc.array(anyOrder, { maxLength: 2 }),
    filters: fc.array(anyFilter(depth), { maxLength: 2 }),
    links: depth === 0 ? fc.constant([]) : fc.array(anyLink(depth - 1), { maxLength: 2 }),
  }
}

function anyLink(depth: number): fc.Arbitrary<FetchLink> {
  return record({
    ...entityFields(depth),
    from: maybe(filled),
    to: maybe(filled),
    alias: maybe(anyName),
    type: fc.constantFrom(...LINK_TYPES),
    intersect: fc.boolean(),
  })
}

const anyQuery: fc.Arbitrary<FetchQuery> = record({
  top: maybe(number),
  count: maybe(positive),
  page: maybe(positive),
  pagingCookie: maybe(filled),
  distinct: fc.boolean(),
  aggregate: fc.boolean(),
  aggregateLimit: maybe(number),
  returnTotalRecordCount: fc.boolean(),
  rawOrder: fc.boolean(),
  entity: record(entityFields(2)),
})

test('what is written is read back as the same', () => {
  roundTrips(anyQuery, formatFetchXml, parseFetchXml)
})

test('rubbish is refused', () => {
  const pieces = [
    '<fetch',
    '<fetch>',
    '</fetch>',
    '<entity name="a"',
    '<entity name="a">',
    '</entity>',
    '<filter>',
    '</filter>',
    '<attribute name="b"/>',
    '/>',
    '>',
  ]
  readsOrRefuses(
    rubbishOf(...pieces, '<condition attribute="c" operator="eq"', '<link-entity name="d"', ' top="1"', ' link-type="any"', '&lt;', '%3C'),
    parseFetchXml,
  )
})
