/**
 * What a caller learns of columns that they may not read: nothing, in whatever words they ask. Each question is first one that the
 * administrator gets another answer to.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, type Api, createdId, expectStatus } from '../support/api.ts'
import { onlyPart, runBatch } from '../support/batch.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import type { Body } from '../support/make-table.ts'
import { ANNOTATED, MASKED, SECRET, secure, type SecuredTable, startWithSecured, TRACES } from '../support/secured-table.ts'
import type { TestServer } from '../support/start-server.ts'

const READ = '0x8004f504'

let server: TestServer
let admin: Api
let reader: Api
let readerId: string
let person: string
let account: string
let lookup: SecuredTable['lookup']

before(async () => {
  ;({ server, admin, reader, readerId, person, account, lookup } = await startWithSecured())
})
after(() => server[Symbol.asyncDispose]())

function hidesAll(answer: Answer): void {
  expectStatus(answer, 200)
  assert.doesNotMatch(answer.text, TRACES)
}

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

  test('a bulk deletion by a masked column deletes nothing', async () => {
    const Conditions = [{ AttributeName: 'new_grade', Operator: 'GreaterThan', Values: [{ Value: '100', Type: 'System.Int32' }] }]
    const query = {
      '@odata.type': 'Microsoft.Dynamics.CRM.QueryExpression',
      EntityName: 'new_person',
      ColumnSet: { '@odata.type': 'Microsoft.Dynamics.CRM.ColumnSet', AllColumns: false, Columns: [] },
      Criteria: { '@odata.type': 'Microsoft.Dynamics.CRM.FilterExpression', FilterOperator: 'And', Conditions },
    }
    const asked = {
      JobName: 'Oracle',
      SendEmailNotification: false,
      ToRecipients: [],
      CCRecipients: [],
      RecurrencePattern: '',
      StartDateTime: new Date().toISOString(),
    }
    const { JobId } = expectStatus(await reader.post('BulkDelete', { ...asked, QuerySet: [query] }), 200).body
    for (;;) {
      const job = expectStatus(await admin.get(`asyncoperations(${JobId})`), 200).body
      if (job.statecode === 3) break
      await wait(20)
    }
    expectStatus(await admin.get(`new_persons(${person})`), 200)
  })
})

describe('standard tables', () => {
  test('a composed name and a customer’s twins are hidden with what they are made of', async () => {
    for (const name of ['lastname', 'parentcustomerid']) expectStatus(await secure(admin, 'contact', name), 204)
    const id = createdId(
      await admin.post('contacts', { firstname: 'Joan', lastname: 'Zx4711', 'parentcustomerid_account@odata.bind': `/accounts(${account})` }),
    )
    const answer = expectStatus(await reader.get(`contacts(${id})`, ANNOTATED), 200)
    assert.deepEqual([answer.body.firstname, answer.body.lastname, answer.body.fullname, answer.body._accountid_value], ['Joan', null, null, null])
    assert.doesNotMatch(answer.text, TRACES)
    assert.deepEqual(expectStatus(await reader.get("contacts?$filter=contains(fullname,'4711')"), 200).body.value, [])
    assert.deepEqual(expectStatus(await reader.get(`accounts(${account})/contact_customer_accounts`), 200).body.value, [])
    for (const name of ['lastname', 'parentcustomerid']) expectStatus(await secure(admin, 'contact', name, false), 204)
    assert.equal(expectStatus(await reader.get(`contacts(${id})`), 200).body.fullname, 'Joan Zx4711')
  })

  test('an activity’s pointer hides what the activity does', async () => {
    expectStatus(await secure(admin, 'task', 'description'), 204)
    const id = createdId(await admin.post('tasks', { subject: 'Call', description: SECRET }))
    assert.equal(expectStatus(await reader.get(`tasks(${id})`), 200).body.description, null)
    assert.equal(expectStatus(await reader.get(`activitypointers(${id})`), 200).body.description, null)
    assert.deepEqual(expectStatus(await reader.get(`activitypointers?$filter=description eq '${SECRET}'`), 200).body.value, [])
    expectStatus(await secure(admin, 'task', 'description', false), 204)
    assert.equal(expectStatus(await reader.get(`activitypointers(${id})`), 200).body.description, SECRET)
  })

  test('a merge that would tell of a masked parent is refused', async () => {
    expectStatus(await secure(admin, 'account', 'parentaccountid'), 204)
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
    expectStatus(await secure(admin, 'account', 'parentaccountid', false), 204)
  })
})
