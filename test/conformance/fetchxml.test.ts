/** FetchXML over HTTP (webapi.md 7): the queries of Microsoft's pages on it, asked of the rows that those pages show. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { whoAmI } from '../support/make-people.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

type Row = Readonly<Record<string, unknown>>

let server: TestServer
let api: Api

const ALL = { Prefer: 'odata.include-annotations="*"' }
const NAME = '@OData.Community.Display.V1.AttributeName'
const SHOWN = '@OData.Community.Display.V1.FormattedValue'

const ACCOUNTS = [
  ['Example Account', null, null],
  ['Contoso Pharmaceuticals (sample)', 1500, 'Redmond'],
  ['Fabrikam, Inc. (sample)', 2700, 'Lynnwood'],
  ['Blue Yonder Airlines (sample)', 2900, 'Los Angeles'],
  ['City Power & Light (sample)', 2900, 'Redmond'],
  ['Coho Winery (sample)', 3900, 'Phoenix'],
  ['Adventure Works (sample)', 4300, 'Santa Cruz'],
  ['Alpine Ski House (sample)', 4800, 'Missoula'],
  ['Litware, Inc. (sample)', 6000, 'Dallas'],
  ['A. Datum Corporation (sample)', 6200, 'Redmond'],
] as const
/** Of the first nine with employees, in this order, the primary contacts. */
const CONTACTS = [
  'Robert Lyon',
  'Maria Campbell',
  'Sidney Higa',
  'Scott Konersmann',
  'Jim Glynn',
  'Nancy Anderson',
  'Paul Cannon',
  'Susanna Stubberod',
  'Rene Valdes',
]

const accounts = new Map<string, string>()
const contacts = new Map<string, string>()

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  for (const fullname of CONTACTS) {
    const [firstname, lastname] = fullname.split(' ')
    contacts.set(fullname, createdId(await api.post('contacts', { firstname, lastname, jobtitle: 'Owner', annualincome: 45000 })))
  }
  for (const [index, [name, numberofemployees, address1_city]] of ACCOUNTS.entries()) {
    const contact = contacts.get(CONTACTS[index - 1] ?? '')
    const lookup = contact && { 'primarycontactid@odata.bind': `/contacts(${contact})` }
    accounts.set(name, createdId(await api.post('accounts', { name, numberofemployees, address1_city, ...lookup })))
  }
})
after(() => server[Symbol.asyncDispose]())

const id = (name: string) => accounts.get(name) ?? ''
const fetchXml = (set: string, xml: string, headers: Readonly<Record<string, string>> = {}, more = ''): Promise<Answer> =>
  api.get(`${set}?fetchXml=${encodeURIComponent(xml)}${more}`, headers)
const ask = async (set: string, xml: string, headers = {}): Promise<Row[]> => expectStatus(await fetchXml(set, xml, headers), 200).body.value
const account = (inner: string, attributes = '', headers = {}) =>
  ask('accounts', `<fetch ${attributes}><entity name='account'>${inner}</entity></fetch>`, headers)
const contact = (inner: string, attributes = '', headers = {}) =>
  ask('contacts', `<fetch ${attributes}><entity name='contact'>${inner}</entity></fetch>`, headers)
const column = (rows: readonly Row[], name: string) => rows.map((row) => row[name])

