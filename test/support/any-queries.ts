/** Queries by names about `new_part`, as FetchXML and as SQL: mostly ones that can be answered. */
import fc from 'fast-check'
import { mostly, pick, some } from './any-words.ts'

const COLUMNS = 'new_number  new_stock  new_price  new_sold  new_day  new_grade  createdon  statecode  new_makerid  ownerid  versionnumber'
const anyColumn = mostly(pick(COLUMNS), pick("nothing  new_MakerId  _ownerid_value  *  'a'  5  ∅"), 25)
const anyValue = pick(
  '1  0  5.5  -3  P-1  P%  %1  2026-01-01  2026-01-01T10:00:00Z  x  ∅  true  {00000000-0000-0000-0000-00000000dead}  é\'"<&  99999999999999999999',
)

const OPERATORS = `eq  ne  neq  gt  ge  lt  le  like  not-like  in  not-in  between  not-between  null  not-null  begins-with  not-begin-with  ends-with  not-end-with
  contain-values  not-contain-values  above  eq-or-above  under  eq-or-under  not-under  eq-userid  ne-userid  eq-userteams  eq-useroruserteams  eq-useroruserhierarchy
  eq-businessid  ne-businessid  eq-userlanguage  on  not-on  on-or-before  on-or-after  yesterday  today  tomorrow  last-seven-days  next-week  this-month  last-year  last-x-hours
  next-x-days  last-x-weeks  next-x-months  last-x-years  olderthan-x-minutes  olderthan-x-days  this-fiscal-year  last-fiscal-period  next-x-fiscal-years  in-fiscal-year  in-fiscal-period
  in-fiscal-period-and-year  in-or-before-fiscal-period-and-year`

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const anyCondition = fc
  .tuple(
    anyColumn,
    mostly(pick(OPERATORS), pick('equals  ∅  constructor'), 40),
    fc.option(anyValue),
    some(anyValue, 2),
    mostly(pick('∅'), pick('m  new_part'), 8),
    fc.boolean(),
  )
  .map(([column, operator, value, values, alias, compares]) => {
    const from = alias === '' ? '' : ` entityname="${alias}"`
    const compared = compares && value === null ? ' valueof="new_number"' : ''
    const single = value === null ? '' : ` value="${escaped(value)}"`
    return `<condition${from} attribute="${escaped(column)}" operator="${operator}"${single}${compared}>${values.map((one) => `<value>${escaped(one)}</value>`).join('')}</condition>`
  })

const anyFilter = fc
  .tuple(
    pick('and  or  or'),
    some(anyCondition, 3),
    pick('∅  ∅  <filter type="or"/>  <link-entity name="account" from="accountid" to="new_makerid" link-type="not all"/>'),
  )
  .map(([type, conditions, inner]) => `<filter type="${type}">${conditions.join('')}${inner}</filter>`)

const anyLink = fc
  .tuple(
    pick('inner  outer  exists  in  matchfirstrowusingcrossapply  any'),
    pick('∅  ∅  ∅  <attribute name="name"/>  <all-attributes/>  <order attribute="name"/>'),
    fc.option(anyFilter),
  )
  .map(
    ([type, inner, filter]) =>
      `<link-entity name="account" from="accountid" to="new_makerid" alias="m" link-type="${type}">${inner}${filter ?? ''}</link-entity>`,
  )

const anyAggregate = fc
  .tuple(anyColumn, mostly(pick('sum  avg  min  max  count  countcolumn'), pick('median'), 20), pick('a  b  a'), pick('∅  ∅  distinct="true"'))
  .map(([column, name, alias, distinct]) => `<attribute name="${escaped(column)}" alias="${alias}" aggregate="${name}" ${distinct}/>`)
const anyGroup = fc
  .tuple(anyColumn, pick('∅  ∅   dategrouping="month"   dategrouping="fiscal-period"   dategrouping="week"'))
  .map(([column, part]) => `<attribute name="${escaped(column)}" alias="g" groupby="true" ${part}/>`)

const anyColumns = some(anyColumn, 3).map((names) => names.map((name) => `<attribute name="${escaped(name)}"/>`).join(''))
const anyOrder = fc.tuple(anyColumn, fc.boolean()).map(([column, descending]) => `<order attribute="${escaped(column)}" descending="${descending}"/>`)

const anyRows = fc
  .tuple(
    pick('∅  ∅  distinct="1"  top="2"  count="2"  count="1" page="2"  page="0"  returntotalrecordcount="true"  aggregatelimit="1"'),
    anyColumns,
    fc.option(anyOrder),
    some(anyFilter, 2),
    some(anyLink, 1),
  )
  .map(
    ([head, columns, order, filters, links]) =>
      `<fetch ${head}><entity name="new_part">${columns}${order ?? ''}${filters.join('')}${links.join('')}</entity></fetch>`,
  )
const anyGroups = fc
  .tuple(some(anyAggregate, 2), fc.option(anyGroup), some(anyFilter, 1), pick('∅  ∅  <order alias="g"/>  <order alias="a" descending="1"/>'))
  .map(
    ([all, group, filters, order]) =>
      `<fetch aggregate="true"><entity name="new_part">${all.join('')}${group ?? ''}${order}${filters.join('')}</entity></fetch>`,
  )

/** Percent-encoded. */
export const anyFetchXml = mostly(mostly(anyRows, anyGroups, 2), pick('<fetch/>  ∅  <fetch><entity name="account"/></fetch>  x'), 20).map(encodeURIComponent)

const literal = anyValue.map((text) => (/^-?\d+(\.\d+)?$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`))
const anySqlColumn = mostly(pick(COLUMNS), pick('nothing  new_MakerId  UPPER(new_number)  m.name  5  ∅'), 25)
const anyTest = fc
  .tuple(anySqlColumn, pick('=  <>  <  >=  LIKE  NOT LIKE  IN  NOT IN  BETWEEN  IS NULL  IS NOT NULL  ~'), literal, literal)
  .map(([column, operator, one, other]) => {
    if (operator.startsWith('IS')) return `${column} ${operator}`
    if (operator.endsWith('IN')) return `${column} ${operator} (${one}, ${other})`
    return operator === 'BETWEEN' ? `${column} BETWEEN ${one} AND ${other}` : `${column} ${operator} ${one}`
  })
const anyWhere = fc.tuple(anyTest, pick('AND  OR  AND NOT'), anyTest).map(([one, word, other]) => `WHERE (${one} ${word} ${other}) OR ${one}`)
const anyItems = mostly(
  some(anySqlColumn, 3).map((names) => ['p.new_number', ...names].join(', ')),
  pick('COUNT(*)  COUNT(*) AS n, SUM(new_stock) AS s  COUNT(DISTINCT new_grade)  MIN(new_day)  *  new_number AS "a b"'),
  3,
)

/** Percent-encoded. */
export const anySql = fc
  .tuple(
    pick('∅  ∅  DISTINCT  TOP 2  ALL'),
    anyItems,
    pick('∅  LEFT JOIN account m ON p.new_makerid = m.accountid  JOIN account m ON m.accountid = p.new_makerid'),
    fc.option(anyWhere),
    anySqlColumn,
  )
  .map(([head, items, join, where, order]) => encodeURIComponent(`SELECT ${head} ${items} FROM new_part p ${join} ${where ?? ''} ORDER BY ${order}`))
