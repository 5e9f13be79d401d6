/** Functions about one row, and how operations are found by name, bound and unbound (webapi.md 11). */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, makeKey, makeLookup, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const NOBODY = '6f0c2b1e-0000-4000-8000-0000000000aa'

let server: TestServer
let api: Api
let accountId: string
let currencyId: string
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  await makeTable(api, 'new_Site', [column.text('new_Code', { MaxLength: 20 })])
  await makeKey(api, 'new_site', 'new_CodeKey', ['new_code'])
  await makeTable(api, 'new_Room')
  await makeLookup(api, { from: 'new_room', to: 'new_site', SchemaName: 'new_SiteId' })
  currencyId = expectStatus(await api.get('transactioncurrencies?$select=transactioncurrencyid'), 200).body.value[0].transactioncurrencyid
  const address = { address1_line1: '123 Maple St.', address1_city: 'Seattle', address1_country: 'United States of America', address1_latitude: 47.60621 }
  accountId = createdId(
    await api.post('accounts', { name: 'Litware', revenue: 1, telephone1: '555', fax: '777', websiteurl: 'http://litware.example', ...address }),
  )
})
after(() => server[Symbol.asyncDispose]())

const initialize = (entity: string, target: string, type = 'ValidForCreate', more = ''): Promise<Answer> =>
  api.get(
    `InitializeFrom(EntityMoniker=@p1,TargetEntityName=@p2,TargetFieldType=@p3${more})?@p1=${entity}&@p2='${target}'&@p3=Microsoft.Dynamics.CRM.TargetFieldType'${type}'`,
  )
const moniker = (path: string, quote = "'") => `{${quote}@odata.id${quote}:${quote}${path}${quote}}`

describe('InitializeFrom', () => {
  test('the documented request: a sub-account begins with what is mapped', async () => {
    const { body } = expectStatus(await initialize(moniker(`accounts(${accountId})`), 'account'), 200)
    assert.deepEqual(Object.keys(body).slice(0, 3), ['@odata.context', '@odata.type', 'parentaccountid@odata.bind'])
    assert.equal(body['@odata.context'], `${api.root}/$metadata#accounts/$entity`)
    assert.equal(body['@odata.type'], '#Microsoft.Dynamics.CRM.account')
    assert.equal(body['parentaccountid@odata.bind'], `accounts(${accountId})`)
    assert.equal(body['transactioncurrencyid@odata.bind'], `transactioncurrencies(${currencyId})`)
    assert.deepEqual([body.address1_line1, body.address1_city, body.address1_country], ['123 Maple St.', 'Seattle', 'United States of America'])
    // Not what makes it that account, nor what is null.
    for (const name of ['name', 'accountid', 'revenue', 'address1_line2', 'address1_addressid']) assert.equal(name in body, false, name)
  })

  test('the answer can be posted as it is, completed', async () => {
    const { body } = expectStatus(await initialize(moniker(`accounts(${accountId})`), 'contact'), 200)
    assert.equal(body['parentcustomerid_account@odata.bind'], `accounts(${accountId})`)
    const contact = createdId(await api.post('contacts', { ...body, lastname: 'Lee' }))
    const row = expectStatus(await api.get(`contacts(${contact})`), 200).body
    assert.deepEqual([row._parentcustomerid_value, row.address1_city, row.address1_latitude, row.telephone1], [accountId, 'Seattle', 47.60621, '555'])
  })

  test('double quotes, an inline row, a row by type and id, or by key', async () => {
    const expected = expectStatus(await initialize(moniker(`accounts(${accountId})`), 'contact'), 200).body
    assert.deepEqual(expectStatus(await initialize(moniker(`accounts(${accountId})`, '"'), 'contact'), 200).body, expected)
    const typed = `{"@odata.type":"Microsoft.Dynamics.CRM.account","accountid":"${accountId}"}`
    assert.deepEqual(expectStatus(await initialize(typed, 'contact'), 200).body, expected)
    const inline = `EntityMoniker=${moniker(`accounts(${accountId})`)},TargetEntityName='contact',TargetFieldType='ValidForCreate'`
    assert.deepEqual(expectStatus(await api.get(`InitializeFrom(${inline})`), 200).body, expected)
    const site = createdId(await api.post('new_sites', { new_code: 'S 1' }))
    const { body } = expectStatus(await initialize(`{"@odata.id":"new_sites(new_code='S 1')"}`, 'new_room'), 200)
    assert.equal(body['new_SiteId@odata.bind'], `new_sites(${site})`)
  })

  test('a custom relationship maps its lookup', async () => {
    const site = createdId(await api.post('new_sites', { new_name: 'Dock', new_code: 'D' }))
    const { body } = expectStatus(await initialize(moniker(`new_sites(${site})`), 'new_room'), 200)
    assert.deepEqual(Object.keys(body), ['@odata.context', '@odata.type', 'new_SiteId@odata.bind'])
  })

  test('the parent can be left out, and each TargetFieldType is taken', async () => {
    const without = expectStatus(await initialize(moniker(`accounts(${accountId})`), 'account', 'All', ',SkipParentalRelationshipMapping=true'), 200).body
    assert.equal('parentaccountid@odata.bind' in without, false)
    assert.equal(without.address1_city, 'Seattle')
    for (const type of ['All', 'ValidForCreate', 'ValidForUpdate', 'ValidForRead']) {
      assert.equal(expectStatus(await initialize(moniker(`accounts(${accountId})`), 'account', type), 200).body.address1_city, 'Seattle')
    }
  })

  test('is refused: no row, no table, no relationship, no such type, no parameter', async () => {
    const source = moniker(`accounts(${accountId})`)
    expectRefusal(await initialize(moniker(`accounts(${NOBODY})`), 'contact'), 404, '0x80040217')
    expectRefusal(await initialize(source, 'nosuch'), 404, '0x80040217')
    expectRefusal(await initialize(source, 'new_room'), 400, '0x80040e01', /account, new_room/)
    expectRefusal(await initialize(source, 'contact', 'Some'), 400, '0x80040203')
    expectRefusal(await initialize(moniker('nosuchs(1)'), 'contact'), 404, '0x8006088a')
    expectRefusal(await initialize("'accounts'", 'contact'), 400, '0x8006088a')
    expectRefusal(await initialize(source, 'contact', 'All', ',Nosuch=1'), 400, '0x8006088a', /no parameter 'Nosuch'/)
    expectRefusal(await api.get('InitializeFrom()'), 400, '0x8006088a', /'EntityMoniker' is missing/)
    expectRefusal(await api.post('InitializeFrom', {}), 405, '0x8006088a')
  })
})