describe('columns', () => {
  const LITWARE = "<filter><condition attribute='name' operator='begins-with' value='Litware'/></filter>"

  test('rows hold what was asked for, their key and an etag, and nothing that is null', async () => {
    const [row] = await account(`<attribute name='name'/><attribute name='primarycontactid'/><attribute name='description'/>${LITWARE}`)
    assert.deepEqual(
      { ...row, '@odata.etag': '' },
      {
        '@odata.etag': '',
        name: 'Litware, Inc. (sample)',
        _primarycontactid_value: contacts.get('Susanna Stubberod'),
        accountid: id('Litware, Inc. (sample)'),
      },
    )
    assert.match(String(row?.['@odata.etag']), /^W\/"\d+"$/)
  })

  test('an alias takes the name, and says of which column where annotations are asked for', async () => {
    const [row] = await account(`<attribute name='createdby' alias='whocreated'/><attribute name='name' alias='companyname'/>${LITWARE}`, '', ALL)
    const { UserId: userId } = await whoAmI(api)
    assert.equal(row?.whocreated, userId)
    assert.equal(row?.[`whocreated${NAME}`], 'createdby')
    assert.equal(row?.['whocreated@Microsoft.Dynamics.CRM.lookuplogicalname'], 'systemuser')
    assert.equal(row?.[`companyname${NAME}`], 'name')
    assert.equal(row?.name, undefined)
  })

  test('the context lists columns, lookups twice, and the currency of an amount', async () => {
    const { body } = expectStatus(
      await fetchXml('contacts', "<fetch top='1'><entity name='contact'><attribute name='fullname'/><attribute name='annualincome'/></entity></fetch>"),
      200,
    )
    const columns = 'fullname,annualincome,_transactioncurrencyid_value,transactioncurrencyid,contactid,transactioncurrencyid()'
    assert.equal(body['@odata.context'], `${server.api}/$metadata#contacts(${columns})`)
    assert.deepEqual(Object.keys(body.value[0]), ['@odata.etag', 'fullname', 'annualincome', '_transactioncurrencyid_value', 'contactid'])
  })

  test('all columns are answered where none is named, and formatted where that is asked for', async () => {
    const [row] = await account(LITWARE, '', ALL)
    assert.equal(row?.[`numberofemployees${SHOWN}`], '6,000')
    assert.equal(row?.[`_primarycontactid_value${SHOWN}`], 'Susanna Stubberod')
  })
})

