import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFetchXml } from '../protocol/fetch-xml.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'
import { isColumnPath } from './bound-filter.ts'
import { bindFetch } from './bind-fetch.ts'
import type { ReadResults, ResultOrder } from './results-plan.ts'
import { NO_ANNOTATIONS } from './row-annotations.ts'
import { ID, tableOf, testContext } from './test-schema.ts'

const context = testContext()
const beside = { count: false, annotations: NO_ANNOTATIONS, paging: { by: 'cookie' } } as const

function bind(xml: string, table = 'account'): ReadResults {
  return bindFetch(parseFetchXml(xml), tableOf(table), { kind: 'set' }, beside, context)
}
const account = (inner: string, attributes = '') => bind(`<fetch ${attributes}><entity name="account">${inner}</entity></fetch>`)
const names = (plan: ReadResults) => plan.columns.map(({ name }) => name)

const pathText = ({ from, steps, column }: ColumnPath): string =>
  [...(from ? [`${from}:`] : []), ...steps.map((step) => `${step.column.logicalName}/`), column.logicalName].join('')
const orderText = (order: readonly ResultOrder[]) =>
  order.map(({ by, descending }) => `${typeof by === 'string' ? `'${by}'` : pathText(by)}${descending ? ' desc' : ''}`)

/** `name eq x and exists(contact on contactid = primarycontactid where …)` */
function text(filter: BoundFilter | undefined): string {
  if (!filter) return ''
  switch (filter.op) {
    case 'and':
    case 'or':
      return `(${filter.terms.map(text).join(` ${filter.op} `)})`
    case 'not':
      return `not ${text(filter.term)}`
    case 'constant':
      return String(filter.value)
    case 'exists': {
      const { link, table, joins } = filter.rows
      const on = link.kind === 'equal' ? `${link.inner.logicalName} = ${pathText(link.outer)}` : link.kind
      const joined = joins.map((join) => ` ${join.type} ${join.alias}`).join('')
      return `exists(${table.logicalName} on ${on}${joined}${filter.rows.filter ? ` where ${text(filter.rows.filter)}` : ''})`
    }
    case 'eq':
    case 'ne':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return `${pathText(filter.left)} ${filter.op} ${isColumnPath(filter.right as never) ? pathText(filter.right as ColumnPath) : String(filter.right)}`
    default:
      return filter.op
  }
}

test('rows carry their key, an amount brings its currency along, a lookup is named as the Web API has it', () => {
  assert.deepEqual(names(account('<attribute name="name"/><attribute name="primarycontactid"/>')), ['name', '_primarycontactid_value', 'accountid'])
  assert.deepEqual(names(account('<attribute name="revenue"/>')), ['revenue', '_transactioncurrencyid_value', 'accountid'])
})

test('all columns are answered where none is named, unless none is wanted', () => {
  assert.ok(names(account('')).includes('revenue'))
  assert.deepEqual(names(account('<no-attrs/>')), ['accountid'])
  assert.ok(!names(bind('<fetch><entity name="contact"/></fetch>', 'contact')).includes('secret'))
})

test('a column goes by its alias, one of a link by that of the link too', () => {
  const plan = account(
    '<attribute name="primarycontactid" alias="who"/><link-entity name="contact" to="primarycontactid"><attribute name="fullname"/><attribute name="createdby" alias="x"/></link-entity>',
  )
  assert.deepEqual(names(plan), ['who', 'contact1.fullname', 'x', 'accountid'])
  assert.deepEqual(
    plan.columns.map(({ isAlias }) => isAlias),
    [true, true, true, false],
  )
})

test('links without an alias go by their table and a number', () => {
  const link = '<link-entity name="contact" to="primarycontactid"><attribute name="fullname"/></link-entity>'
  assert.deepEqual(names(account(`<no-attrs/>${link}${link}`)), ['contact1.fullname', 'contact2.fullname', 'accountid'])
})

test('of the one row that is taken of a link, columns go by their schema names', () => {
  const plan = account(
    '<no-attrs/><link-entity name="contact" from="parentcustomerid" to="accountid" link-type="matchfirstrowusingcrossapply"><attribute name="fullname"/></link-entity>',
  )
  assert.deepEqual(names(plan), ['fullname', 'accountid'])
  assert.equal(plan.joins[0]?.type, 'first')
})

