/** Audit, read: histories of rows, of columns, of what is gone; and who may look. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeUser, type WhoAmI, whoAmI } from '../support/make-people.ts'
import { type Grants, giveRole, makeRole } from '../support/make-roles.ts'
import { type Body, column, makeManyToMany, makeTable } from '../support/make-table.ts'
import { ACTION, AUDITED, type AuditReader, auditReader } from '../support/audit.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let me: WhoAmI
let audit: AuditReader

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  me = await whoAmI(api)
  audit = auditReader(api)
  await makeTable(
    api,
    'new_Part',
    [
      column.text('new_Number'),
      column.whole('new_Stock'),
      column.memo('new_Text', { MaxLength: 10_000 }),
      column.money('new_Price'),
      column.text('new_Quiet', { IsAuditEnabled: { Value: false } }),
    ],
    AUDITED,
  )
  await makeManyToMany(api, 'new_part', 'contact', 'new_part_contact')
  await audit.switchAudit(true)
})
after(() => server?.[Symbol.asyncDispose]())

const makePart = async (body: Body = {}) => createdId(await api.post('new_parts', { new_name: 'Bolt', ...body }))
const patchPart = async (id: string, body: Body) => expectStatus(await api.patch(`new_parts(${id})`, body), 204)

describe('histories', () => {
  test('of a row, newest first, in pages', async () => {
    const id = await makePart({ new_number: 'one' })
    for (const new_number of ['two', 'three', 'four']) await patchPart(id, { new_number })
    const first = await audit.history(`new_parts(${id})`, { PageNumber: 1, Count: 2, ReturnTotalRecordCount: true })
    assert.deepEqual(
      [first.MoreRecords, first.TotalRecordCount, numbersIn(first)],
      [
        true,
        4,
        [
          ['three', 'four'],
          ['two', 'three'],
        ],
      ],
    )
    await patchPart(id, { new_number: 'five' })
    const second = await audit.history(`new_parts(${id})`, { PageNumber: 2, Count: 2, PagingCookie: first.PagingCookie })
    assert.deepEqual(
      [second.MoreRecords, second.TotalRecordCount, second.PagingCookie, numbersIn(second)],
      [
        false,
        -1,
        '',
        [
          ['one', 'two'],
          [undefined, 'one'],
        ],
      ],
    )
  })

  test('of a column: nothing else is told', async () => {
    const id = await makePart({ new_number: 'one', new_stock: 1 })
    await patchPart(id, { new_stock: 2 })
    await patchPart(id, { new_number: 'two', new_stock: 3 })
    const paging = encodeURIComponent(JSON.stringify({ PageNumber: 1, Count: 10 }))
    const path = `RetrieveAttributeChangeHistory(Target=@t,AttributeLogicalName=@a,PagingInfo=@p)?@t={'@odata.id':'new_parts(${id})'}&@a='new_number'&@p=${paging}`
    const { body } = expectStatus(await api.get(path), 200)
    assert.equal(body['@odata.context'], `${api.root}/$metadata#Microsoft.Dynamics.CRM.RetrieveAttributeChangeHistoryResponse`)
    const [newest] = body.AuditDetailCollection.AuditDetails
    assert.deepEqual(newest, {
      '@odata.type': '#Microsoft.Dynamics.CRM.AttributeAuditDetail',
      InvalidNewValueAttributes: [],
      LocLabelLanguageCode: 0,
      DeletedAttributes: { Count: 0, Keys: [], Values: [] },
      OldValue: { '@odata.type': '#Microsoft.Dynamics.CRM.new_part', new_number: 'one' },
      NewValue: { '@odata.type': '#Microsoft.Dynamics.CRM.new_part', new_number: 'two' },
    })
    assert.equal(body.AuditDetailCollection.AuditDetails.length, 2)
  })

  test('of one entry: values as the row shows them, with annotations', async () => {
    const [id, parent] = [createdId(await api.post('accounts', { name: 'Detail' })), createdId(await api.post('accounts', { name: 'A. Datum' }))]
    const body = { 'parentaccountid@odata.bind': `accounts(${parent})`, accountcategorycode: 1, creditonhold: true, revenue: 12.5 }
    expectStatus(await api.patch(`accounts(${id})`, body), 204)
    const { auditid } = await audit.only(id, ACTION.update)
    const asked = { Prefer: 'odata.include-annotations="*"' }
    const answer = expectStatus(await api.get(`audits(${auditid})/Microsoft.Dynamics.CRM.RetrieveAuditDetails`, asked), 200)
    const { OldValue, NewValue } = answer.body.AuditDetail
    assert.deepEqual(OldValue, {
      '@odata.type': '#Microsoft.Dynamics.CRM.account',
      'creditonhold@OData.Community.Display.V1.FormattedValue': 'No',
      creditonhold: false,
    })
    assert.equal(NewValue._parentaccountid_value, parent)
    assert.equal(NewValue['_parentaccountid_value@Microsoft.Dynamics.CRM.lookuplogicalname'], 'account')
    assert.equal(NewValue['_parentaccountid_value@Microsoft.Dynamics.CRM.associatednavigationproperty'], 'parentaccountid')
    assert.deepEqual([NewValue.accountcategorycode, NewValue.creditonhold, NewValue.revenue], [1, true, 12.5])
    assert.equal(NewValue['accountcategorycode@OData.Community.Display.V1.FormattedValue'], 'Preferred Customer')
    expectStatus(await api.get(`audits(${auditid})/Microsoft.Dynamics.CRM.RetrieveAuditDetails()`), 200)
  })

  test('of links: the other row', async () => {
    const [id, contact] = [await makePart(), createdId(await api.post('contacts', { lastname: 'Linked' }))]
    expectStatus(await api.post(`new_parts(${id})/new_part_contact/$ref`, { '@odata.id': `contacts(${contact})` }), 204)
    const [newest] = (await audit.history(`new_parts(${id})`)).AuditDetails
    assert.deepEqual(newest, {
      '@odata.type': '#Microsoft.Dynamics.CRM.RelationshipAuditDetail',
      RelationshipName: 'new_part_contact',
      TargetRecords: [{ '@odata.type': '#Microsoft.Dynamics.CRM.contact', contactid: contact }],
    })
  })

  test('of a row that is gone, for who may read all; a long text is cut', async () => {
    const id = await makePart({ new_name: 'Gone', new_text: 'x'.repeat(6000) })
    expectStatus(await api.delete(`new_parts(${id})`), 204)
    const { AuditDetails } = await audit.history(`new_parts(${id})`)
    assert.equal(AuditDetails.length, 2)
    assert.equal(AuditDetails[0].OldValue.new_name, 'Gone')
    assert.deepEqual([AuditDetails[0].OldValue.new_text.length, AuditDetails[0].OldValue.new_text.at(-1)], [5000, '…'])
  })

  test('a column that is gone is named', async () => {
    const { name, set } = await makeTable(api, 'new_Losing', [column.text('new_Lost')], AUDITED)
    const id = createdId(await api.post(set, { new_name: 'x', new_lost: 'y' }))
    expectStatus(await api.delete(`EntityDefinitions(LogicalName='${name}')/Attributes(LogicalName='new_lost')`), 204)
    const [detail] = (await audit.history(`${set}(${id})`)).AuditDetails
    assert.deepEqual(detail.DeletedAttributes, { Count: 1, Keys: [0], Values: ['new_lost'] })
    assert.equal('new_lost' in detail.NewValue, false)
  })

  test('are forgotten by DeleteRecordChangeHistory', async () => {
    const id = await makePart()
    await patchPart(id, { new_stock: 5 })
    const Target = { '@odata.type': 'Microsoft.Dynamics.CRM.new_part', new_partid: id }
    assert.equal(expectStatus(await api.post('DeleteRecordChangeHistory', { Target }), 200).body.DeletedEntriesCount, 2)
    assert.deepEqual(await audit.actionsOf(id), [])
    await expectRefusal(await api.post('DeleteAuditData', { EndDate: '2021-04-09T00:00:00Z' }), 400, '0x80040203', /^There are no partitions/)
  })
})

describe('who may look', () => {
  test('the table and the histories have privileges of their own; values are for who may read the row', async () => {
    const user = await makeUser(api, 'Looker')
    const as = { MSCRMCallerID: user }
    const id = await makePart({ new_number: 'hidden' })
    await letTo(user, { prvReadnew_Part: 'basic' })
    const path = `RetrieveRecordChangeHistory(Target=@t)?@t={'@odata.id':'new_parts(${id})'}`
    await expectRefusal(await api.get('audits', as), 403, '0x80040220', /prvReadAuditSummary/)
    await expectRefusal(await api.get(path, as), 403, '0x80040220', /prvReadRecordAuditHistory/)
    await letTo(user, { prvReadAuditSummary: 'global', prvReadRecordAuditHistory: 'global' })
    const { value } = expectStatus(await api.get(`audits?$filter=_objectid_value eq ${id}`, as), 200).body
    assert.deepEqual([value.length, value[0].action, value[0].changedata], [1, 1, null])
    const profile = createdId(await api.post('fieldsecurityprofiles', { name: 'Auditors' }))
    const permission = {
      entityname: 'audit',
      attributelogicalname: 'changedata',
      canread: 4,
      'fieldsecurityprofileid@odata.bind': `fieldsecurityprofiles(${profile})`,
    }
    const permitted = createdId(await api.post('fieldpermissions', permission))
    expectStatus(await api.post(`systemusers(${user})/systemuserprofiles_association/$ref`, { '@odata.id': `fieldsecurityprofiles(${profile})` }), 204)
    const [seen] = expectStatus(await api.get(`audits?$filter=_objectid_value eq ${id}`, as), 200).body.value
    assert.match(seen.changedata, /hidden/)
    expectStatus(await api.delete(`fieldpermissions(${permitted})`), 204)
    for (const hidden of [path, `audits(${value[0].auditid})/Microsoft.Dynamics.CRM.RetrieveAuditDetails`]) {
      const answer = await api.get(hidden, as)
      assert.equal(answer.status, 403, answer.text)
      assert.equal(answer.text.includes('hidden'), false)
    }
    const own = createdId(await api.post('new_parts', { new_name: 'seen', 'ownerid@odata.bind': `systemusers(${user})` }))
    const { AuditDetails } = expectStatus(await api.get(path.replace(id, own), as), 200).body.AuditDetailCollection
    assert.equal(AuditDetails[0].NewValue.new_name, 'seen')
    expectStatus(await api.delete(`new_parts(${own})`), 204)
    const gone = await api.get(path.replace(id, own), as)
    assert.equal(gone.status, 404, gone.text)
  })

  test('a row that takes the id of one that is gone tells nothing of that one, but to who may read all', async () => {
    const user = await makeUser(api, 'Heir')
    const as = { MSCRMCallerID: user }
    await letTo(user, { prvReadnew_Part: 'basic', prvCreatenew_Part: 'basic', prvReadAuditSummary: 'global', prvReadRecordAuditHistory: 'global' })
    const id = await makePart({ new_number: 'hidden' })
    const [before] = await audit.entriesOf(id)
    expectStatus(await api.delete(`new_parts(${id})`), 204)
    expectStatus(await api.post('new_parts', { new_partid: id, new_number: 'mine' }, as), 204)
    const path = `RetrieveRecordChangeHistory(Target=@t)?@t={'@odata.id':'new_parts(${id})'}`
    const { AuditDetails } = expectStatus(await api.get(path, as), 200).body.AuditDetailCollection
    assert.deepEqual(
      AuditDetails.map(({ NewValue }: { NewValue: Body }) => NewValue.new_number),
      ['mine'],
    )
    expectStatus(await api.get(`audits(${before?.auditid})/Microsoft.Dynamics.CRM.RetrieveAuditDetails`, as), 403)
    assert.equal((await audit.history(`new_parts(${id})`)).AuditDetails.length, 3)
  })

  test('a secured column is left out of histories for who may not read it', async () => {
    const { name, set } = await makeTable(api, 'new_Secret', [column.text('new_Code', { IsSecured: true })], AUDITED)
    const user = await makeUser(api, 'Unsecured')
    await letTo(user, { prvReadnew_Secret: 'global', prvReadRecordAuditHistory: 'global' })
    const id = createdId(await api.post(set, { new_name: 'open', new_code: 'hush' }))
    const path = `RetrieveRecordChangeHistory(Target=@t)?@t={'@odata.id':'${set}(${id})'}`
    const mine = expectStatus(await api.get(path), 200)
    assert.equal(mine.body.AuditDetailCollection.AuditDetails[0].NewValue.new_code, 'hush')
    const theirs = expectStatus(await api.get(path, { MSCRMCallerID: user }), 200)
    assert.equal(theirs.body.AuditDetailCollection.AuditDetails[0].NewValue.new_name, 'open')
    assert.equal(theirs.text.includes('hush'), false)
    assert.equal(name, 'new_secret')
  })
})

async function letTo(user: string, grants: Grants): Promise<void> {
  await giveRole(api, `systemusers(${user})`, await makeRole(api, me.BusinessUnitId, `Role ${crypto.randomUUID()}`, grants))
}

function numbersIn(collection: { readonly AuditDetails: readonly { OldValue: Body; NewValue: Body }[] }) {
  return collection.AuditDetails.map(({ OldValue, NewValue }) => [OldValue.new_number, NewValue.new_number])
}
