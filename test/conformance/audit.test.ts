/** Audit: who changed what, when, and from which value, whatever path the change took. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { runBatch } from '../support/batch.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeTeam, makeUser, type WhoAmI, whoAmI } from '../support/make-people.ts'
import { giveRole, standardRole } from '../support/make-roles.ts'
import { type Body, column, makeLookup, makeManyToMany, makeTable } from '../support/make-table.ts'
import { ACTION, AUDITED, type AuditReader, auditReader, changeColumn, changesIn, changeTable, type Entry } from '../support/audit.ts'
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
    [column.text('new_Number'), column.whole('new_Stock'), column.money('new_Price'), column.text('new_Quiet', { IsAuditEnabled: { Value: false } })],
    AUDITED,
  )
  await makeTable(api, 'new_Still', [column.text('new_Number')])
  await makeTable(api, 'new_Item', [], AUDITED)
  await makeLookup(api, { from: 'new_item', to: 'new_part', SchemaName: 'new_PartId', cascade: { Assign: 'Cascade', Delete: 'Cascade' } })
  await makeManyToMany(api, 'new_part', 'contact', 'new_part_contact')
  await audit.switchAudit(true)
})
after(() => server?.[Symbol.asyncDispose]())

const makePart = async (body: Body = {}) => createdId(await api.post('new_parts', { new_name: 'Bolt', ...body }))
const patchPart = async (id: string, body: Body) => expectStatus(await api.patch(`new_parts(${id})`, body), 204)

describe('what is kept', () => {
  test('a create: every value that the row was given', async () => {
    const id = await makePart({ new_stock: 3, new_price: 12.5, new_quiet: 'not a word' })
    const entry = await audit.only(id, ACTION.create)
    assert.deepEqual([entry.operation, entry.objecttypecode, entry._userid_value, entry._callinguserid_value], [1, 'new_part', me.UserId, null])
    const { new_name, new_stock, new_price, statecode, ownerid, new_quiet, modifiedon, new_price_base } = changesIn(entry)
    assert.deepEqual(
      [new_name, new_stock, new_price, statecode, ownerid],
      [
        [null, 'Bolt'],
        [null, '3'],
        [null, '12.5'],
        [null, '0'],
        [null, `systemuser,${me.UserId}`],
      ],
    )
    assert.deepEqual([new_quiet, modifiedon, new_price_base], [undefined, undefined, undefined])
    assert.ok(Math.abs(Date.parse(entry.createdon) - Date.now()) < 60_000)
  })

  test('an update: the values that changed, from which to which', async () => {
    const id = await makePart({ new_stock: 3 })
    await patchPart(id, { new_stock: 5, new_name: 'Bolt', new_number: 'P-1' })
    const entry = await audit.only(id, ACTION.update)
    assert.deepEqual(changesIn(entry), { new_number: [null, 'P-1'], new_stock: ['3', '5'] })
    assert.equal(entry.operation, 2)
    const columns = expectStatus(await api.get("EntityDefinitions(LogicalName='new_part')/Attributes?$select=LogicalName,ColumnNumber"), 200).body.value
    const numberOf = (name: string) => columns.find((one: { LogicalName: string }) => one.LogicalName === name).ColumnNumber
    assert.deepEqual(entry.attributemask?.split(',').map(Number).sort(), [numberOf('new_number'), numberOf('new_stock')].sort())
  })

  test('an update that changes nothing, or only what is kept out, is no entry', async () => {
    const id = await makePart({ new_stock: 3 })
    await patchPart(id, { new_stock: 3 })
    await patchPart(id, { new_quiet: 'shh' })
    assert.deepEqual(await audit.actionsOf(id), [ACTION.create])
  })

  test('one Update that edits, assigns and deactivates: an entry for each, of one transaction', async () => {
    const [id, user] = [await makePart(), await makeOwner('Audited')]
    await patchPart(id, { new_name: 'Nut', 'ownerid@odata.bind': `systemusers(${user})`, statecode: 1 })
    const [create, ...rest] = await audit.entriesOf(id)
    assert.deepEqual(rest.map(({ action }) => action).sort(), [ACTION.update, ACTION.deactivate, ACTION.assign].sort())
    assert.equal(new Set(rest.map(({ transactionid }) => transactionid)).size, 1)
    assert.notEqual(create?.transactionid, rest[0]?.transactionid)
    assert.deepEqual(changesIn(await audit.only(id, ACTION.assign)), { ownerid: [`systemuser,${me.UserId}`, `systemuser,${user}`] })
    assert.deepEqual(changesIn(await audit.only(id, ACTION.deactivate)), { statecode: ['0', '1'], statuscode: ['1', '2'] })
    await patchPart(id, { statecode: 0 })
    assert.deepEqual(changesIn(await audit.only(id, ACTION.activate)), { statecode: ['1', '0'], statuscode: ['2', '1'] })
  })

  test('a cascade: what is assigned or deleted with its parent', async () => {
    const [id, user] = [await makePart(), await makeOwner('Cascaded')]
    const item = createdId(await api.post('new_items', { 'new_PartId@odata.bind': `new_parts(${id})` }))
    await patchPart(id, { 'ownerid@odata.bind': `systemusers(${user})` })
    assert.deepEqual(changesIn(await audit.only(item, ACTION.assign)).ownerid, [`systemuser,${me.UserId}`, `systemuser,${user}`])
    expectStatus(await api.delete(`new_parts(${id})`), 204)
    const entry = await audit.only(item, ACTION.delete)
    assert.deepEqual([entry.operation, changesIn(entry).new_partid], [3, [`new_part,${id}`, null]])
    assert.equal((await audit.only(id, ACTION.delete)).transactionid, entry.transactionid)
  })

  test('bulk writes, change sets, upserts', async () => {
    const targets = ['one', 'two'].map((new_name) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.new_part', new_name }))
    const { Ids } = expectStatus(await api.post('new_parts/Microsoft.Dynamics.CRM.CreateMultiple', { Targets: targets }), 200).body
    const [first, second] = await Promise.all(Ids.map((id: string) => audit.only(id, ACTION.create)))
    assert.equal(first.transactionid, second.transactionid)
    const changes = Ids.map((id: string) => ({ method: 'PATCH', url: `new_parts(${id})`, body: { new_stock: 9 } }))
    await runBatch(api, [changes])
    const [one, two] = await Promise.all(Ids.map((id: string) => audit.only(id, ACTION.update)))
    assert.equal(one.transactionid, two.transactionid)
    const upserted = crypto.randomUUID()
    await patchPart(upserted, { new_name: 'made' })
    await patchPart(upserted, { new_name: 'mended' })
    assert.deepEqual(await audit.actionsOf(upserted), [ACTION.create, ACTION.update])
  })

  test('a merge: the subordinate’s end, and rows that moved', async () => {
    const [target, subordinate] = [createdId(await api.post('accounts', { name: 'kept' })), createdId(await api.post('accounts', { name: 'merged' }))]
    const contact = createdId(await api.post('contacts', { lastname: 'Moved', 'parentcustomerid_account@odata.bind': `accounts(${subordinate})` }))
    const named = (accountid: string) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid })
    const body = { Target: named(target), Subordinate: named(subordinate), PerformParentingChecks: false }
    expectStatus(await api.post('Merge', body), 204)
    assert.deepEqual(changesIn(await audit.only(subordinate, ACTION.merge)).statecode, ['0', '1'])
    assert.deepEqual(changesIn(await audit.only(contact, ACTION.update)).parentcustomerid, [`account,${subordinate}`, `account,${target}`])
  })

  test('links and their end, on both rows', async () => {
    const [id, contact] = [await makePart(), createdId(await api.post('contacts', { lastname: 'Linked' }))]
    expectStatus(await api.post(`new_parts(${id})/new_part_contact/$ref`, { '@odata.id': `contacts(${contact})` }), 204)
    expectStatus(await api.delete(`new_parts(${id})/new_part_contact(${contact})/$ref`), 204)
    assert.deepEqual(await audit.actionsOf(id), [ACTION.create, 33, 34])
    assert.deepEqual(await audit.actionsOf(contact), [ACTION.create, 33, 34])
    assert.deepEqual(JSON.parse((await audit.only(id, 33)).changedata), {
      relationshipName: 'new_part_contact',
      targetRecords: [{ table: 'contact', id: contact }],
    })
  })

  test('roles of a user, members of a team', async () => {
    const [user, team] = [await makeUser(api, 'Roled'), await makeTeam(api, 'Audited team')]
    const role = expectStatus(await api.get("roles?$select=roleid&$filter=name eq 'Basic User'"), 200).body.value[0].roleid
    expectStatus(await api.post(`systemusers(${user})/systemuserroles_association/$ref`, { '@odata.id': `roles(${role})` }), 204)
    expectStatus(await api.delete(`systemusers(${user})/systemuserroles_association(${role})/$ref`), 204)
    assert.deepEqual(
      (await audit.actionsOf(user)).filter((action) => action >= 50),
      [55, 56],
    )
    expectStatus(await api.post(`teams(${team})/teammembership_association/$ref`, { '@odata.id': `systemusers(${user})` }), 204)
    assert.ok((await audit.actionsOf(team)).includes(35))
  })

  test('what a role lets people do', async () => {
    const role = createdId(await api.post('roles', { name: 'Audited role', 'businessunitid@odata.bind': `businessunits(${me.BusinessUnitId})` }))
    const { value } = expectStatus(await api.get("privileges?$select=privilegeid&$filter=name eq 'prvReadAccount'"), 200).body
    const PrivilegeId = value[0].privilegeid
    const add = (Depth: string) => api.post(`roles(${role})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: [{ PrivilegeId, Depth }] })
    expectStatus(await add('Basic'), 204)
    expectStatus(await add('Deep'), 204)
    assert.deepEqual((await audit.actionsOf(role)).slice(-2), [57, 57])
    const [newest] = (await audit.history(`roles(${role})`)).AuditDetails
    assert.deepEqual(
      [newest['@odata.type'], newest.OldRolePrivileges, newest.NewRolePrivileges],
      ['#Microsoft.Dynamics.CRM.RolePrivilegeAuditDetail', [{ PrivilegeId, Depth: 'Basic' }], [{ PrivilegeId, Depth: 'Deep' }]],
    )
  })

  test('shares', async () => {
    const [id, user] = [await makePart(), await makeOwner('Shared')]
    const Target = { '@odata.type': 'Microsoft.Dynamics.CRM.new_part', new_partid: id }
    const Principal = { '@odata.type': 'Microsoft.Dynamics.CRM.systemuser', systemuserid: user }
    expectStatus(await api.post('GrantAccess', { Target, PrincipalAccess: { AccessMask: 'ReadAccess', Principal } }), 204)
    expectStatus(await api.post('ModifyAccess', { Target, PrincipalAccess: { AccessMask: 'ReadAccess,WriteAccess', Principal } }), 204)
    expectStatus(await api.post('RevokeAccess', { Target, Revokee: Principal }), 204)
    assert.deepEqual(await audit.actionsOf(id), [ACTION.create, ACTION.share, ACTION.modifyShare, ACTION.unshare])
    const { AuditDetails } = await audit.history(`new_parts(${id})`)
    assert.deepEqual(
      AuditDetails.slice(0, 3).map((one: Body) => [one['@odata.type'], one.OldPrivileges, one.NewPrivileges]),
      [
        ['#Microsoft.Dynamics.CRM.ShareAuditDetail', 'ReadAccess, WriteAccess', 'None'],
        ['#Microsoft.Dynamics.CRM.ShareAuditDetail', 'ReadAccess', 'ReadAccess, WriteAccess'],
        ['#Microsoft.Dynamics.CRM.ShareAuditDetail', 'None', 'ReadAccess'],
      ],
    )
  })

  test('what fails leaves nothing: neither the change nor its entry', async () => {
    const id = await makePart({ new_stock: 1 })
    const changes = [
      { method: 'PATCH', url: `new_parts(${id})`, body: { new_stock: 2 } },
      { method: 'PATCH', url: `new_parts(${id})`, body: { nosuch: 2 } },
    ]
    await runBatch(api, [changes], { status: 400 })
    assert.deepEqual(await audit.actionsOf(id), [ACTION.create])
    const off = { method: 'PATCH', url: `organizations(${me.OrganizationId})`, body: { isauditenabled: false } }
    await runBatch(api, [[off, ...changes]], { status: 400 })
    await patchPart(id, { new_stock: 3 })
    assert.deepEqual(changesIn(await audit.only(id, ACTION.update)), { new_stock: ['1', '3'] })
  })

  test('somebody who acts for another is named beside them', async () => {
    const user = await makeOwner('Impersonated')
    const id = createdId(await api.post('new_parts', { new_name: 'for another' }, { MSCRMCallerID: user }))
    const entry = await audit.only(id, ACTION.create)
    assert.deepEqual([entry._userid_value, entry._callinguserid_value], [user, me.UserId])
  })
})

describe('BulkDelete', () => {
  test('deletes entries that a query finds', async () => {
    const id = await makePart()
    await patchPart(id, { new_stock: 1 })
    const condition = { AttributeName: 'objectid', Operator: 'Equal', Values: [{ Value: id, Type: 'System.Guid' }] }
    const updates = { AttributeName: 'action', Operator: 'Equal', Values: [{ Value: '2', Type: 'System.String' }] }
    const QuerySet = [{ EntityName: 'audit', Criteria: { FilterOperator: 'And', Conditions: [condition, updates], Filters: [] } }]
    const body = { QuerySet, JobName: 'Audit', SendEmailNotification: false, ToRecipients: [], CCRecipients: [], RecurrencePattern: '' }
    expectStatus(await api.post('BulkDelete', { ...body, StartDateTime: new Date().toISOString() }), 200)
    for (let turn = 0; turn < 200 && (await audit.actionsOf(id)).length > 1; turn++) await delay(25)
    assert.deepEqual(await audit.actionsOf(id), [ACTION.create])
  })
})

describe('switches', () => {
  test('a table whose changes are not kept has none, until it is switched on', async () => {
    const id = createdId(await api.post('new_stills', { new_name: 'still' }))
    assert.deepEqual(await audit.actionsOf(id), [])
    await expectChanged(
      changeTable(api, 'new_still', { IsAuditEnabled: { Value: true, CanBeChanged: true, ManagedPropertyLogicalName: 'canmodifyauditsettings' } }),
    )
    expectStatus(await api.patch(`new_stills(${id})`, { new_name: 'loud' }), 204)
    assert.deepEqual(await audit.actionsOf(id), [ACTION.update])
    await expectChanged(changeTable(api, 'new_still', { IsAuditEnabled: { Value: false } }))
    expectStatus(await api.patch(`new_stills(${id})`, { new_name: 'still again' }), 204)
    assert.deepEqual(await audit.actionsOf(id), [ACTION.update])
  })

  test('a column is kept out, and in again', async () => {
    const id = await makePart({ new_number: 'a' })
    await expectChanged(changeColumn(api, 'new_part', 'new_number', { IsAuditEnabled: { Value: false } }))
    await patchPart(id, { new_number: 'b' })
    await expectChanged(changeColumn(api, 'new_part', 'new_number', { IsAuditEnabled: { Value: true } }))
    await patchPart(id, { new_number: 'c' })
    assert.deepEqual(changesIn(await audit.only(id, ACTION.update)), { new_number: ['b', 'c'] })
  })

  test('switches of tables and columns, and what is deleted, are in it', async () => {
    const { name, metadataId } = await makeTable(api, 'new_Brief', [column.text('new_Short')], AUDITED)
    const path = `EntityDefinitions(LogicalName='${name}')`
    const short = expectStatus(await api.get(`${path}/Attributes(LogicalName='new_short')?$select=MetadataId`), 200).body.MetadataId
    for (const Value of [false, true]) await expectChanged(changeTable(api, name, { IsAuditEnabled: { Value } }))
    for (const Value of [false, true]) await expectChanged(changeColumn(api, name, 'new_short', { IsAuditEnabled: { Value } }))
    expectStatus(await api.delete(`${path}/Attributes(LogicalName='new_short')`), 204)
    expectStatus(await api.delete(path), 204)
    assert.deepEqual(await audit.actionsOf(metadataId), [108, 105, 100])
    assert.deepEqual(await audit.actionsOf(short), [109, 106, 101])
  })

  test('definitions show them, and keep them over a restart', async () => {
    const shown = async (path: string) => expectStatus(await api.get(`EntityDefinitions(LogicalName=${path}?$select=IsAuditEnabled`), 200).body.IsAuditEnabled
    const property = (Value: boolean, CanBeChanged: boolean) => ({ Value, CanBeChanged, ManagedPropertyLogicalName: 'canmodifyauditsettings' })
    assert.deepEqual(await shown("'account')"), property(true, true))
    assert.deepEqual(await shown("'task')"), property(false, true))
    assert.deepEqual(await shown("'audit')"), property(false, false))
    assert.deepEqual(await shown("'new_part')/Attributes(LogicalName='new_quiet')"), property(false, true))
    assert.deepEqual(await shown("'new_part')/Attributes(LogicalName='new_name')"), property(true, true))
    assert.deepEqual(await shown("'new_part')/Attributes(LogicalName='modifiedon')"), property(false, false))
    const tables = expectStatus(await api.get('EntityDefinitions?$select=LogicalName&$filter=IsAuditEnabled/Value eq true'), 200).body.value
    assert.ok(tables.some((one: Body) => one.LogicalName === 'new_part'))
    expectStatus(await changeTable(api, 'audit', AUDITED), 400)
  })

  test('switching auditing off and on is itself in it', async () => {
    await audit.switchAudit(false)
    const id = await makePart()
    await audit.switchAudit(true)
    assert.deepEqual(await audit.actionsOf(id), [])
    assert.deepEqual((await audit.actionsOf(me.OrganizationId)).slice(-2), [110, 107])
  })

  test('a server begins with auditing off, and keeps the switch over a restart', async () => {
    const first = await startServer()
    const firstApi = apiOf(first.api)
    const organization = (await whoAmI(firstApi)).OrganizationId
    const before = createdId(await firstApi.post('accounts', { name: 'unseen' }))
    assert.equal((await firstApi.get('audits')).body.value.length, 0)
    expectStatus(await firstApi.patch(`organizations(${organization})`, { isauditenabled: true }), 204)
    await first.stop()
    await using second = await startServer({ data: first.data })
    const secondApi = apiOf(second.api)
    expectStatus(await secondApi.patch(`accounts(${before})`, { name: 'seen' }), 204)
    const { value } = expectStatus(await secondApi.get(`audits?$filter=_objectid_value eq ${before}`), 200).body
    assert.deepEqual(
      value.map((entry: Entry) => changesIn(entry)),
      [{ name: ['unseen', 'seen'] }],
    )
  })
})

describe('the table', () => {
  test('is queried as any other', async () => {
    const id = await makePart()
    expectStatus(await api.delete(`new_parts(${id})`), 204)
    const query = `$select=_objectid_value,objecttypecode,createdon,_userid_value&$orderby=createdon desc&$filter=operation eq 3 and objecttypecode eq 'new_part' and _userid_value eq ${me.UserId}`
    const asked = { Prefer: 'odata.include-annotations="*"' }
    for (const path of [`audits?${query}`, `systemusers(${me.UserId})/lk_audit_userid?${query}`]) {
      const { value } = expectStatus(await api.get(path, asked), 200).body
      const row = value.find((one: Entry) => one._objectid_value === id)
      assert.equal(row['_objectid_value@Microsoft.Dynamics.CRM.lookuplogicalname'], 'new_part')
      assert.equal(row['_userid_value@OData.Community.Display.V1.FormattedValue'], 'System Administrator')
    }
    const fetched = `<fetch><entity name='audit'><attribute name='action'/><filter><condition attribute='objectid' operator='eq' value='${id}'/></filter></entity></fetch>`
    const { value } = expectStatus(await api.get(`audits?fetchXml=${encodeURIComponent(fetched)}`, asked), 200).body
    assert.deepEqual(value.map((row: Body) => row['action@OData.Community.Display.V1.FormattedValue']).sort(), ['Create', 'Delete'])
  })

  test('is written by nobody', async () => {
    const { auditid } = await audit.only(await makePart(), ACTION.create)
    await expectRefusal(await api.post('audits', { action: 1 }), 400, '0x80060888', /The method 'Create' for entities of type 'audit'/)
    await expectRefusal(await api.patch(`audits(${auditid})`, { action: 2 }), 400, '0x80060888', /'audit'/)
    await expectRefusal(await api.delete(`audits(${auditid})`), 400, '0x80060888', /The method 'Delete' for entities of type 'audit'/)
    expectStatus(await api.get(`audits(${auditid})`), 200)
  })
})

/** Who may own rows of any table. */
async function makeOwner(name: string): Promise<string> {
  const user = await makeUser(api, name)
  await giveRole(api, `systemusers(${user})`, await standardRole(api, me.BusinessUnitId, 'System Administrator'))
  return user
}

async function expectChanged(answer: Promise<Answer>): Promise<void> {
  expectStatus(await answer, 204)
}
