/**
 * Column-level security over HTTP: whoever has no profile's permission reads a secured column as null, in whatever words they ask, and
 * can neither give nor change it. The table `new_person` has secured columns of several types; `reader` may read its rows, not those.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { onlyPart, runBatch } from '../support/batch.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeTeam, whoAmI } from '../support/make-people.ts'
import { type Grants, joinTeam, makeUserWith } from '../support/make-roles.ts'
import { type Body, column, makeKey, makeLookup, makeTable, postKey } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const ADMIN_PROFILE = '572329c1-a042-4e22-be47-367c6374ea45'
const [CREATE, READ, UPDATE] = ['0x8004f502', '0x8004f504', '0x8004f507']
const SECRET = 'ZX-4711'
const EVERYTHING: Grants = Object.fromEntries(
  ['Create', 'Read', 'Write', 'Delete', 'Append', 'AppendTo'].flatMap((right) => [
    [`prv${right}new_Person`, 'global'],
    [`prv${right}Account`, 'global'],
    [`prv${right}Contact`, 'global'],
    [`prv${right}Activity`, 'global'],
  ]),
)

let server: TestServer
let admin: Api
let unit: string
let reader: Api
let readerId: string
let person: string
let other: string
let account: string
let lookup: { readonly one: string; readonly many: string }

const attribute = (table: string, name: string) => `EntityDefinitions(LogicalName='${table}')/Attributes(LogicalName='${name}')`

async function secure(table: string, name: string, isSecured = true): Promise<Answer> {
  const definition = expectStatus(await admin.get(attribute(table, name)), 200).body
  return await admin.put(attribute(table, name), { ...definition, IsSecured: isSecured })
}

async function makeProfile(name: string): Promise<string> {
  return createdId(await admin.post('fieldsecurityprofiles', { name }))
}

function permit(profile: string, entityname: string, attributelogicalname: string, rights: Body): Promise<Answer> {
  return admin.post('fieldpermissions', {
    'fieldsecurityprofileid@odata.bind': `/fieldsecurityprofiles(${profile})`,
    entityname,
    attributelogicalname,
    canread: 0,
    cancreate: 0,
    canupdate: 0,
    ...rights,
  })
}

async function give(profile: string, holder: string): Promise<void> {
  const association = holder.startsWith('teams') ? 'teamprofiles_association' : 'systemuserprofiles_association'
  expectStatus(await admin.post(`${holder}/${association}/$ref`, { '@odata.id': `${admin.root}/fieldsecurityprofiles(${profile})` }), 204)
}

/** A user of the test's rights and of these permissions on `new_person`. */
async function userWith(name: string, permissions: { readonly [column: string]: Body }): Promise<Api> {
  const id = await makeUserWith(admin, unit, name, EVERYTHING)
  const profile = await makeProfile(`Profile of ${name}`)
  for (const [columnName, rights] of Object.entries(permissions)) expectStatus(await permit(profile, 'new_person', columnName, rights), 204)
  await give(profile, `systemusers(${id})`)
  return actingAs(admin, id)
}

before(async () => {
  server = await startServer()
  admin = apiOf(server.api)
  unit = (await whoAmI(admin)).BusinessUnitId
  await makeTable(
    admin,
    'new_Person',
    [
      column.text('new_Number', { MaxLength: 20 }),
      column.text('new_Iban', { MaxLength: 40, IsSecured: true }),
      column.memo('new_Notes', { IsSecured: true }),
      column.money('new_Salary', { IsSecured: true }),
      column.whole('new_Grade', { IsSecured: true }),
      column.choice('new_Band', { 1: 'Low', 2: 'High' }, { IsSecured: true }),
      column.datetime('new_Born', 'DateOnly', { IsSecured: true }),
      column.boolean('new_Fired', { IsSecured: true }),
      column.text('new_Open', { MaxLength: 40 }),
    ],
    { ChangeTrackingEnabled: true },
  )
  await makeKey(admin, 'new_person', 'new_NumberKey', ['new_number'])
  lookup = await makeLookup(admin, { from: 'new_person', to: 'account', SchemaName: 'new_EmployerId' })
  expectStatus(await secure('new_person', 'new_employerid'), 204)
  account = createdId(await admin.post('accounts', { name: 'Litware' }))
  person = createdId(
    await admin.post('new_persons', {
      new_name: 'Ada',
      new_number: 'A1',
      new_iban: SECRET,
      new_notes: SECRET,
      new_salary: 4711.5,
      new_grade: 4711,
      new_band: 2,
      new_born: '1947-11-04',
      new_fired: true,
      new_open: 'seen',
      [`${lookup.one}@odata.bind`]: `/accounts(${account})`,
    }),
  )
  other = createdId(await admin.post('new_persons', { new_name: 'Bob', new_number: 'B1', new_iban: 'AA-0000', new_grade: 1, new_salary: 1, new_open: 'seen' }))
  readerId = await makeUserWith(admin, unit, 'Reader', EVERYTHING)
  reader = actingAs(admin, readerId)
})
after(() => server[Symbol.asyncDispose]())