describe('links', () => {
  test('many-to-one: each account with its contact', async () => {
    const rows = await account(
      "<attribute name='name'/><link-entity name='contact' from='contactid' to='primarycontactid' link-type='inner' alias='contact'><attribute name='fullname'/></link-entity>",
    )
    assert.equal(rows.length, 9)
    assert.deepEqual(new Map(rows.map((row) => [row.name, row['contact.fullname']])).get('Coho Winery (sample)'), 'Jim Glynn')
  })

  test('one-to-many, without an alias', async () => {
    const rows = await contact(
      "<attribute name='fullname'/><link-entity name='account' from='primarycontactid' to='contactid'><attribute name='name'/></link-entity>",
    )
    assert.equal(rows.find((row) => row.fullname === 'Paul Cannon')?.['account1.name'], 'Alpine Ski House (sample)')
  })

  test('many-to-many: users and their teams, through the intersect table', async () => {
    const { UserId: userId } = await whoAmI(api)
    const [team] = expectStatus(await api.get('teams?$select=name'), 200).body.value
    await api.post(`teams(${team.teamid})/teammembership_association/$ref`, { '@odata.id': `${api.root}/systemusers(${userId})` })
    const rows = await ask(
      'systemusers',
      "<fetch><entity name='systemuser'><attribute name='fullname'/><link-entity name='teammembership' from='systemuserid' to='systemuserid' intersect='true'>" +
        "<link-entity name='team' from='teamid' to='teamid' link-type='inner' alias='team'><attribute name='name'/></link-entity></link-entity></entity></fetch>",
    )
    assert.deepEqual(
      rows.map((row) => [row.systemuserid, row['team.name']]),
      [[userId, team.name]],
    )
  })

  test('no relationship: columns that happen to be equal', async () => {
    const namesake = createdId(await api.post('contacts', { lastname: 'Litware, Inc. (sample)' }))
    const rows = await account(
      "<attribute name='name'/><link-entity name='contact' from='fullname' to='name' link-type='inner' alias='contact'><attribute name='fullname'/></link-entity>",
    )
    assert.deepEqual(column(rows, 'contact.fullname'), ['Litware, Inc. (sample)'])
    expectStatus(await api.delete(`contacts(${namesake})`), 204)
  })

  test('records that are not in a set: a left outer join, and a condition after it', async () => {
    const rows = await account(
      "<attribute name='name'/><order attribute='name'/><link-entity name='contact' from='contactid' to='primarycontactid' link-type='outer' alias='contact'/>" +
        "<filter type='and'><condition entityname='contact' attribute='contactid' operator='null'/></filter>",
    )
    assert.deepEqual(column(rows, 'name'), ['Example Account'])
  })

  test('a filter inside an outer link takes away the linked row alone', async () => {
    const rows = await account(
      "<attribute name='name'/><link-entity name='contact' from='contactid' to='primarycontactid' link-type='outer' alias='c'><attribute name='fullname'/>" +
        "<filter><condition attribute='lastname' operator='eq' value='glynn'/></filter></link-entity>",
    )
    assert.equal(rows.length, 10)
    assert.deepEqual(column(rows, 'c.fullname').filter(Boolean), ['Jim Glynn'])
  })

  test('exists, in and the first row only', async () => {
    const linked = (type: string, inner = '') =>
      contact(`<attribute name='fullname'/><link-entity name='account' from='primarycontactid' to='contactid' link-type='${type}'>${inner}</link-entity>`)
    const filter = "<filter type='and'><condition attribute='numberofemployees' operator='gt' value='4500'/></filter>"
    for (const type of ['exists', 'in']) {
      assert.deepEqual(column(await linked(type, filter), 'fullname').sort(), ['Paul Cannon', 'Rene Valdes', 'Susanna Stubberod'], type)
    }
    const second = createdId(await api.post('accounts', { name: 'Second of Jim', 'primarycontactid@odata.bind': `/contacts(${contacts.get('Jim Glynn')})` }))
    const rows = await linked('matchfirstrowusingcrossapply', "<attribute name='accountid'/><attribute name='name'/>")
    assert.equal(rows.length, 9)
    assert.equal(rows.find((row) => row.fullname === 'Jim Glynn')?.Name, 'Coho Winery (sample)')
    expectStatus(await api.delete(`accounts(${second})`), 204)
  })

  test('any, not any, all and not all mean what Dataverse has them mean', async () => {
    const jim = contacts.get('Jim Glynn') ?? ''
    const second = createdId(await api.post('accounts', { name: 'Contoso', 'primarycontactid@odata.bind': `/contacts(${jim})` }))
    const nobody = createdId(await api.post('contacts', { lastname: 'Nobody' }))
    const linked = async (type: string) => {
      const link = `<link-entity name='account' from='primarycontactid' to='contactid' link-type='${type}'><filter><condition attribute='name' operator='eq' value='Contoso'/></filter></link-entity>`
      return column(await contact(`<attribute name='fullname'/><filter type='and'>${link}</filter>`), 'fullname')
    }
    const others = CONTACTS.filter((name) => name !== 'Jim Glynn').sort()
    assert.deepEqual(await linked('any'), ['Jim Glynn'])
    assert.deepEqual(await linked('not all'), ['Jim Glynn'])
    // Who is of no account is of none called Contoso.
    assert.deepEqual((await linked('not any')).sort(), [...others, 'Nobody'].sort())
    assert.deepEqual((await linked('all')).sort(), others)
    for (const path of [`accounts(${second})`, `contacts(${nobody})`]) expectStatus(await api.delete(path), 204)
  })

  test('columns of a row are compared with each other and with those of a link', async () => {
    const same = createdId(await api.post('contacts', { firstname: 'Smith', lastname: 'smith' }))
    assert.deepEqual(
      column(await contact("<attribute name='firstname'/><filter><condition attribute='firstname' operator='eq' valueof='lastname'/></filter>"), 'contactid'),
      [same],
    )
    const across = await account(
      "<attribute name='name'/><filter><condition attribute='createdon' operator='ge' valueof='c.createdon'/></filter><link-entity name='contact' from='contactid' to='primarycontactid' link-type='outer' alias='c'/>",
    )
    assert.equal(across.length, 9)
    expectStatus(await api.delete(`contacts(${same})`), 204)
  })

  test('a filtered collection takes a query too', async () => {
    const jim = contacts.get('Jim Glynn')
    const rows = await ask(`contacts(${jim})/account_primary_contact`, "<fetch><entity name='account'><attribute name='name'/></entity></fetch>")
    assert.deepEqual(column(rows, 'name'), ['Coho Winery (sample)'])
    expectStatus(await fetchXml('contacts(6f0c2b1e-0000-4000-8000-0000000000aa)/account_primary_contact', "<fetch><entity name='account'/></fetch>"), 404)
  })
})

