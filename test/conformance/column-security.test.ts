/** Column-level security over HTTP: which columns can be secured, what profiles say, and what is refused without their permission. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Answer, type Api, createdId, expectStatus } from '../support/api.ts'
import { runBatch } from '../support/batch.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeTeam } from '../support/make-people.ts'
import { joinTeam, makeUserWith } from '../support/make-roles.ts'
import { type Body, column, makeTable, postKey } from '../support/make-table.ts'
import {
  attribute,
  EVERYTHING,
  giveProfile,
  makeProfile,
  permit,
  SECRET,
  secure,
  type SecuredTable,
  startWithSecured,
  TRACES,
} from '../support/secured-table.ts'
import type { TestServer } from '../support/start-server.ts'

const ADMIN_PROFILE = '572329c1-a042-4e22-be47-367c6374ea45'
const [CREATE, UPDATE] = ['0x8004f502', '0x8004f507']

let server: TestServer
let admin: Api
let unit: string
let reader: Api
let readerId: string
let person: string
let other: string
let account: string
let lookup: SecuredTable['lookup']

before(async () => {
  ;({ server, admin, unit, reader, readerId, person, other, account, lookup } = await startWithSecured())
})
after(() => server[Symbol.asyncDispose]())

/** A user of the test's rights and of these permissions on `new_person`. */
async function userWith(name: string, permissions: { readonly [column: string]: Body }): Promise<Api> {
  const id = await makeUserWith(admin, unit, name, EVERYTHING)
  const profile = await makeProfile(admin, `Profile of ${name}`)
  for (const [columnName, rights] of Object.entries(permissions)) expectStatus(await permit(admin, profile, 'new_person', columnName, rights), 204)
  await giveProfile(admin, profile, `systemusers(${id})`)
  return actingAs(admin, id)
}

describe('definitions', () => {
  test('a column says whether it is secured, and for what it can be', async () => {
    const { value } = expectStatus(
      await admin.get(
        "EntityDefinitions(LogicalName='new_person')/Attributes?$select=LogicalName,IsSecured,CanBeSecuredForRead,CanBeSecuredForCreate,CanBeSecuredForUpdate",
      ),
      200,
    ).body
    const of = (name: string) => {
      const found = value.find((one: Body) => one.LogicalName === name)
      return [found.IsSecured, found.CanBeSecuredForRead, found.CanBeSecuredForCreate, found.CanBeSecuredForUpdate]
    }
    assert.deepEqual(of('new_iban'), [true, true, true, true])
    assert.deepEqual(of('new_employerid'), [true, true, true, true])
    assert.deepEqual(of('new_open'), [false, true, true, true])
    for (const name of ['new_personid', 'new_name', 'createdon', 'ownerid', 'statecode', 'new_salary_base'])
      assert.deepEqual(of(name), [false, false, false, false], name)
  })

  test('RetrieveMetadataChanges finds the secured columns', async () => {
    const query = {
      Properties: { AllProperties: false, PropertyNames: ['SchemaName', 'Attributes'] },
      Criteria: {
        FilterOperator: 'And',
        Conditions: [{ PropertyName: 'LogicalName', ConditionOperator: 'Equals', Value: { Type: 'System.String', Value: 'new_person' } }],
      },
      AttributeQuery: {
        Properties: { AllProperties: false, PropertyNames: ['LogicalName', 'IsSecured'] },
        Criteria: {
          FilterOperator: 'And',
          Conditions: [{ ConditionOperator: 'Equals', PropertyName: 'IsSecured', Value: { Type: 'System.Boolean', Value: 'true' } }],
        },
      },
    }
    const { body } = expectStatus(await admin.get(`RetrieveMetadataChanges(Query=@p1)?@p1=${encodeURIComponent(JSON.stringify(query))}`), 200)
    const names = body.EntityMetadata[0].Attributes.map((one: Body) => one.LogicalName).sort()
    assert.deepEqual(names, ['new_band', 'new_born', 'new_employerid', 'new_fired', 'new_grade', 'new_iban', 'new_notes', 'new_salary'])
  })

  test('what cannot be secured is refused', async () => {
    for (const name of ['new_personid', 'new_name', 'createdon', 'ownerid', 'statuscode', 'new_salary_base']) {
      expectRefusal(await secure(admin, 'new_person', name), 400, '0x8004f501', new RegExp(name))
    }
    expectRefusal(await secure(admin, 'new_person', 'new_number'), 400, '0x80060896', /new_numberkey/)
    expectStatus(await postKey(admin, 'new_person', 'new_Bad', ['new_iban']), 400)
  })
})