test('two columns under one name are refused, the same column twice is one', () => {
  assert.deepEqual(names(account('<attribute name="name"/><attribute name="name"/>')), ['name', 'accountid'])
  assert.throws(() => account('<attribute name="name" alias="a"/><attribute name="line" alias="a"/>'), { name: 'DuplicateAlias' })
  assert.throws(() => account('<attribute name="name" alias="accountid"/>'), { name: 'DuplicateAlias' })
  const link = '<link-entity name="contact" to="primarycontactid" alias="c"/>'
  assert.throws(() => account(`${link}${link}`), { name: 'DuplicateAlias' })
})

test('a link whose columns are not named joins by the one relationship there is', () => {
  const joined = (inner: string, table = 'account') => {
    const [join] = bind(`<fetch><entity name="${table}"><no-attrs/>${inner}</entity></fetch>`, table).joins
    return `${join?.inner.logicalName} = ${join && pathText(join.outer)}`
  }
  assert.equal(joined('<link-entity name="task"/>'), 'regardingobjectid = accountid')
  assert.equal(joined('<link-entity name="contact" to="primarycontactid"/>'), 'contactid = primarycontactid')
  assert.equal(joined('<link-entity name="contact" from="parentcustomerid"/>'), 'parentcustomerid = accountid')
  assert.equal(joined('<link-entity name="systemuser" to="ownerid"/>'), 'systemuserid = ownerid')
  assert.equal(joined('<link-entity name="accountcontact" intersect="true"/>'), 'accountid = accountid')
  assert.equal(joined('<link-entity name="contact" from="fullname" to="name"/>'), 'fullname = name')
  assert.throws(() => joined('<link-entity name="contact"/>'), { name: 'LinkColumnsMissing' })
  assert.throws(() => joined('<link-entity name="contact" from="fullname" to="line"/>'), { name: 'LinkColumnsMismatch' })
  assert.throws(() => joined('<link-entity name="account" from="hobbies" to="hobbies"/>'), { name: 'LinkColumnsMismatch' })
  assert.throws(() => joined('<link-entity name="nothing" from="a" to="b"/>'), { name: 'FetchTableNotFound' })
})

test('links go through an intersect table', () => {
  const plan = account(
    '<no-attrs/><link-entity name="accountcontact" from="accountid" to="accountid" intersect="true"><link-entity name="contact" from="contactid" to="contactid" alias="c"><attribute name="fullname"/></link-entity></link-entity>',
  )
  assert.deepEqual(
    plan.joins.map(({ alias, inner, outer }) => `${alias} ${inner.logicalName} = ${pathText(outer)}`),
    ['accountcontact1 accountid = accountid', 'c contactid = accountcontact1:contactid'],
  )
})

test('a filter of a link is part of the join, one that names the link is not', () => {
  const filter = (more: string) => `<filter><condition attribute="fullname" operator="eq" value="x" ${more}/></filter>`
  const inside = account(`<link-entity name="contact" to="primarycontactid" alias="c" link-type="outer">${filter('')}</link-entity>`)
  assert.equal(text(inside.joins[0]?.filter), 'c:fullname eq x')
  assert.equal(inside.filter, undefined)
  const after = account(`${filter('entityname="c"')}<link-entity name="contact" to="primarycontactid" alias="c" link-type="outer"/>`)
  assert.equal(text(after.filter), 'c:fullname eq x')
  assert.equal(after.joins[0]?.filter, undefined)
  // By its table, where it has no alias.
  assert.equal(text(account(`${filter('entityname="contact"')}<link-entity name="contact" to="primarycontactid"/>`).filter), 'contact1:fullname eq x')
})

test('a filter of a link that names one joined later is asked after the joins', () => {
  const plan = account(
    '<link-entity name="contact" to="primarycontactid" alias="a"><filter><condition entityname="b" attribute="fullname" operator="null"/></filter></link-entity>' +
      '<link-entity name="contact" from="parentcustomerid" to="accountid" alias="b"/>',
  )
  assert.deepEqual([text(plan.filter), plan.joins[0]?.filter], ['b:fullname eq null', undefined])
})