const MASKED = ['new_iban', 'new_notes', 'new_salary', 'new_salary_base', 'new_grade', 'new_band', 'new_born', 'new_fired', '_new_employerid_value']
const ANNOTATED = { Prefer: 'odata.include-annotations="*"' }
/** What stands in the secured columns of the first person, as any answer would write it. */
const TRACES = new RegExp(`${SECRET}|4711|4,711|1947|Litware`)

function hidesAll(answer: Answer): void {
  expectStatus(answer, 200)
  assert.doesNotMatch(answer.text, TRACES)
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
      expectRefusal(await secure('new_person', name), 400, '0x8004f501', new RegExp(name))
    }
    expectRefusal(await secure('new_person', 'new_number'), 400, '0x80060896', /new_numberkey/)
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
    expectRefusal(await permit(ADMIN_PROFILE, 'new_person', 'new_iban', { canread: 4 }), 400, '0x8004f50c')
  })

  test('a permission is for a secured column, and for what it can be secured for', async () => {
    const profile = await makeProfile('Wrong')
    expectRefusal(await permit(profile, 'new_person', 'new_open', { canread: 4 }), 400, '0x8004f508', /new_open/)
    expectStatus(await permit(profile, 'new_person', 'nosuch', { canread: 4 }), 400)
    expectStatus(await permit(profile, 'nosuch', 'new_open', { canread: 4 }), 404)
  })

  test('permissions go with the security of their column, and with the column', async () => {
    await makeTable(admin, 'new_Brief', [column.text('new_A', { MaxLength: 9, IsSecured: true }), column.text('new_B', { MaxLength: 9, IsSecured: true })])
    const profile = await makeProfile('Brief')
    const count = async () => expectStatus(await admin.get("fieldpermissions?$filter=entityname eq 'new_brief'"), 200).body.value.length
    for (const name of ['new_a', 'new_b']) expectStatus(await permit(profile, 'new_brief', name, { canread: 4 }), 204)
    assert.equal(await count(), 4)
    expectStatus(await secure('new_brief', 'new_a', false), 204)
    assert.equal(await count(), 2)
    expectStatus(await admin.delete(attribute('new_brief', 'new_b')), 204)
    assert.equal(await count(), 0)
  })
})