describe('profiles', () => {
  test('that of the administrators is there, with a permission for each secured column, and stays', async () => {
    const { value } = expectStatus(
      await admin.get(
        `fieldsecurityprofiles(${ADMIN_PROFILE})/lk_fieldpermission_fieldsecurityprofileid?$select=entityname,attributelogicalname,canread,cancreate,canupdate`,
      ),
      200,
    ).body
    const iban = value.find((one: Body) => one.entityname === 'new_person' && one.attributelogicalname === 'new_iban')
    assert.deepEqual([iban?.canread, iban?.cancreate, iban?.canupdate], [4, 4, 4])
    expectRefusal(await admin.patch(`fieldsecurityprofiles(${ADMIN_PROFILE})`, { name: 'x' }), 400, '0x8004f50c')
    expectRefusal(await admin.delete(`fieldsecurityprofiles(${ADMIN_PROFILE})`), 400, '0x8004f50c')
    expectRefusal(await admin.patch(`fieldpermissions(${iban.fieldpermissionid})`, { canread: 0 }), 400, '0x8004f50c')
    expectRefusal(await admin.delete(`fieldpermissions(${iban.fieldpermissionid})`), 400, '0x8004f50c')
    expectRefusal(await permit(admin, ADMIN_PROFILE, 'new_person', 'new_iban', { canread: 4 }), 400, '0x8004f50c')
  })

  test('a permission is for a secured column, and for what it can be secured for', async () => {
    const profile = await makeProfile(admin, 'Wrong')
    expectRefusal(await permit(admin, profile, 'new_person', 'new_open', { canread: 4 }), 400, '0x8004f508', /new_open/)
    expectStatus(await permit(admin, profile, 'new_person', 'nosuch', { canread: 4 }), 400)
    expectStatus(await permit(admin, profile, 'nosuch', 'new_open', { canread: 4 }), 404)
  })

  test('permissions go with the security of their column, and with the column', async () => {
    await makeTable(admin, 'new_Brief', [column.text('new_A', { MaxLength: 9, IsSecured: true }), column.text('new_B', { MaxLength: 9, IsSecured: true })])
    const profile = await makeProfile(admin, 'Brief')
    const count = async () => expectStatus(await admin.get("fieldpermissions?$filter=entityname eq 'new_brief'"), 200).body.value.length
    for (const name of ['new_a', 'new_b']) expectStatus(await permit(admin, profile, 'new_brief', name, { canread: 4 }), 204)
    assert.equal(await count(), 4)
    expectStatus(await secure(admin, 'new_brief', 'new_a', false), 204)
    assert.equal(await count(), 2)
    expectStatus(await admin.delete(attribute('new_brief', 'new_b')), 204)
    assert.equal(await count(), 0)
  })
})

