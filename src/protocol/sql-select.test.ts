import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatFetchXml } from './fetch-xml-format.ts'
import { parseSqlSelect } from './sql-select.ts'

const NOW = '2024-03-31T10:00:00Z'
const parse = (sql: string) => parseSqlSelect(sql, NOW)

/** What the query says as FetchXML; choices are always ordered by their numbers. */
const fetchXml = (sql: string) => formatFetchXml(parse(sql)).replace(' useraworderby="true"', '')
const account = (content: string, head = '') => `<fetch${head}><entity name="account">${content}</entity></fetch>`
const name = '<attribute name="name"/>'

function says(sql: string, xml: string): void {
  assert.equal(fetchXml(sql), xml, sql)
}

/** The condition of `SELECT name FROM account WHERE …`. */
const where = (condition: string) =>
  fetchXml(`SELECT name FROM account WHERE ${condition}`)
    .replace(/^.*<filter type="and">(.*)<\/filter>.*$/, '$1')
    .replaceAll('condition attribute', 'c')

test("the documentation's samples", () => {
  says(
    "SELECT name \r\nFROM account AS a \r\nWHERE a.name LIKE 'Fourth Coffee'",
    account(`${name}<filter type="and"><condition attribute="name" operator="like" value="Fourth Coffee"/></filter>`),
  )
  says(
    'SELECT a.name AS account_name, a.telephone1 AS phone FROM account AS a',
    account('<attribute name="name" alias="account_name"/><attribute name="telephone1" alias="phone"/>'),
  )
  const link = (alias: string, content: string, type = 'inner') =>
    `<link-entity name="contact" from="parentcustomerid" to="accountid" alias="${alias}" link-type="${type}">${content}</link-entity>`
  const fullname = '<attribute name="fullname" alias="fullname"/>'
  says('SELECT a.name, c.fullname FROM account AS a INNER JOIN contact AS c ON a.accountid = c.parentcustomerid', account(name + link('c', fullname)))
  says('SELECT a.name, c.fullname FROM account AS a LEFT JOIN contact AS c ON a.accountid = c.parentcustomerid', account(name + link('c', fullname, 'outer')))
  says(
    'SELECT child.name AS account, parent.name AS parent_account FROM account AS child INNER JOIN account AS parent ON child.parentaccountid = parent.accountid',
    account(
      '<attribute name="name" alias="account"/><link-entity name="account" from="accountid" to="parentaccountid" alias="parent" link-type="inner">' +
        '<attribute name="name" alias="parent_account"/></link-entity>',
    ),
  )
  says(
    'SELECT name, createdon FROM account ORDER BY name ASC, createdon DESC',
    account(`${name}<attribute name="createdon"/><order attribute="name"/><order attribute="createdon" descending="true"/>`),
  )
  says('SELECT DISTINCT a.address1_city FROM account AS a', account('<attribute name="address1_city"/>', ' distinct="true"'))
  says(
    'SELECT a.name, COUNT(*) AS contact_count FROM account AS a INNER JOIN contact AS c ON a.accountid = c.parentcustomerid GROUP BY a.name ORDER BY a.name',
    account(
      `<attribute name="name" alias="name" groupby="true"/><attribute name="*" alias="contact_count" aggregate="count"/><order alias="name"/>${link('c', '').replace('></link-entity>', '/>')}`,
      ' aggregate="true"',
    ),
  )
  says(
    'SELECT COUNT(*) AS total_accounts, SUM(revenue) AS total_revenue, AVG(revenue) AS avg_revenue, MIN(revenue) AS min_revenue, MAX(revenue) AS max_revenue FROM account',
    account(
      '<attribute name="*" alias="total_accounts" aggregate="count"/>' +
        ['sum', 'avg', 'min', 'max'].map((one) => `<attribute name="revenue" alias="${one === 'sum' ? 'total' : one}_revenue" aggregate="${one}"/>`).join(''),
      ' aggregate="true"',
    ),
  )
})