test('links that are conditions hold as Dataverse has it', () => {
  const link = (type: string) =>
    `<link-entity name="contact" from="parentcustomerid" to="accountid" link-type="${type}"><filter><condition attribute="fullname" operator="eq" value="x"/></filter></link-entity>`
  const rows = 'exists(contact on parentcustomerid = accountid where fullname eq x)'
  const asked = (type: string) => text(account(`<filter>${link(type)}</filter>`).filter)
  assert.equal(asked('any'), rows)
  assert.equal(asked('not any'), `not ${rows}`)
  assert.equal(asked('not all'), rows)
  assert.equal(asked('all'), `(exists(contact on parentcustomerid = accountid) and not ${rows})`)
  assert.equal(asked('exists'), rows)
  // And beside the columns.
  assert.equal(text(account(link('in')).filter), rows)
  assert.equal(text(account(`<filter type="or"><condition attribute="line" operator="eq" value="1"/>${link('any')}</filter>`).filter), `(line eq 1 or ${rows})`)
  assert.throws(() => asked('outer'), { name: 'LinkTypeMisplaced' })
})

test('a link that is a condition has links of its own, and no columns', () => {
  const inner = (more: string) => `<filter><link-entity name="contact" from="parentcustomerid" to="accountid" link-type="any">${more}</link-entity></filter>`
  const joined = '<link-entity name="systemuser" to="createdby" alias="u"><filter><condition attribute="fullname" operator="null"/></filter></link-entity>'
  assert.equal(text(account(inner(joined)).filter), 'exists(contact on parentcustomerid = accountid inner u)')
  assert.throws(() => account(inner('<attribute name="fullname"/>')), { name: 'InvalidArgument', message: /answers no columns/ })
  assert.throws(() => account(inner('<filter><condition entityname="nobody" attribute="name" operator="null"/></filter>')), { name: 'AliasNotFound' })
})

test('a link below a joined one that is a condition is part of that join', () => {
  const plan = account(
    '<link-entity name="contact" to="primarycontactid" alias="c" link-type="outer"><link-entity name="task" from="regardingobjectid" to="contactid" link-type="exists"/></link-entity>',
  )
  assert.equal(text(plan.joins[0]?.filter), 'exists(task on regardingobjectid = c:contactid)')
})

test('columns are compared with columns, and null with nothing', () => {
  const condition = (more: string) =>
    account(`<filter><condition attribute="name" ${more}/></filter><link-entity name="contact" to="primarycontactid" alias="c"/>`)
  assert.equal(text(condition('operator="eq" valueof="accountnumber"').filter), '(name eq accountnumber and name ne null and accountnumber ne null)')
  assert.equal(text(condition('operator="ne" valueof="c.fullname"').filter), '(name ne c:fullname and name ne null and c:fullname ne null)')
  assert.throws(() => condition('operator="like" valueof="accountnumber"'), { name: 'InvalidArgument' })
  assert.throws(() => condition('operator="eq" valueof="line"'), { name: 'LinkColumnsMismatch' })
})

test('what is not there is refused by name', () => {
  assert.throws(() => account('<attribute name="nothing"/>'), {
    name: 'FetchColumnNotFound',
    message: "'account' entity doesn't contain attribute with Name = 'nothing' and NameMapping = 'Logical'.",
  })
  assert.throws(() => account('<filter><condition attribute="_primarycontactid_value" operator="null"/></filter>'), { name: 'FetchColumnNotFound' })
  assert.throws(() => account('<order attribute="nothing"/>'), { name: 'FetchColumnNotFound' })
  assert.throws(() => account('<filter><condition entityname="x" attribute="name" operator="null"/></filter>'), { name: 'AliasNotFound' })
  assert.throws(() => bind('<fetch><entity name="contact"/></fetch>', 'account'), { name: 'FetchTableMismatch' })
  assert.throws(() => bind('<fetch><entity name="contact"><attribute name="secret"/></entity></fetch>', 'contact'), { name: 'FetchColumnNotFound' })
})