describe('IsValidStateTransition', () => {
  const ask = (state: string, status: string, id = accountId) =>
    api.get(`IsValidStateTransition(Entity=@p1,NewState='${state}',NewStatus=${status})?@p1=${moniker(`accounts(${id})`)}`)

  test('a status goes with its own state', async () => {
    const answer = expectStatus(await ask('Inactive', '2'), 200).body
    assert.deepEqual(answer, { '@odata.context': `${api.root}/$metadata#Microsoft.Dynamics.CRM.IsValidStateTransitionResponse`, IsValid: true })
    for (const [state, status, isValid] of [
      ['Active', '1', true],
      ['1', '2', true],
      ['Inactive', '1', false],
      ['Active', '77', false],
      ['Gone', '1', false],
    ] as const)
      assert.equal(expectStatus(await ask(state, status), 200).body.IsValid, isValid, `${state} ${status}`)
  })

  test('is refused for a row that is not there, and for one that has no state', async () => {
    expectRefusal(await ask('Active', '1', NOBODY), 404, '0x80040217')
    const territory = createdId(await api.post('territories', { name: 'North' }))
    expectRefusal(
      await api.get(`IsValidStateTransition(Entity=@p1,NewState='Active',NewStatus=1)?@p1=${moniker(`territories(${territory})`)}`),
      400,
      '0x80047015',
    )
    expectRefusal(await ask('Active', "'1'"), 400, '0x8006088a')
  })
})

test('CalculateRollupField says that the column is no rollup column', async () => {
  const ask = (name: string, id = accountId) => api.get(`CalculateRollupField(Target=@p1,FieldName=@p2)?@p1=${moniker(`accounts(${id})`)}&@p2='${name}'`)
  expectRefusal(await ask('revenue'), 400, '0x80060553', /'revenue' of 'account'/)
  expectRefusal(await ask('nosuch'), 400, '0x0')
  expectRefusal(await ask('revenue', NOBODY), 404, '0x80040217')
})

test('FormatAddress gives the lines of an address', async () => {
  const address = "Line1='1 Main St',City='Seattle',StateOrProvince='WA',PostalCode='98101',Country='USA'"
  const { body } = expectStatus(await api.get(`FormatAddress(${address})`), 200)
  assert.deepEqual(body, {
    '@odata.context': `${api.root}/$metadata#Microsoft.Dynamics.CRM.FormatAddressResponse`,
    Address: '1 Main St\r\nSeattle, WA 98101\r\nUSA',
  })
  assert.equal(expectStatus(await api.get("FormatAddress(Line1=@p1,Country='USA')?@p1=null"), 200).body.Address, 'USA')
})