test("the Python client's examples", () => {
  says(
    'SELECT DISTINCT TOP 2 new_region FROM new_SQLDemoTeam',
    '<fetch top="2" distinct="true"><entity name="new_sqldemoteam"><attribute name="new_region"/></entity></fetch>',
  )
  says('SELECT TOP 3 a.name FROM account a;', account(name, ' top="3"'))
  says(
    'SELECT su.fullname as owner, bu.name as bu FROM account a JOIN systemuser su ON a.ownerid = su.systemuserid LEFT OUTER JOIN businessunit bu ON su.businessunitid = bu.businessunitid',
    account(
      '<no-attrs/><link-entity name="systemuser" from="systemuserid" to="ownerid" alias="su" link-type="inner"><attribute name="fullname" alias="owner"/>' +
        '<link-entity name="businessunit" from="businessunitid" to="businessunitid" alias="bu" link-type="outer"><attribute name="name" alias="bu"/></link-entity></link-entity>',
    ),
  )
  const page = parse('SELECT new_title FROM t ORDER BY new_hours OFFSET 6 ROWS FETCH NEXT 3 ROWS ONLY')
  assert.deepEqual([page.skip, page.top], [6, 3])
  assert.deepEqual([parse('SELECT a FROM t ORDER BY a OFFSET 1 ROW').skip, parse('SELECT a FROM t ORDER BY a OFFSET 1 ROW').top], [1, 5000])
})

test('names may be quoted, keywords are written in any case', () => {
  says('select [a].[name] as "The name" from [dbo].[account] [a]', account('<attribute name="name" alias="The name"/>'))
  says('SELECT NAME FROM Account', account(name))
  says("SELECT name 'Name' FROM account".replace("'Name'", "AS 'Name'"), account('<attribute name="name" alias="Name"/>'))
  says('SELECT [from]]x] FROM account', account('<attribute name="from]x"/>'))
})

test('a column of a joined table keeps its bare name where it is free', () => {
  const joined = 'FROM account a JOIN contact c ON a.primarycontactid = c.contactid JOIN account p ON a.parentaccountid = p.accountid'
  const xml = fetchXml(`SELECT a.name, c.fullname, p.name, p.telephone1 AS fullname2 ${joined}`)
  assert.match(xml, /<attribute name="fullname" alias="fullname"\/>/)
  assert.match(xml, /alias="p" link-type="inner"><attribute name="name"\/>/)
})

test('filters of a join stand with it', () => {
  assert.match(
    fetchXml("SELECT a.name FROM account a LEFT JOIN contact c ON c.parentcustomerid = a.accountid AND c.statecode = 0 AND (c.x = 1 OR c.y LIKE 'z')"),
    /link-type="outer"><filter type="and"><condition attribute="statecode" operator="eq" value="0"\/><filter type="or"><condition attribute="x" /,
  )
  for (const on of [
    'a.x = 1',
    'c.x = 1',
    'a.x = a.y',
    'c.x = c.y',
    'x = y',
    'a.x > c.y',
    'a.x = c.y OR a.z = 1',
    'a.x = c.y AND a.z = 1',
    'a.x = c.y AND z = 1',
  ]) {
    assert.throws(() => parse(`SELECT a.name FROM account a JOIN contact c ON ${on}`), { name: 'UnsupportedClause', message: /The ON of 'c'/ }, on)
  }
  assert.throws(() => parse('SELECT a.name FROM account a JOIN contact a ON a.x = a.y'), { name: 'BadRequest' })
  assert.throws(() => parse('SELECT a.name FROM account a JOIN contact c ON b.x = c.y'), { name: 'BadRequest', message: /'b.x' could not be bound/ })
})

test('conditions', () => {
  assert.equal(where("name = 'it''s'"), '<c="name" operator="eq" value="it&apos;s"/>')
  assert.equal(where("name = N'é'"), '<c="name" operator="eq" value="é"/>')
  assert.equal(where('x >= -1.5e3'), '<c="x" operator="ge" value="-1.5e3"/>')
  assert.equal(where('5 < x'), '<c="x" operator="gt" value="5"/>')
  assert.equal(where('x IN (1, +2)'), '<c="x" operator="in"><value>1</value><value>2</value></condition>')
  assert.equal(where("x BETWEEN 'A' AND 'B'"), '<c="x" operator="between"><value>A</value><value>B</value></condition>')
  assert.equal(where('x IS NULL'), '<c="x" operator="null"/>')
  assert.equal(where('x IS NOT NULL'), '<c="x" operator="not-null"/>')
  assert.equal(where('firstname = lastname'), '<c="firstname" operator="eq" valueof="lastname"/>')
  assert.equal(where('x = (5)'), '<c="x" operator="eq" value="5"/>')
})

test('what holds of null in FetchXML, but not in SQL, does not hold', () => {
  assert.equal(where('x <> 1'), '<c="x" operator="ne" value="1"/><c="x" operator="not-null"/>')
  assert.equal(where("x NOT LIKE 'a%'"), '<c="x" operator="not-like" value="a%"/><c="x" operator="not-null"/>')
  assert.equal(where('NOT x > 1'), '<c="x" operator="le" value="1"/>')
  assert.equal(where('NOT NOT x = 1'), '<c="x" operator="eq" value="1"/>')
  assert.equal(where('NOT (x = 1 OR y IS NULL)'), '<c="x" operator="ne" value="1"/><c="x" operator="not-null"/><c="y" operator="not-null"/>')
})

