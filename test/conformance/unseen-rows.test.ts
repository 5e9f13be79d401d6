/**
 * Rows that a caller may not read are in no answer, whatever is asked: an answer is the same whatever those rows hold, and whether they
 * are there. Tried with generated requests, and with queries chosen for what they could tell.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { anyRequest } from '../support/any-request.ts'
import { actingAs } from '../support/acting-as.ts'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { type HiddenGround, layHiddenGround } from '../support/hidden-ground.ts'
import { makeUnit } from '../support/make-people.ts'
import { makeUserWith } from '../support/make-roles.ts'
import { bounded } from '../support/how-long.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const REQUESTS = bounded(2_000, 40_000)
const ROUND = 250
const AT_ONCE = 8

let server: TestServer
let api: Api
let scene: HiddenGround

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  scene = await layHiddenGround(api)
})
after(() => server[Symbol.asyncDispose]())

type Question = { readonly path: string; readonly headers: { readonly [name: string]: string } }

async function askAll(questions: readonly Question[]): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  let next = 0
  async function work(): Promise<void> {
    while (next < questions.length) {
      const index = next++
      const { path, headers } = questions[index] as Question
      answers[index] = await scene.caller.get(path, headers)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return answers
}

/** What a client sees of it. */
const seen = ({ status, headers, text }: Answer) => `${status} ${headers.etag ?? ''} ${headers.location ?? ''}\n${text}`

/** Asked twice, what is the same both times is asked again after all that is hidden has changed. How many could be compared. */
async function expectNothingTold(questions: readonly Question[]): Promise<number> {
  const [first, second] = [await askAll(questions), await askAll(questions)]
  await scene.shuffle()
  const third = await askAll(questions)
  let compared = 0
  for (const [index, { path, headers }] of questions.entries()) {
    const [one, two, three] = [seen(first[index] as Answer), seen(second[index] as Answer), seen(third[index] as Answer)]
    const what = `${path} ${JSON.stringify(headers)}`
    assert.doesNotMatch(three, /secret/i, `${what} tells a secret: ${three.slice(0, 600)}`)
    // A moment, a number of requests: of no use to compare.
    if (one !== two) continue
    compared++
    assert.equal(three, two, `${what} differs`)
  }
  return compared
}

test(`${REQUESTS} generated reads are answered alike whatever is hidden`, async (t) => {
  let compared = 0
  let good = 0
  // Whoever asks in the name of somebody else is somebody else.
  const isReader = ({ method, path, headers }: { method: string; path: string; headers: Question['headers'] }) =>
    method === 'GET' && !/metadata|Definitions/i.test(path) && !Object.keys(headers).some((name) => /caller/i.test(name))
  const rounds = fc.asyncProperty(
    fc.array(anyRequest(scene.ground).filter(isReader), { minLength: ROUND, maxLength: ROUND, size: 'max' }),
    async (questions) => {
      const answers = await askAll(questions)
      good += answers.filter(({ status }) => status === 200).length
      compared += await expectNothingTold(questions)
    },
  )
  await fc.assert(rounds, { numRuns: REQUESTS / ROUND, endOnFailure: true })
  t.diagnostic(`${good} answered with 200, ${compared} compared`)
  assert.ok(compared > REQUESTS * 0.9, `only ${compared} could be compared`)
  assert.ok(good > REQUESTS / 5, `only ${good} were good`)
})

const xml = (set: string, body: string, head = '') => `${set}?fetchXml=${encodeURIComponent(`<fetch ${head}>${body}</fetch>`)}`
const sql = (set: string, text: string) => `${set}?sql=${encodeURIComponent(text)}`