test('links and conditions are counted over the whole query', () => {
  const links = (count: number) => '<link-entity name="contact" to="primarycontactid"/>'.repeat(count)
  const conditions = (count: number) => `<filter>${'<condition attribute="line" operator="eq" value="1"/>'.repeat(count)}</filter>`
  assert.equal(account(links(15)).joins.length, 15)
  assert.throws(() => account(links(16)), { name: 'TooManyLinks' })
  // A lookup is ordered by a name behind it: a link too.
  const ordered = Array.from(
    { length: 15 },
    (_, at) => `<link-entity name="account" to="accountid" from="accountid" alias="a${at}"><order attribute="primarycontactid"/></link-entity>`,
  )
  assert.equal(account(ordered.join('')).order.filter(({ by }) => typeof by !== 'string' && by.steps.length > 0).length, 15)
  assert.throws(() => account(`<order attribute="primarycontactid"/>${ordered.join('')}`), { name: 'TooManyLinks' })
  account(conditions(500))
  assert.throws(
    () =>
      account(
        conditions(300) +
          `<link-entity name="contact" to="primarycontactid"><filter>${'<condition attribute="fullname" operator="null"/>'.repeat(201)}</filter></link-entity>`,
      ),
    {
      name: 'TooManyConditions',
    },
  )
})

test('the orders of links come after those of the query, and ids make the whole total', () => {
  const plan = account(
    '<link-entity name="contact" from="parentcustomerid" to="accountid" alias="c"><order attribute="fullname"/></link-entity><order attribute="name" descending="true"/><order attribute="name"/>',
  )
  assert.deepEqual(orderText(plan.order), ['name desc', 'c:fullname', 'accountid', 'c:contactid'])
  const first = account('<order entityname="c" attribute="fullname"/><order attribute="name"/><link-entity name="contact" to="primarycontactid" alias="c"/>')
  assert.deepEqual(orderText(first.order), ['c:fullname', 'name', 'accountid'])
})

test('a query orders by as many columns as a paging cookie holds', () => {
  const columns = ['name', 'line', 'revenue', 'rate', 'description']
  const link = (count: number) => (_: unknown, at: number) =>
    `<link-entity name="account" to="accountid" from="accountid" alias="a${at}">${columns
      .slice(0, count)
      .map((name) => `<order attribute="${name}"/>`)
      .join('')}</link-entity>`
  const orders = (more: string) => account([...Array.from({ length: 12 }, link(5)), more].join('')).order.length
  const own = columns.map((name) => `<order attribute="${name}"/>`)
  assert.equal(orders(own.slice(0, 4).join('')), 64 + 1)
  assert.throws(() => orders(own.join('')), { name: 'InvalidArgument', message: 'The query orders by 65 columns: the limit is 64.' })
})

test('a lookup is ordered by the name of what it points at, one to several tables by its id', () => {
  assert.deepEqual(orderText(account('<order attribute="primarycontactid"/>').order), ['primarycontactid/fullname', 'accountid'])
  assert.deepEqual(orderText(bind('<fetch><entity name="contact"><order attribute="parentcustomerid"/></entity></fetch>', 'contact').order), [
    'parentcustomerid',
    'contactid',
  ])
})

test('a choice is ordered by its labels, or by its values where those are asked for', () => {
  const ranks = (attributes: string) => account('<order attribute="size"/>', attributes).order[0]?.ranks
  assert.deepEqual(ranks(''), [1, 9])
  assert.equal(ranks('useraworderby="true"'), undefined)
})

test('rows are ordered by columns, groups by aliases', () => {
  const grouped = (order: string) => account(`<attribute name="line" groupby="true" alias="l"/>${order}`, 'aggregate="true"')
  assert.deepEqual(orderText(grouped('<order alias="l" descending="true"/>').order), ["'l' desc"])
  assert.throws(() => grouped('<order attribute="line"/>'), { name: 'OrderByColumn' })
  assert.throws(() => grouped('<order/>'), { name: 'OrderWithoutAlias' })
  assert.throws(() => grouped('<order alias="x"/>'), { name: 'AliasNotFound' })
  assert.throws(() => account('<order alias="l"/>'), { name: 'OrderByAlias' })
  assert.throws(() => account('<order/>'), { name: 'OrderWithoutColumn' })
})