describe('aggregates', () => {
  const grouped = (inner: string, headers = {}) => account(inner, "aggregate='true'", headers)

  test('one row of aggregates over all', async () => {
    const of = (alias: string, aggregate: string, more = '') => `<attribute name='numberofemployees' alias='${alias}' aggregate='${aggregate}' ${more}/>`
    const rows = await grouped(
      of('Average', 'avg') +
        of('Count', 'count') +
        of('ColumnCount', 'countcolumn') +
        of('Different', 'countcolumn', "distinct='true'") +
        of('Maximum', 'max') +
        of('Minimum', 'min') +
        of('Sum', 'sum'),
    )
    assert.deepEqual(rows, [{ Average: 3911, Count: 10, ColumnCount: 9, Different: 8, Maximum: 6200, Minimum: 1500, Sum: 35200 }])
  })

  test('groups in the order of their alias, the one without a value first', async () => {
    const rows = await grouped(
      "<attribute name='numberofemployees' alias='Total' aggregate='sum'/><attribute name='address1_city' alias='Count' aggregate='count'/>" +
        "<attribute name='address1_city' alias='City' groupby='true'/><order alias='City'/>",
    )
    assert.deepEqual(
      rows.map((row) => [row.Total, row.Count, row.City]),
      [
        [0, 1, undefined],
        [6000, 1, 'Dallas'],
        [2900, 1, 'Los Angeles'],
        [2700, 1, 'Lynnwood'],
        [4800, 1, 'Missoula'],
        [3900, 1, 'Phoenix'],
        [10600, 3, 'Redmond'],
        [4300, 1, 'Santa Cruz'],
      ],
    )
  })

  test('groups by parts of a date', async () => {
    const now = new Date()
    const parts = ['day', 'week', 'month', 'quarter', 'year', 'fiscal-period', 'fiscal-year']
    const rows = await grouped(
      `<attribute name='numberofemployees' alias='Total' aggregate='sum'/>${parts.map((part) => `<attribute name='createdon' alias='${part.replace('-', '')}' groupby='true' dategrouping='${part}'/>`).join('')}`,
    )
    const [row] = rows
    assert.ok(rows.length <= 2, 'a test that runs over midnight sees two days')
    assert.equal(row?.month, now.getUTCMonth() + 1)
    assert.equal(row?.quarter, Math.floor(now.getUTCMonth() / 3) + 1)
    assert.equal(row?.year, now.getUTCFullYear())
    assert.equal(row?.fiscalperiod, `Quarter ${row?.quarter} FY${row?.year}`)
    assert.equal(row?.fiscalyear, `FY${row?.year}`)
  })

  test('groups of a link, counted', async () => {
    const rows = await grouped(
      "<attribute name='accountid' alias='n' aggregate='count'/><link-entity name='contact' from='contactid' to='primarycontactid' alias='c'><attribute name='jobtitle' alias='title' groupby='true'/></link-entity>",
    )
    assert.deepEqual(rows, [{ n: 9, title: 'Owner' }])
  })

  test('how many rows stand under each', async () => {
    const parent = id('Litware, Inc. (sample)')
    expectStatus(await api.patch(`accounts(${id('Coho Winery (sample)')})`, { 'parentaccountid@odata.bind': `/accounts(${parent})` }), 204)
    const rows = await account(
      "<attribute name='name'/><attribute name='accountid' alias='CountChildren' rowaggregate='CountChildren'/><order attribute='accountid' descending='true'/>",
      "top='50'",
    )
    assert.deepEqual(
      rows.filter((row) => row.CountChildren !== 0).map((row) => [row.name, row.CountChildren]),
      [['Litware, Inc. (sample)', 1]],
    )
  })

  test('a query may lower the limit of rows it goes over', async () => {
    const count = (limit: number) =>
      fetchXml(
        'accounts',
        `<fetch distinct='false' mapping='logical' aggregate='true' aggregatelimit='${limit}'><entity name='account'><attribute name='name' alias='account_count' aggregate='count'/></entity></fetch>`,
      )
    expectRefusal(await count(9), 400, '0x8004e023', 'AggregateQueryRecordLimit exceeded. Cannot perform this operation.')
    assert.deepEqual(expectStatus(await count(10), 200).body.value, [{ account_count: 10 }])
  })
})

