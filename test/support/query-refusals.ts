/** For each refusal of a query a request that provokes it, on the standard tables. */
import type { QUERY_REFUSALS } from '../../src/protocol/query-refusals.ts'
import type { Answer, Api } from './api.ts'

type Provocations = { readonly [name in keyof typeof QUERY_REFUSALS]: () => Promise<Answer> }

const contact = (more: string) => `<link-entity name="contact" from="contactid" to="primarycontactid" ${more}/>`
const condition = (attribute: string, operator: string, value: string) =>
  `<filter><condition attribute="${attribute}" operator="${operator}" value="${value}"/></filter>`
const COOKIE = '&lt;cookie page=&quot;1&quot;&gt;&lt;name last=&quot;a&quot; /&gt;&lt;/cookie&gt;'

/** `api`: that of a server which runs by the time a request is sent. */
export function queryRefusals(api: () => Api): Provocations {
  const send = (xml: string) => api().get(`accounts?fetchXml=${encodeURIComponent(xml)}`)
  const account = (inner: string, attributes = '') => send(`<fetch ${attributes}><entity name="account">${inner}</entity></fetch>`)
  const grouped = (inner: string) => account(inner, 'aggregate="true"')
  return {
    FetchTableMismatch: () => send('<fetch><entity name="contact"/></fetch>'),
    FetchTableNotFound: () => account('<link-entity name="nosuch" from="a" to="b"/>'),
    FetchColumnNotFound: () => account('<attribute name="nosuch"/>'),
    FetchInvalidNode: () => account('<nosuch/>'),
    FetchElementMissing: () => send('<fetch/>'),
    FetchAttributeMissing: () => account('<attribute/>'),
    FetchInvalidValue: () => account('', 'top="many"'),
    FetchLinkType: () => account(contact('link-type="nosuch"')),
    FetchFilterType: () => account('<filter type="xor"/>'),
    FetchDateGrouping: () => grouped('<attribute name="createdon" groupby="true" alias="a" dategrouping="hour"/>'),
    TooManyLinks: () => account(contact('').repeat(16)),
    // In SQL, as FetchXML of so many is longer than a URL may be.
    TooManyConditions: () => api().get(`accounts?sql=${encodeURIComponent(`SELECT name FROM account WHERE name='x'${" OR name='x'".repeat(500)}`)}`),
    LinkColumnsMissing: () => account('<link-entity name="contact"/>'),
    LinkColumnsMismatch: () => account('<link-entity name="contact" from="fullname" to="createdon"/>'),
    LinkTypeMisplaced: () => account(`<filter>${contact('link-type="outer"')}</filter>`),
    AliasNotFound: () => account('<filter><condition entityname="x" attribute="name" operator="null"/></filter>'),
    DuplicateAlias: () => account(contact('alias="a"').repeat(2)),
    AggregateWithoutAlias: () => grouped('<attribute name="revenue" aggregate="sum"/>'),
    ColumnBesideAggregate: () => grouped('<attribute name="name"/>'),
    GroupByAndAggregate: () => grouped('<attribute name="revenue" alias="a" aggregate="sum" groupby="true"/>'),
    AggregateOutside: () => account('<attribute name="revenue" alias="a" aggregate="sum"/>'),
    AggregateNotForType: () => grouped('<attribute name="name" alias="a" aggregate="sum"/>'),
    DateGroupingNotForColumn: () => grouped('<attribute name="name" alias="a" groupby="true" dategrouping="year"/>'),
    OrderByAlias: () => account('<order alias="a"/>'),
    OrderByColumn: () => grouped('<attribute name="name" alias="a" groupby="true"/><order attribute="name"/>'),
    OrderWithoutColumn: () => account('<order/>'),
    OrderWithoutAlias: () => grouped('<attribute name="name" alias="a" groupby="true"/><order/>'),
    NotAboveZero: () => account('', 'top="0"'),
    BadPagingCookie: () => account('', 'page="2" paging-cookie="x"'),
    PagingCookieOfAnotherOrder: () => account('', `page="2" paging-cookie="${COOKIE}"`),
    TooManyRowsToAggregate: async () => {
      for (const name of ['One', 'Two']) await api().post('accounts', { name })
      return account('<attribute name="name" alias="a" aggregate="count"/>', 'aggregate="true" aggregatelimit="1"')
    },
    UnknownOperator: () => account(condition('name', 'nosuch', 'x')),
    OperatorNotForColumn: () => account(condition('name', 'last-x-days', '3')),
  }
}