/** Each could tell something of what is hidden: by what it shows, by how many it finds, by where it breaks, by the order it has. */
const QUERIES: { readonly [about: string]: (scene: HiddenGround) => readonly string[] } = {
  'filters along a path': ({ ground }) => [
    "accounts?$filter=startswith(primarycontactid/lastname,'secret')",
    "accounts?$filter=not startswith(primarycontactid/lastname,'secret')",
    "accounts?$filter=primarycontactid/lastname ne 'x'",
    'accounts?$filter=primarycontactid/lastname eq null',
    'accounts?$filter=primarycontactid/contactid ne null',
    'accounts?$filter=primarycontactid/numberofchildren gt 3',
    "contacts?$filter=parentcustomerid_account/name ge 'secret 5'",
    "contacts?$filter=parentcustomerid_account/primarycontactid/lastname gt 'secret 2'",
    `new_parts?$filter=new_MakerId/primarycontactid/firstname gt 'secret 3' or new_partid eq ${ground.part}`,
    "new_parts?$filter=new_MakerId/Microsoft.Dynamics.CRM.Contains(PropertyName='name',PropertyValue='secret')",
    'accounts?$filter=createdby/fullname ne null and primarycontactid/createdby/fullname eq null',
  ],
  'any and all': () => [
    "accounts?$filter=contact_customer_accounts/any(c:startswith(c/lastname,'secret'))",
    'accounts?$filter=contact_customer_accounts/any()',
    'accounts?$filter=not contact_customer_accounts/any()',
    "accounts?$filter=contact_customer_accounts/all(c:c/lastname eq 'Alder')",
    'accounts?$filter=Account_Tasks/any()',
    "accounts?$filter=Account_Tasks/all(t:t/subject eq 'x')",
    "new_parts?$filter=new_part_contact/any(c:c/lastname ne 'Alder')",
    "new_parts?$filter=new_part_contact/all(c:c/lastname eq 'Alder')",
    'contacts?$filter=new_part_contact/any(p:p/new_stock gt 3)',
    "contacts?$filter=new_part_contact/any(p:p/new_MakerId/name ne 'Maker')",
    "accounts?$filter=contact_customer_accounts/any(c:c/parentcustomerid_account/name eq 'Maker')",
  ],
  expands: ({ ground }) => [
    'accounts?$expand=primarycontactid',
    'accounts?$expand=primarycontactid($select=lastname),contact_customer_accounts($select=lastname;$orderby=lastname)',
    `accounts(${ground.account})?$expand=contact_customer_accounts($filter=startswith(lastname,'s')),Account_Tasks,createdby($select=fullname)`,
    `accounts(${ground.account})?$expand=primarycontactid($expand=parentcustomerid_account($select=name))`,
    `new_parts(${ground.part})?$expand=new_MakerId($expand=contact_customer_accounts($expand=new_part_contact)),new_part_contact($expand=parentcustomerid_account)`,
    'new_parts?$expand=new_part_contact($top=1;$orderby=lastname desc),new_MakerId($select=name)',
    'new_parts?$expand=new_MakerId/$ref',
    'contacts?$expand=new_part_contact($select=new_number;$filter=new_stock gt 2)',
    `accounts(${ground.account})?$expand=Account_Tasks($expand=ownerid)`,
  ],
  'order and pages': ({ ground }) => [
    'accounts?$orderby=primarycontactid/lastname&$select=name',
    'new_parts?$orderby=new_MakerId/name desc&$select=new_number',
    'new_parts?$orderby=new_MakerId/numberofemployees,new_number&$select=new_number',
    'new_parts?$orderby=_new_makerid_value&$select=new_number',
    'new_parts?$orderby=_new_makerid_value desc&$top=1',
    'contacts?$orderby=_parentcustomerid_value,lastname',
    'accounts?$orderby=_primarycontactid_value desc',
    'new_parts?$expand=new_MakerId($select=name)&$orderby=new_MakerId/name',
    `accounts(${ground.account})/contact_customer_accounts?$orderby=_parentcustomerid_value`,
    xml('new_parts', '<entity name="new_part"><attribute name="new_number"/><order attribute="new_makerid"/></entity>'),
    xml(
      'new_parts',
      '<entity name="new_part"><attribute name="new_number"/><attribute name="new_makerid"/><order attribute="new_makerid" descending="true"/></entity>',
      'distinct="true"',
    ),
    xml(
      'new_parts',
      '<entity name="new_part"><attribute name="new_makeridname"/><filter><condition attribute="new_makeridname" operator="like" value="%secret%"/></filter></entity>',
    ),
    xml(
      'new_parts',
      '<entity name="new_part"><attribute name="new_number"/><filter><condition attribute="new_makerid" operator="like" value="A%"/></filter></entity>',
    ),
    xml(
      'new_parts',
      '<entity name="new_part"><attribute name="new_makerid" groupby="true" alias="m"/><attribute name="new_partid" aggregate="count" alias="n"/><order alias="m"/></entity>',
      'aggregate="true"',
    ),
    'new_parts?$apply=groupby((_new_makerid_value),aggregate($count as n))&$orderby=_new_makerid_value',
    'new_parts?$top=1&$orderby=new_number desc',
    'new_parts?$count=true&$top=1',
  ],
  counts: ({ ground }) => [
    'accounts/$count',
    'contacts/$count',
    'new_parts/$count?$filter=new_stock ge 0',
    `accounts(${ground.account})/contact_customer_accounts/$count`,
    `new_parts(${ground.part})/new_part_contact/$count`,
    'contacts?$count=true&$filter=startswith(lastname,%27s%27)',
    'new_part_contactset/$count',
    'RetrieveTotalRecordCount(EntityNames=@p1)?@p1=["account","contact","new_part","task","activitypointer"]',
    'activitypointers/$count',
  ],
  aggregates: () => [
    'accounts?$apply=aggregate($count as n)',
    'contacts?$apply=aggregate(numberofchildren with max as most)',
    'contacts?$apply=groupby((lastname),aggregate($count as n))',
    'new_parts?$apply=groupby((new_MakerId/name),aggregate($count as n))',
    'new_parts?$apply=groupby((new_MakerId/primarycontactid/lastname))',
    'new_parts?$apply=aggregate(new_stock with sum as stock,new_price with average as price,new_number with countdistinct as numbers)',
    'accounts?$apply=groupby((primarycontactid/numberofchildren))',
  ],
  FetchXML: () => [
    ...['inner', 'outer', 'matchfirstrowusingcrossapply'].map((type) =>
      xml(
        'accounts',
        `<entity name="account"><attribute name="name"/><link-entity name="contact" from="contactid" to="primarycontactid" link-type="${type}" alias="c"><all-attributes/></link-entity></entity>`,
      ),
    ),
    ...['inner', 'outer', 'exists', 'in', 'matchfirstrowusingcrossapply'].flatMap((type) => [
      xml(
        'accounts',
        `<entity name="account"><attribute name="name"/><link-entity name="contact" from="contactid" to="primarycontactid" link-type="${type}" alias="c"/></entity>`,
      ),
      xml(
        'accounts',
        `<entity name="account"><attribute name="name"/><link-entity name="contact" from="parentcustomerid" to="accountid" link-type="${type}" alias="c"><filter><condition attribute="lastname" operator="like" value="secret%"/></filter></link-entity></entity>`,
      ),
      xml(
        'new_parts',
        `<entity name="new_part"><link-entity name="new_part_contact" from="new_partid" to="new_partid" link-type="${type}" alias="x"><link-entity name="contact" from="contactid" to="contactid" link-type="inner" alias="c"/></link-entity></entity>`,
      ),
    ]),
    ...['any', 'not any', 'all', 'not all'].map((type) =>
      xml(
        'accounts',
        `<entity name="account"><attribute name="name"/><filter><link-entity name="contact" from="parentcustomerid" to="accountid" link-type="${type}"><filter><condition attribute="lastname" operator="ne" value="Alder"/></filter></link-entity></filter></entity>`,
      ),
    ),
    xml(
      'accounts',
      '<entity name="account"><attribute name="name"/><order attribute="name"/><link-entity name="contact" from="contactid" to="primarycontactid" link-type="outer" alias="c"><order attribute="lastname"/></link-entity><filter><condition entityname="c" attribute="lastname" operator="null"/></filter></entity>',
    ),
    xml(
      'accounts',
      '<entity name="account"><attribute name="accountid" aggregate="count" alias="n"/><link-entity name="contact" from="parentcustomerid" to="accountid" link-type="outer"><attribute name="lastname" groupby="true" alias="l"/></link-entity></entity>',
      'aggregate="true"',
    ),
    xml('accounts', '<entity name="account"><attribute name="name"/><attribute name="accountid" rowaggregate="CountChildren" alias="n"/></entity>'),
    xml('new_parts', '<entity name="new_part"><attribute name="new_number"/><order attribute="new_stock" descending="true"/></entity>', 'count="1" page="2"'),
    xml('new_parts', '<entity name="new_part"><attribute name="new_number"/></entity>', 'returntotalrecordcount="true" count="1"'),
    xml('new_parts', '<entity name="new_part"><attribute name="new_stock"/></entity>', 'distinct="true"'),
  ],
  hierarchies: ({ ground, hidden }) => [
    ...['above', 'eq-or-above', 'under', 'eq-or-under', 'not-under'].flatMap((operator) =>
      [ground.account, hidden.account].map((id) =>
        xml(
          'accounts',
          `<entity name="account"><attribute name="name"/><filter><condition attribute="accountid" operator="${operator}" value="${id}"/></filter></entity>`,
        ),
      ),
    ),
    ...['Above', 'AboveOrEqual', 'Under', 'UnderOrEqual', 'NotUnder'].flatMap((name) =>
      [ground.account, hidden.account].map((id) => `accounts?$filter=Microsoft.Dynamics.CRM.${name}(PropertyName='accountid',PropertyValue='${id}')`),
    ),
    `accounts(${ground.account})/account_parent_account`,
    'accounts?$expand=account_parent_account($select=name)',
    'accounts?$filter=account_parent_account/any()',
  ],
  SQL: () => [
    sql('accounts', 'select name from account'),
    sql('accounts', 'select a.name, c.lastname from account a left join contact c on c.contactid = a.primarycontactid'),
    sql('accounts', 'select count(*) as n from account'),
    sql('contacts', 'select lastname, count(*) as n from contact group by lastname'),
    sql('contacts', "select lastname from contact where lastname like 'secret%'"),
  ],
  'one row and what it leads to': ({ ground, hidden }) => [
    `accounts(${hidden.account})`,
    `accounts(${hidden.account})/name`,
    `accounts(${hidden.account})/name/$value`,
    `accounts(${hidden.account})/primarycontactid`,
    `accounts(${hidden.account})/contact_customer_accounts`,
    `accounts(${hidden.account})/contact_customer_accounts/$count`,
    `accounts(${hidden.account})/contact_customer_accounts(${ground.contact})`,
    `accounts(${ground.account})/primarycontactid`,
    `accounts(${ground.account})/primarycontactid/lastname`,
    `accounts(${ground.account})/primarycontactid/$ref`,
    `accounts(${ground.account})/primarycontactid/parentcustomerid_account`,
    `accounts(${ground.account})/contact_customer_accounts`,
    `accounts(${ground.account})/contact_customer_accounts/$ref`,
    `accounts(${ground.account})/Account_Tasks`,
    `accounts(${ground.account})/Account_ActivityPointers`,
    `new_parts(${ground.part})/new_part_contact(${hidden.contact})`,
    `contacts(${hidden.contact})/ownerid`,
    'new_part_contactset',
    `new_part_contactset?$filter=contactid eq ${hidden.contact}`,
    'activitypointers',
    'tasks',
    `principalobjectaccessset?$filter=objectid eq ${hidden.account}`,
    `InitializeFrom(EntityMoniker=@p1,TargetEntityName='contact',TargetFieldType='All')?@p1={'@odata.id':'accounts(${hidden.account})'}`,
    `InitializeFrom(EntityMoniker=@p1,TargetEntityName='contact',TargetFieldType='All')?@p1={'@odata.id':'accounts(${ground.account})'}`,
    `IsValidStateTransition(Entity=@p1,NewState='Inactive',NewStatus=2)?@p1={'@odata.id':'accounts(${hidden.account})'}`,
    `RetrieveSharedPrincipalsAndAccess(Target=@p1)?@p1={'@odata.id':'accounts(${hidden.account})'}`,
  ],
}