describe('reads without a permission', () => {
  test('every form of a row shows null and no annotation of it', async () => {
    const forms = [
      `new_persons(${person})`,
      "new_persons(new_number='A1')",
      'new_persons',
      `new_persons?$select=${MASKED.join()}`,
      `accounts?$expand=${lookup.many}`,
      `accounts(${account})/${lookup.many}`,
      `new_persons(${person})?$expand=${lookup.one}`,
    ]
    for (const form of forms) {
      const answer = expectStatus(await reader.get(form, ANNOTATED), 200)
      assert.doesNotMatch(answer.text.replaceAll('Litware', form.startsWith('accounts') ? '' : 'Litware'), TRACES, form)
    }
    const row = expectStatus(await reader.get(`new_persons(${person})`, ANNOTATED), 200).body
    for (const name of MASKED) assert.equal(row[name], null, name)
    assert.deepEqual(
      Object.keys(row).filter((name) => MASKED.some((masked) => name.startsWith(`${masked}@`))),
      [],
    )
    assert.deepEqual([row.new_name, row.new_open], ['Ada', 'seen'])
  })

  test('a value alone, raw or not, and the way along a lookup lead to nothing', async () => {
    for (const path of [
      'new_iban',
      'new_iban/$value',
      'new_salary',
      'new_salary_base',
      'new_grade/$value',
      lookup.one,
      `${lookup.one}/name`,
      `${lookup.one}/$ref`,
    ]) {
      const answer = await reader.get(`new_persons(${person})/${path}`)
      assert.ok([200, 204, 404].includes(answer.status), `${path}: ${answer.status}`)
      assert.doesNotMatch(answer.text, TRACES, path)
      assert.doesNotMatch(answer.text, new RegExp(account), path)
    }
    assert.deepEqual(expectStatus(await reader.get(`accounts(${account})/${lookup.many}`), 200).body.value, [])
  })

  const ORACLES = [
    `$filter=new_iban eq '${SECRET}'`,
    `$filter=new_iban ne null`,
    `$filter=startswith(new_iban,'ZX')`,
    `$filter=contains(new_notes,'4711')`,
    '$filter=new_grade gt 100',
    '$filter=new_salary ge 4711',
    '$filter=new_salary_base ge 4711',
    '$filter=new_band eq 2',
    '$filter=new_born lt 1950-01-01',
    '$filter=new_fired eq true',
    `$filter=new_employerid/name eq 'Litware'`.replace('new_employerid', 'LOOKUP'),
    '$filter=_new_employerid_value ne null',
    `$filter=Microsoft.Dynamics.CRM.In(PropertyName='new_grade',PropertyValues=['4711'])`,
    `$filter=Microsoft.Dynamics.CRM.Between(PropertyName='new_grade',PropertyValues=['4000','5000'])`,
  ]
  for (const oracle of ORACLES) {
    test(`no row meets ${oracle}`, async () => {
      const query = oracle.replace('LOOKUP', lookup.one)
      assert.equal(expectStatus(await admin.get(`new_persons?${query}`), 200).body.value.length > 0, true, 'the administrator finds it')
      assert.deepEqual(expectStatus(await reader.get(`new_persons?${query}`), 200).body.value, [])
      assert.equal(expectStatus(await reader.get(`new_persons/$count?${query}`), 200).text.replace('\ufeff', ''), '0')
      assert.equal(expectStatus(await reader.get(`new_persons?${query}&$count=true`), 200).body['@odata.count'], 0)
    })
  }

  test('related rows are not found by a masked column', async () => {
    const filter = `${lookup.many}/any(p:p/new_grade gt 100)`
    assert.equal(expectStatus(await admin.get(`accounts?$filter=${filter}`), 200).body.value.length, 1)
    assert.deepEqual(expectStatus(await reader.get(`accounts?$filter=${filter}`), 200).body.value, [])
    assert.deepEqual(expectStatus(await reader.get(`accounts?$filter=${lookup.many}/any()`), 200).body.value, [])
  })

  test('an order by a masked column is none', async () => {
    const order = async (api: Api, by: string) =>
      expectStatus(await api.get(`new_persons?$select=new_name&$orderby=${by},new_name`), 200).body.value.map((one: Body) => one.new_name)
    for (const by of ['new_iban', 'new_grade', 'new_salary', 'new_salary_base', 'new_band']) {
      assert.deepEqual(await order(reader, `${by} desc`), await order(reader, by), by)
    }
    assert.notDeepEqual(await order(admin, 'new_grade desc'), await order(admin, 'new_grade'))
    const page = expectStatus(await reader.get('new_persons?$select=new_name&$orderby=new_iban desc', { Prefer: 'odata.maxpagesize=1' }), 200)
    assert.doesNotMatch(decodeURIComponent(decodeURIComponent(page.body['@odata.nextLink'])), TRACES)
  })

  test('no aggregate or group tells of a masked column', async () => {
    for (const apply of [
      'aggregate(new_grade with max as x)',
      'aggregate(new_salary with sum as x)',
      'aggregate(new_salary_base with sum as x)',
      'aggregate(new_grade with average as x)',
      'aggregate(new_iban with countdistinct as x)',
      'groupby((new_iban))',
      'groupby((new_band,new_fired),aggregate($count as n))',
      `filter(new_grade gt 100)/aggregate($count as n)`,
      `groupby((${lookup.one}/name))`,
    ]) {
      const answer = await reader.get(`new_persons?$apply=${encodeURIComponent(apply)}`, ANNOTATED)
      hidesAll(answer)
      assert.ok(answer.body.value.length <= 1, `${apply}: ${answer.text}`)
    }
    const counted = expectStatus(await reader.get('new_persons?$apply=filter(new_grade gt 100)/aggregate($count as n)'), 200).body.value
    assert.equal(Number(counted[0]?.n ?? 0), 0)
  })

  test('FetchXML and SQL see the same nothing', async () => {
    const entity = (inner: string, head = '') => `<fetch ${head}><entity name="new_person">${inner}</entity></fetch>`
    const fetches = [
      entity(
        `${MASKED.filter((name) => !name.startsWith('_'))
          .map((name) => `<attribute name="${name}"/>`)
          .join('')}<attribute name="new_employerid"/>`,
      ),
      entity('<all-attributes/>'),
      entity(`<attribute name="new_name"/><filter><condition attribute="new_iban" operator="eq" value="${SECRET}"/></filter>`),
      entity('<attribute name="new_name"/><filter><condition attribute="new_iban" operator="like" value="ZX%"/></filter>'),
      entity('<attribute name="new_name"/><filter><condition attribute="new_born" operator="on-or-before" value="1950-01-01"/></filter>'),
      entity('<attribute name="new_name"/><filter><condition attribute="new_grade" operator="gt" valueof="new_band"/></filter>'),
      entity('<attribute name="new_grade" alias="x" aggregate="max"/>', 'aggregate="true"'),
      entity('<attribute name="new_iban" alias="x" groupby="true"/><attribute name="new_personid" alias="n" aggregate="count"/>', 'aggregate="true"'),
      entity(
        '<attribute name="new_born" alias="x" groupby="true" dategrouping="year"/><attribute name="new_personid" alias="n" aggregate="count"/>',
        'aggregate="true"',
      ),
      entity('<attribute name="new_name"/><link-entity name="account" from="accountid" to="new_employerid" alias="a"><attribute name="name"/></link-entity>'),
      entity(
        '<attribute name="new_name"/><link-entity name="new_person" from="new_iban" to="new_iban" alias="p" link-type="inner"><attribute name="new_name"/></link-entity>',
      ),
      entity('<attribute name="new_iban"/>', 'distinct="true"'),
    ]
    for (const fetchXml of fetches) {
      const answer = await reader.get(`new_persons?fetchXml=${encodeURIComponent(fetchXml)}`, ANNOTATED)
      hidesAll(answer)
      if (fetchXml.includes('<filter>') || fetchXml.includes('inner') || fetchXml.includes('link-entity')) assert.deepEqual(answer.body.value, [], fetchXml)
    }
    for (const sql of [
      `select new_name from new_person where new_iban = '${SECRET}'`,
      'select new_iban, new_salary, new_grade from new_person',
      'select max(new_grade) as x from new_person',
      'select new_iban, count(*) as n from new_person group by new_iban',
      'select new_name from new_person where new_grade > 100',
    ]) {
      const answer = await reader.get(`new_persons?sql=${encodeURIComponent(sql)}`, ANNOTATED)
      hidesAll(answer)
      if (sql.includes('where')) assert.deepEqual(answer.body.value, [], sql)
    }
  })

  test('changes and batches show null, too', async () => {
    const first = expectStatus(await reader.get('new_persons', { Prefer: 'odata.track-changes' }), 200)
    assert.doesNotMatch(first.text, TRACES)
    expectStatus(await admin.patch(`new_persons(${person})`, { new_open: 'changed' }), 204)
    const changes = expectStatus(await reader.get(first.body['@odata.deltaLink']), 200)
    assert.equal(changes.body.value.length, 1)
    assert.doesNotMatch(changes.text, TRACES)
    const [part] = await runBatch(admin, [{ method: 'GET', url: `new_persons(${person})`, headers: { MSCRMCallerID: readerId } }])
    const { body } = onlyPart(part)
    assert.deepEqual([body.new_iban, body.new_grade], [null, null])
  })

  test('a row copied into a form carries no masked value', async () => {
    const answer = await reader.get(
      `InitializeFrom(EntityMoniker=@p1,TargetEntityName='new_person',TargetFieldType='All')?@p1=${encodeURIComponent(`{"@odata.id":"accounts(${account})"}`)}`,
    )
    assert.doesNotMatch(answer.text, /4711/)
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
    const [own, team] = [await makeProfile('Own'), await makeProfile('Team')]
    expectStatus(await permit(own, 'new_person', 'new_iban', { canread: 4 }), 204)
    const permission = createdId(await permit(team, 'new_person', 'new_grade', { canread: 4 }))
    assert.deepEqual(await seen(), [false, false])
    await give(own, `systemusers(${id})`)
    assert.deepEqual(await seen(), [true, false])
    const teamId = await makeTeam(admin, 'Readers')
    await give(team, `teams(${teamId})`)
    await joinTeam(admin, teamId, id)
    assert.deepEqual(await seen(), [true, true])
    expectStatus(await admin.patch(`fieldpermissions(${permission})`, { canread: 0 }), 204)
    assert.deepEqual(await seen(), [true, false])
    expectStatus(await admin.delete(`fieldsecurityprofiles(${own})`), 204)
    assert.deepEqual(await seen(), [false, false])
  })

  test('security that is switched on hides at once, and off shows again', async () => {
    assert.equal(expectStatus(await reader.get(`new_persons(${other})`), 200).body.new_open, 'seen')
    expectStatus(await secure('new_person', 'new_open'), 204)
    assert.equal(expectStatus(await reader.get(`new_persons(${other})`), 200).body.new_open, null)
    expectStatus(await secure('new_person', 'new_open', false), 204)
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

describe('standard tables', () => {
  test('a composed name and a customer’s twins are hidden with what they are made of', async () => {
    for (const name of ['lastname', 'parentcustomerid']) expectStatus(await secure('contact', name), 204)
    const id = createdId(
      await admin.post('contacts', { firstname: 'Joan', lastname: 'Zx4711', 'parentcustomerid_account@odata.bind': `/accounts(${account})` }),
    )
    const answer = expectStatus(await reader.get(`contacts(${id})`, ANNOTATED), 200)
    assert.deepEqual([answer.body.firstname, answer.body.lastname, answer.body.fullname, answer.body._accountid_value], ['Joan', null, null, null])
    assert.doesNotMatch(answer.text, TRACES)
    assert.deepEqual(expectStatus(await reader.get("contacts?$filter=contains(fullname,'4711')"), 200).body.value, [])
    assert.deepEqual(expectStatus(await reader.get(`accounts(${account})/contact_customer_accounts`), 200).body.value, [])
    for (const name of ['lastname', 'parentcustomerid']) expectStatus(await secure('contact', name, false), 204)
    assert.equal(expectStatus(await reader.get(`contacts(${id})`), 200).body.fullname, 'Joan Zx4711')
  })

  test('an activity’s pointer hides what the activity does', async () => {
    expectStatus(await secure('task', 'description'), 204)
    const id = createdId(await admin.post('tasks', { subject: 'Call', description: SECRET }))
    assert.equal(expectStatus(await reader.get(`tasks(${id})`), 200).body.description, null)
    assert.equal(expectStatus(await reader.get(`activitypointers(${id})`), 200).body.description, null)
    assert.deepEqual(expectStatus(await reader.get(`activitypointers?$filter=description eq '${SECRET}'`), 200).body.value, [])
    expectStatus(await secure('task', 'description', false), 204)
    assert.equal(expectStatus(await reader.get(`activitypointers(${id})`), 200).body.description, SECRET)
  })

  test('a merge that would tell of a masked parent is refused', async () => {
    expectStatus(await secure('account', 'parentaccountid'), 204)
    const [one, two] = [createdId(await admin.post('accounts', { name: 'One' })), createdId(await admin.post('accounts', { name: 'Two' }))]
    const named = (accountid: string) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid })
    expectRefusal(await reader.post('Merge', { Target: named(one), Subordinate: named(two), PerformParentingChecks: true }), 403, READ, /parentaccountid/)
    const under = `accounts?$filter=Microsoft.Dynamics.CRM.Under(PropertyName='accountid',PropertyValue='${one}')`
    const child = createdId(await admin.post('accounts', { name: 'Child', 'parentaccountid@odata.bind': `/accounts(${one})` }))
    assert.deepEqual(
      expectStatus(await admin.get(under), 200).body.value.map((row: Body) => row.accountid),
      [child],
    )
    assert.deepEqual(expectStatus(await reader.get(under), 200).body.value, [])
    expectStatus(await secure('account', 'parentaccountid', false), 204)
  })
})