describe('order and distinct rows', () => {
  test('the order of a link comes after that of the query, unless the query names it', async () => {
    const link = (order = '') =>
      `<link-entity name='contact' from='contactid' to='primarycontactid' alias='c'><attribute name='lastname'/>${order}</link-entity>`
    const byOwn = await account(`<attribute name='address1_city'/><order attribute='address1_city' descending='true'/>${link("<order attribute='lastname'/>")}`)
    assert.deepEqual(column(byOwn, 'c.lastname').slice(0, 4), ['Anderson', 'Konersmann', 'Lyon', 'Valdes'])
    const byLink = await account(`<attribute name='name'/><order entityname='c' attribute='lastname'/><order attribute='name'/>${link()}`)
    assert.deepEqual(column(byLink, 'c.lastname'), column(byLink, 'c.lastname').sort())
  })

  test('a lookup is ordered by the name of the row it points at', async () => {
    const rows = await account("<attribute name='primarycontactid'/><order attribute='primarycontactid' descending='true'/>", "top='2'", ALL)
    assert.deepEqual(column(rows, `_primarycontactid_value${SHOWN}`), ['Susanna Stubberod', 'Sidney Higa'])
  })

  test('equal rows come once', async () => {
    const rows = await account("<attribute name='address1_city'/><order attribute='address1_city'/>", "distinct='true'")
    assert.deepEqual(rows.slice(-2), [{ address1_city: 'Redmond' }, { address1_city: 'Santa Cruz' }])
    assert.equal(rows.length, 8)
  })
})

describe('counts and options beside the query', () => {
  const NAMES = "<fetch count='2'><entity name='account'><attribute name='name'/></entity></fetch>"

  test('the query or the URL asks for the count of all rows', async () => {
    assert.equal(expectStatus(await fetchXml('accounts', NAMES, {}, '&$count=true'), 200).body['@odata.count'], 10)
    const { body } = expectStatus(await fetchXml('accounts', NAMES.replace('<fetch', "<fetch returntotalrecordcount='true'"), ALL), 200)
    assert.equal(body['@odata.count'], 10)
    assert.equal(body['@Microsoft.Dynamics.CRM.totalrecordcount'], 10)
    assert.equal(body['@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded'], false)
    assert.equal(expectStatus(await fetchXml('accounts', NAMES, ALL), 200).body['@Microsoft.Dynamics.CRM.totalrecordcount'], -1)
  })

  test('what else would choose rows or columns is refused by name', async () => {
    for (const option of [
      '$select=name',
      '$filter=line eq 1',
      '$orderby=name',
      '$top=1',
      '$expand=primarycontactid',
      '$skiptoken=x',
      'sql=SELECT name FROM account',
      '$apply=aggregate($count as n)',
    ]) {
      const answer = await fetchXml('accounts', NAMES, {}, `&${option}`)
      assert.ok(answer.status === 400, `${option}: ${answer.text}`)
    }
    expectRefusal(await fetchXml('accounts', NAMES, {}, '&$select=name'), 400, '0x8006088a', /'\$select'/)
    expectRefusal(await fetchXml('contacts', NAMES), 400, '0x80041128')
    expectRefusal(await fetchXml('accounts', NAMES, { Prefer: 'odata.track-changes' }), 400, '0x80060888')
  })

  test('a query longer than a URL may be is sent in a batch, one encoded twice is understood', async () => {
    const twice = encodeURIComponent(encodeURIComponent(NAMES))
    assert.equal(expectStatus(await api.get(`accounts?fetchXml=${twice}`), 200).body.value.length, 2)
    const values = Array.from({ length: 450 }, (_, index) => `<value>Account number ${index} of those that are not there</value>`).join('')
    const long = `<fetch><entity name='account'><attribute name='name'/><filter type='or'><condition attribute='name' operator='in'>${values}</condition><condition attribute='name' operator='like' value='%Winery%'/></filter></entity></fetch>`
    const url = `${api.root}/accounts?fetchXml=${encodeURIComponent(long)}`
    assert.ok(url.length > 32_768 && url.length < 65_536, `${url.length}`)
    const raw = `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET ${url} HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n--b--\r\n`
    const answer = await api.send('POST', '$batch', { raw, headers: { 'Content-Type': 'multipart/mixed; boundary=b' } })
    assert.match(answer.text, /Coho Winery \(sample\)/)
  })
})