test('aggregates have an alias and a column they can be told of', () => {
  const grouped = (inner: string) => account(inner, 'aggregate="true"')
  const [total, rows, different, month] = grouped(
    '<attribute name="revenue" alias="total" aggregate="sum"/><attribute name="name" alias="n" aggregate="count"/><attribute name="line" alias="d" aggregate="countcolumn" distinct="true"/>' +
      '<attribute name="createdon" alias="m" groupby="true" dategrouping="month" usertimezone="false"/>',
  ).columns
  assert.deepEqual([total?.value.kind, total?.name], ['aggregate', 'total'])
  assert.deepEqual(rows?.value, { kind: 'aggregate', function: 'count', path: undefined, distinct: false })
  assert.ok(different?.value.kind === 'aggregate' && different.value.distinct && different.value.function === 'countcolumn')
  assert.ok(month?.value.kind === 'group' && month.value.date?.part === 'month' && month.value.date.calendar.timeZone === 'UTC')
  assert.throws(() => grouped('<attribute name="revenue" aggregate="sum"/>'), { name: 'AggregateWithoutAlias' })
  assert.throws(() => grouped('<attribute name="name" alias="a" aggregate="sum"/>'), { name: 'AggregateNotForType' })
  assert.throws(() => grouped('<attribute name="revenue"/>'), { name: 'ColumnBesideAggregate' })
  assert.throws(() => grouped('<attribute name="revenue" alias="a" aggregate="sum" groupby="true"/>'), { name: 'GroupByAndAggregate' })
  assert.throws(() => grouped('<attribute name="name" alias="a" groupby="true" dategrouping="year"/>'), { name: 'DateGroupingNotForColumn' })
  assert.throws(() => grouped('<all-attributes/>'), { name: 'AggregateOutside' })
  assert.throws(() => grouped(''), { name: 'AggregateOutside' })
  assert.throws(() => account('<attribute name="revenue" alias="a" aggregate="sum"/>'), { name: 'AggregateOutside' })
})

test('the limit of an aggregate can be lowered alone', () => {
  const limit = (more: string) => account('<attribute name="name" alias="n" aggregate="count"/>', `aggregate="true" ${more}`).aggregateLimit
  assert.deepEqual([limit(''), limit('aggregatelimit="10"'), limit('aggregatelimit="90000"')], [50_000, 10, 50_000])
})

test('equal rows are told apart by nothing that was not asked for', () => {
  const plan = account('<attribute name="revenue"/>', 'distinct="true"')
  assert.deepEqual([plan.form, names(plan), plan.order], ['distinct', ['revenue'], []])
})

test('a count is limited, and asked for by the query or beside it', () => {
  assert.equal(account('').countLimit, undefined)
  assert.equal(account('', 'returntotalrecordcount="true"').countLimit, 5001)
})

test('a page is found by the cookie of the one before, any other by passing over rows', () => {
  const page = (attributes: string) => account('<order attribute="name"/>', attributes).page
  const cookie = (number: number) =>
    `paging-cookie="&lt;cookie page=&quot;${number}&quot;&gt;&lt;name last=&quot;z&quot; /&gt;&lt;accountid last=&quot;{${ID.toUpperCase()}}&quot; /&gt;&lt;/cookie&gt;"`
  assert.deepEqual(page(''), { number: 1, size: 5000, pages: true, after: undefined, skip: 0 })
  assert.deepEqual(page('count="9000"').size, 5000)
  assert.deepEqual(page('count="3" page="4"'), { number: 4, size: 3, pages: true, after: undefined, skip: 9 })
  assert.deepEqual(page(`count="3" page="4" ${cookie(3)}`), { number: 4, size: 3, pages: true, after: ['z', ID], skip: 0 })
  assert.deepEqual(page(`count="3" ${cookie(3)}`).after, ['z', ID])
  assert.deepEqual(page(`count="3" page="2" ${cookie(7)}`), { number: 2, size: 3, pages: true, after: undefined, skip: 3 })
  assert.throws(() => page('count="5000" page="11"'), { name: 'InvalidArgument' })
  assert.throws(() => page('paging-cookie="x"'), { name: 'BadPagingCookie' })
  assert.throws(() => page('page="2" paging-cookie="&lt;cookie page=&quot;1&quot;&gt;&lt;line last=&quot;1&quot; /&gt;&lt;/cookie&gt;"'), {
    name: 'PagingCookieOfAnotherOrder',
  })
})

test('top excludes paging', () => {
  assert.deepEqual(account('', 'top="3"').page, { number: 1, size: 3, pages: false, after: undefined, skip: 0 })
  for (const attributes of ['top="5001"', 'top="3" page="2"', 'top="3" returntotalrecordcount="true"'])
    assert.throws(() => account('', attributes), { name: 'InvalidArgument' }, attributes)
  assert.throws(() => account('', 'top="0"'), { name: 'NotAboveZero' })
})