describe('chosen queries', () => {
  for (const [about, paths] of Object.entries(QUERIES)) {
    test(about, async () => {
      // With every annotation: formatted values hold names of other rows.
      const annotated = { Prefer: 'odata.include-annotations="*"' }
      const questions = paths(scene).flatMap((path) => [
        { path: path.replaceAll(' ', '%20'), headers: {} },
        { path: path.replaceAll(' ', '%20'), headers: annotated },
      ])
      for (let turn = 0; turn < 4; turn++) assert.equal(await expectNothingTold(questions), questions.length)
    })
  }
})

describe('what is no plain query', () => {
  test('a page’s next links lead past hidden rows without a trace of them', async () => {
    for (const path of ['contacts', 'new_parts', 'accounts?$expand=contact_customer_accounts', 'activitypointers']) {
      let url: string | undefined = path
      while (url !== undefined) {
        const page: Answer = expectStatus(await scene.caller.get(url, { Prefer: 'odata.maxpagesize=1,odata.include-annotations="*"' }), 200)
        assert.doesNotMatch(decodeURIComponent(page.text), /secret/i, url)
        url = page.body['@odata.nextLink']
      }
    }
  })

  test('changes are followed by nobody who may not read all rows', async () => {
    expectRefusal(await scene.caller.get('new_parts', { Prefer: 'odata.track-changes' }), 403, '0x80040220', /prvReadnew_Part/)
    const link = expectStatus(await api.get('new_parts', { Prefer: 'odata.track-changes' }), 200).body['@odata.deltaLink']
    expectRefusal(await scene.caller.get(link), 403, '0x80040220', /prvReadnew_Part/)
    const token = /\$deltatoken=([^&]+)/.exec(link)?.[1]
    expectRefusal(await scene.caller.get(`new_parts/$count?$deltatoken=${token}`), 403, '0x80040220', /prvReadnew_Part/)
  })

  test('a link to the next page, taken from somebody else, shows no more', async () => {
    const first = expectStatus(await api.get('contacts?$orderby=lastname desc', { Prefer: 'odata.maxpagesize=1' }), 200).body
    const next = await scene.caller.get(first['@odata.nextLink'], { Prefer: 'odata.maxpagesize=50' })
    assert.doesNotMatch(next.body.value.map(({ lastname }: { lastname: string }) => lastname).join(), /secret/)
  })

  test('a query saved by somebody else is not run, nor is what it looks for told', async () => {
    const fetchxml = '<fetch><entity name="account"><filter><condition attribute="name" operator="eq" value="secret"/></filter></entity></fetch>'
    const query = { name: 'secret query', returnedtypecode: 'account', querytype: 0, fetchxml }
    const id = createdId(await api.post('userqueries', query))
    const answer = await scene.caller.get(`accounts?userQuery=${id}`)
    expectRefusal(answer, 403, '0x80040220', /prvReadUserQuery/)
    assert.doesNotMatch(answer.text, /secret/)
  })

  test('what is written is given back to nobody who may not read it', async () => {
    const { UserId } = (await api.get('WhoAmI')).body
    const unit = await makeUnit(api, 'Blind')
    const blind = actingAs(api, await makeUserWith(api, unit, 'Blind', { prvWriteAccount: 'global', prvCreateAccount: 'global', prvReadAccount: 'basic' }))
    const id = createdId(await api.post('accounts', { name: 'secret', 'ownerid@odata.bind': `/systemusers(${UserId})` }))
    const wish = { Prefer: 'return=representation' }
    const refused = [
      await blind.patch(`accounts(${id})`, { telephone1: '1' }, wish),
      await blind.post('accounts', { name: 'x', accountnumber: 'Lost', 'ownerid@odata.bind': `/systemusers(${UserId})` }, wish),
    ]
    for (const answer of refused) expectRefusal(answer, 403, '0x80040220', /prvReadAccount/)
    assert.equal((await api.get(`accounts(${id})?$select=telephone1`)).body.telephone1, null)
    assert.deepEqual((await api.get("accounts?$filter=accountnumber eq 'Lost'")).body.value, [])
    expectStatus(await blind.patch(`accounts(${id})`, { telephone1: '1' }), 204)
  })

  test('the version of a hidden row is not to be guessed', async () => {
    const { hidden, caller } = scene
    const etag = expectStatus(await api.get(`accounts(${hidden.account})?$select=name`), 200).body['@odata.etag']
    for (const [name, value] of [
      ['If-None-Match', etag],
      ['If-None-Match', 'W/"1"'],
    ] as const)
      expectRefusal(await caller.get(`accounts(${hidden.account})`, { [name]: value }), 403, '0x80040220', /prvReadAccount/)
    for (const value of [etag, 'W/"1"']) {
      expectRefusal(await caller.patch(`accounts(${hidden.account})`, { name: 'x' }, { 'If-Match': value }), 403, '0x80040220', /prvWriteAccount/)
      expectRefusal(await caller.delete(`accounts(${hidden.account})`, { 'If-Match': value }), 403, '0x80040220', /prvDeleteAccount/)
    }
  })

  test('refused writes tell nothing of the row: whether it is active, whether it is linked, what it holds', async () => {
    const { hidden, ground, caller } = scene
    const refused = async () => [
      await caller.patch(`accounts(${hidden.account})`, { name: 'x' }),
      await caller.patch(`accounts(${hidden.account})`, { statecode: 0 }),
      await caller.delete(`accounts(${hidden.account})`),
      await caller.delete(`accounts(${hidden.account})/primarycontactid/$ref`),
      await caller.delete(`accounts(${ground.account})/contact_customer_accounts(${hidden.contact})/$ref`),
      await caller.delete(`new_parts(${ground.part})/new_part_contact(${hidden.contact})/$ref`),
      await caller.post('Merge', {
        Target: { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: ground.account },
        Subordinate: { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: hidden.account },
        PerformParentingChecks: true,
      }),
      await caller.post('contacts', { lastname: 'x', 'parentcustomerid_account@odata.bind': `/accounts(${hidden.account})` }),
    ]
    const texts = (answers: readonly Answer[]) => answers.map(({ status, text }) => `${status} ${text}`)
    const before = texts(await refused())
    for (const answer of before) assert.match(answer, /^403 /)
    const isLinked = { 'parentcustomerid_account@odata.bind': `/accounts(${ground.account})` }
    expectStatus(await api.patch(`accounts(${hidden.account})`, { statecode: 1 }), 204)
    expectStatus(await api.patch(`contacts(${hidden.contact})`, isLinked), 204)
    assert.deepEqual(texts(await refused()), before)
    expectStatus(await api.patch(`contacts(${hidden.contact})`, { parentcustomerid_account: null }), 204)
    expectStatus(await api.patch(`accounts(${hidden.account})`, { statecode: 0 }), 204)
    assert.deepEqual(texts(await refused()), before)
  })
})