test('conditions on joined tables name them', () => {
  const xml = fetchXml('SELECT a.name FROM account a JOIN contact c ON a.x = c.y WHERE c.z = 1 AND c.a > a.b AND c.d = c.e')
  assert.match(xml, /<condition entityname="c" attribute="z" operator="eq" value="1"\/>/)
  assert.match(xml, /<condition attribute="b" operator="lt" valueof="c.a"\/>/)
  assert.match(xml, /<condition entityname="c" attribute="d" operator="eq" valueof="c.e"\/>/)
})

test('moments are reckoned from now', () => {
  const moments = {
    'GETUTCDATE()': NOW,
    'getdate ( )': NOW,
    'DATEADD(day, -7, GETUTCDATE())': '2024-03-24T10:00:00Z',
    'DATEADD(month, -1, GETUTCDATE())': '2024-02-29T10:00:00Z',
    'DATEADD(yy, 1, GETUTCDATE())': '2025-03-31T10:00:00Z',
    'DATEADD(q, 1, GETUTCDATE())': '2024-06-30T10:00:00Z',
    'DATEADD(wk, 2, GETUTCDATE())': '2024-04-14T10:00:00Z',
    'DATEADD(hour, -11, GETUTCDATE())': '2024-03-30T23:00:00Z',
    'DATEADD(mi, 90, GETUTCDATE())': '2024-03-31T11:30:00Z',
    'DATEADD(ss, -1, GETUTCDATE())': '2024-03-31T09:59:59Z',
    "DATEADD(day, 1, '2024-02-28')": '2024-02-29T00:00:00Z',
    'DATEADD(day, 1, DATEADD(hour, 1, GETUTCDATE()))': '2024-04-01T11:00:00Z',
    'DATEADD(year, 2147483647, GETUTCDATE())': '9999-12-31T10:00:00Z',
    'DATEADD(hour, -2147483647, GETUTCDATE())': '1753-01-01T00:00:00Z',
  }
  for (const [moment, text] of Object.entries(moments)) assert.equal(where(`x >= ${moment}`), `<c="x" operator="ge" value="${text}"/>`, moment)
  for (const bad of [
    "DATEADD(day, 1, 'x')",
    'DATEADD(day, 1.5, GETDATE())',
    'DATEADD(eon, 1, GETDATE())',
    'DATEADD(day, 99999999999, GETDATE())',
    'GETDATE(1)',
    'DATEADD(day, x, GETDATE())',
  ]) {
    assert.throws(() => parse(`SELECT name FROM account WHERE x > ${bad}`), { status: 400 }, bad)
  }
})

test('counts, and the names of aggregates without an alias', () => {
  says(
    'SELECT COUNT(*), COUNT(1), COUNT(x), COUNT(DISTINCT x), MIN(y) FROM account',
    account(
      '<attribute name="*" alias="count" aggregate="count"/><attribute name="*" alias="count_2" aggregate="count"/><attribute name="x" alias="countcolumn_x" aggregate="countcolumn"/>' +
        '<attribute name="x" alias="countcolumn_x_2" aggregate="countcolumn" distinct="true"/><attribute name="y" alias="min_y" aggregate="min"/>',
      ' aggregate="true"',
    ),
  )
  says(
    'SELECT COUNT(*) AS n FROM account GROUP BY city ORDER BY n DESC, city',
    account(
      '<attribute name="*" alias="n" aggregate="count"/><attribute name="city" alias="city" groupby="true"/><order alias="n" descending="true"/><order alias="city"/>',
      ' aggregate="true"',
    ),
  )
  assert.throws(() => parse('SELECT name, COUNT(*) FROM account'), { name: 'ColumnBesideAggregate' })
  assert.throws(() => parse('SELECT COUNT(*) AS n FROM account ORDER BY name'), { name: 'BadRequest' })
})

test('ORDER BY takes the alias of a column', () => {
  const xml = fetchXml('SELECT a.name, c.fullname AS contact FROM account a JOIN contact c ON a.x = c.y ORDER BY contact DESC, c.z')
  assert.match(xml, /<order attribute="fullname" entityname="c" descending="true"\/><order attribute="z" entityname="c"\/>/)
})