describe('times in a time zone', () => {
  const at = '2024-07-01T12:00:00Z'

  test('are told by its code, there and back', async () => {
    assert.equal(expectStatus(await api.get(`LocalTimeFromUtcTime(TimeZoneCode=35,UtcTime=${at})`), 200).body.LocalTime, '2024-07-01T08:00:00Z')
    assert.equal(expectStatus(await api.get(`UtcTimeFromLocalTime(TimeZoneCode=@p1,LocalTime=@p2)?@p1=35&@p2=2024-07-01T08:00:00Z`), 200).body.UtcTime, at)
    const { body } = expectStatus(await api.get("GetTimeZoneCodeByLocalizedName(LocalizedStandardName='Eastern Standard Time',LocaleId=1033)"), 200)
    assert.equal(body.TimeZoneCode, 35)
  })

  test('are refused for a zone or a time that is none', async () => {
    expectRefusal(await api.get(`LocalTimeFromUtcTime(TimeZoneCode=9999,UtcTime=${at})`), 400, '0x80040203')
    expectRefusal(await api.get("LocalTimeFromUtcTime(TimeZoneCode=35,UtcTime='noon')"), 400, '0x8006088a')
    expectRefusal(await api.get(`LocalTimeFromUtcTime(UtcTime=${at})`), 400, '0x8006088a', /'TimeZoneCode' is missing/)
    expectRefusal(await api.get("GetTimeZoneCodeByLocalizedName(LocalizedStandardName='Moon Time',LocaleId=1033)"), 404, '0x80060891')
  })
})

describe('an operation that is not there', () => {
  test('is answered alike whatever it is called and however it is asked for', async () => {
    const invented = 'Invented'
    const sent = (name: string): readonly (readonly [string, string])[] => [
      ['GET', `${name}()`],
      ['GET', name],
      ['GET', `${name}(Target=@p1)?@p1={'@odata.id':'accounts(${accountId})'}`],
      ['POST', name],
      ['GET', `accounts(${accountId})/Microsoft.Dynamics.CRM.${name}`],
      ['GET', `accounts(${accountId})/Microsoft.Dynamics.CRM.${name}(Target=@p1)?@p1={'@odata.id':'accounts(${accountId})'}`],
      ['POST', `accounts(${accountId})/Microsoft.Dynamics.CRM.${name}`],
      ['GET', `accounts/Microsoft.Dynamics.CRM.${name}()`],
      ['POST', `accounts/Microsoft.Dynamics.CRM.${name}`],
      ['POST', `accounts(${accountId})/primarycontactid/Microsoft.Dynamics.CRM.${name}`],
    ]
    const ask = ([method, path]: readonly [string, string]) => api.send(method, path, method === 'POST' ? { body: {} } : {})
    const expected = await Promise.all(sent(invented).map(ask))
    for (const answer of expected) expectRefusal(answer, 404, '0x8006088a')
    for (const name of ['RetrieveRecordWall', 'RetrieveEntityRibbon', 'constructor', 'toString']) {
      const answers = await Promise.all(sent(name).map(ask))
      assert.deepEqual(
        answers.map(({ status, text }) => [status, text.replaceAll(name, invented)]),
        expected.map(({ status, text }) => [status, text]),
        name,
      )
    }
  })

  test('a function takes GET and an action POST, and the header says so', async () => {
    const ways = [
      ['POST', 'WhoAmI', 'GET'],
      ['DELETE', 'WhoAmI', 'GET'],
      ['GET', 'Merge', 'POST'],
      ['GET', 'accounts/Microsoft.Dynamics.CRM.CreateMultiple', 'POST'],
    ] as const
    for (const [method, path, allow] of ways) {
      const answer = await api.send(method, path)
      expectRefusal(answer, 405, '0x8006088a')
      assert.equal(answer.headers.allow, allow, path)
    }
  })

  test('an operation bound to a set is not bound to a row, and has nothing behind it', async () => {
    for (const path of [`accounts(${accountId})/Microsoft.Dynamics.CRM.CreateMultiple`, 'accounts/Microsoft.Dynamics.CRM.CreateMultiple/x', 'WhoAmI()/UserId'])
      expectRefusal(await api.send(path.startsWith('Who') ? 'GET' : 'POST', path, path.startsWith('Who') ? {} : { body: { Targets: [] } }), 404, '0x8006088a')
    expectRefusal(await api.post('nosuchs/Microsoft.Dynamics.CRM.CreateMultiple', {}), 404, '0x8006088a', /'nosuchs'/)
  })
})