describe('writes without a permission', () => {
  test('a secured column is not given to a new row, not even null, and the column is named', async () => {
    for (const [name, value] of [
      ['new_iban', 'x'],
      ['new_iban', null],
      ['new_salary', 5],
      ['new_band', 1],
      [`${lookup.one}@odata.bind`, `/accounts(${account})`],
    ] as const) {
      expectRefusal(await reader.post('new_persons', { new_name: 'N', [name]: value }), 403, CREATE, new RegExp(name.split('@')[0]?.toLowerCase() ?? ''))
    }
    assert.equal(expectStatus(await admin.get("new_persons?$filter=new_name eq 'N'"), 200).body.value.length, 0)
    createdId(await reader.post('new_persons', { new_name: 'Without' }))
  })

  test('nor is it changed, by whatever form of change', async () => {
    const before = expectStatus(await admin.get(`new_persons(${person})`), 200).body
    const path = `new_persons(${person})`
    const targets = (body: Body) => ({ Targets: [{ '@odata.type': 'Microsoft.Dynamics.CRM.new_person', new_personid: person, ...body }] })
    const attempts: readonly (() => Promise<Answer>)[] = [
      () => reader.patch(path, { new_iban: 'x' }),
      () => reader.patch(path, { new_open: 'lost', new_iban: SECRET }),
      () => reader.patch(path, { new_grade: null }),
      () => reader.patch(path, { new_open: 'lost', new_fired: false }, { 'If-Match': '*' }),
      () => reader.patch("new_persons(new_number='A1')", { new_salary: 1 }),
      () => reader.put(`${path}/new_iban`, { value: 'x' }),
      () => reader.delete(`${path}/new_iban`),
      () => reader.put(`${path}/${lookup.one}/$ref`, { '@odata.id': `${admin.root}/accounts(${account})` }),
      () => reader.delete(`${path}/${lookup.one}/$ref`),
      () => reader.post(`accounts(${account})/${lookup.many}/$ref`, { '@odata.id': `${admin.root}/${path}` }),
      () => reader.delete(`accounts(${account})/${lookup.many}(${person})/$ref`),
      () => reader.delete(`accounts(${account})/${lookup.many}(${other})/$ref`),
      () => reader.post('new_persons/Microsoft.Dynamics.CRM.UpdateMultiple', targets({ new_open: 'lost', new_grade: 5 })),
      () => reader.post('new_persons/Microsoft.Dynamics.CRM.UpsertMultiple', targets({ new_open: 'lost', new_grade: 5 })),
      () => reader.patch(`accounts(${account})`, { [`${lookup.many}@odata.bind`]: [`/${path}`] }),
    ]
    for (const [index, attempt] of attempts.entries()) {
      const answer = await attempt()
      if (answer.status === 400) continue
      expectRefusal(answer, 403, UPDATE, /new_/)
      assert.doesNotMatch(answer.text, TRACES, `attempt ${index}`)
    }
    assert.deepEqual(expectStatus(await admin.get(path), 200).body, before)
  })

  test('an upsert is refused as what it would be', async () => {
    expectRefusal(await reader.patch("new_persons(new_number='NEW')", { new_iban: 'x' }), 403, CREATE)
    expectRefusal(await reader.patch("new_persons(new_number='B1')", { new_iban: 'x' }), 403, UPDATE)
    expectStatus(await reader.patch("new_persons(new_number='B1')", { new_open: 'seen' }), 204)
  })

  test('nested rows and change sets are refused as a whole', async () => {
    expectRefusal(await reader.post('accounts', { name: 'Nest', [lookup.many]: [{ new_name: 'Child' }] }), 403, CREATE, /new_employerid/)
    expectRefusal(await reader.post('accounts', { name: 'Nest', [`${lookup.many}@odata.bind`]: [`/new_persons(${other})`] }), 403, UPDATE)
    await runBatch(
      admin,
      [
        [
          { method: 'POST', url: 'accounts', body: { name: 'Nest' }, headers: { MSCRMCallerID: readerId } },
          { method: 'POST', url: 'new_persons', body: { new_name: 'Nest', new_grade: 1 }, headers: { MSCRMCallerID: readerId } },
        ],
      ],
      { status: 403 },
    )
    assert.equal(expectStatus(await admin.get("accounts?$filter=name eq 'Nest'"), 200).body.value.length, 0)
  })

  test('the row that is given back shows null', async () => {
    const answer = expectStatus(await reader.patch(`new_persons(${person})`, { new_open: 'again' }, { Prefer: 'return=representation' }), 200)
    assert.deepEqual([answer.body.new_open, answer.body.new_iban, answer.body.new_salary], ['again', null, null])
    assert.doesNotMatch(answer.text, TRACES)
  })
})

describe('with permissions', () => {
  test('each is for what it says', async () => {
    const api = await userWith('Clerk', { new_iban: { canread: 4 }, new_grade: { cancreate: 4 }, new_salary: { canupdate: 4 } })
    const row = expectStatus(await api.get(`new_persons(${person})`), 200).body
    assert.deepEqual([row.new_iban, row.new_grade, row.new_salary], [SECRET, null, null])
    assert.equal(expectStatus(await api.get(`new_persons?$filter=new_iban eq '${SECRET}'`), 200).body.value.length, 1)
    expectRefusal(await api.patch(`new_persons(${person})`, { new_iban: 'x' }), 403, UPDATE, /new_iban/)
    const made = createdId(await api.post('new_persons', { new_name: 'Made', new_grade: 3 }))
    expectRefusal(await api.patch(`new_persons(${made})`, { new_grade: 4 }), 403, UPDATE, /new_grade/)
    expectStatus(await api.patch(`new_persons(${made})`, { new_salary: 12 }), 204)
    const stored = expectStatus(await admin.get(`new_persons(${made})`), 200).body
    assert.deepEqual([stored.new_grade, stored.new_salary, stored.new_salary_base], [3, 12, 12])
  })

  test('profiles add up, those of teams too, and are taken away again', async () => {
    const id = await makeUserWith(admin, unit, 'Member', EVERYTHING)
    const api = actingAs(admin, id)
    const seen = async () => {
      const row = expectStatus(await api.get(`new_persons(${person})`), 200).body
      return [row.new_iban !== null, row.new_grade !== null]
    }
    const [own, team] = [await makeProfile(admin, 'Own'), await makeProfile(admin, 'Team')]
    expectStatus(await permit(admin, own, 'new_person', 'new_iban', { canread: 4 }), 204)
    const permission = createdId(await permit(admin, team, 'new_person', 'new_grade', { canread: 4 }))
    assert.deepEqual(await seen(), [false, false])
    await giveProfile(admin, own, `systemusers(${id})`)
    assert.deepEqual(await seen(), [true, false])
    const teamId = await makeTeam(admin, 'Readers')
    await giveProfile(admin, team, `teams(${teamId})`)
    await joinTeam(admin, teamId, id)
    assert.deepEqual(await seen(), [true, true])
    expectStatus(await admin.patch(`fieldpermissions(${permission})`, { canread: 0 }), 204)
    assert.deepEqual(await seen(), [true, false])
    expectStatus(await admin.delete(`fieldsecurityprofiles(${own})`), 204)
    assert.deepEqual(await seen(), [false, false])
  })

  test('security that is switched on hides at once, and off shows again', async () => {
    assert.equal(expectStatus(await reader.get(`new_persons(${other})`), 200).body.new_open, 'seen')
    expectStatus(await secure(admin, 'new_person', 'new_open'), 204)
    assert.equal(expectStatus(await reader.get(`new_persons(${other})`), 200).body.new_open, null)
    expectStatus(await secure(admin, 'new_person', 'new_open', false), 204)
    assert.equal(expectStatus(await reader.get(`new_persons(${other})`), 200).body.new_open, 'seen')
  })

  test('who customizes but may not read a column cannot take its security off', async () => {
    const rights = { ...EVERYTHING, prvReadEntity: 'global', prvWriteEntity: 'global', prvWriteAttribute: 'global' } as const
    const api = actingAs(admin, await makeUserWith(admin, unit, 'Customizer', rights))
    const definition = expectStatus(await admin.get(attribute('new_person', 'new_iban')), 200).body
    expectRefusal(await api.put(attribute('new_person', 'new_iban'), { ...definition, IsSecured: false }), 403, '0x8004f50d', /new_iban/)
    assert.equal(expectStatus(await reader.get(`new_persons(${person})`), 200).body.new_iban, null)
  })
})
