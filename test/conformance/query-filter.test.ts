/** `$filter` as Microsoft's page on filtering rows shows it: related collections, lookups, query functions (webapi.md 6.3). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, makeManyToMany, makeRows, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const CRM = 'Microsoft.Dynamics.CRM'

let server: TestServer
let api: Api
let litware: string
let fabrikam: string
let user: string

/**
 * Litware has a child (Fabrikam), a contact who is also its primary one, and two tasks, of which one is completed. Fabrikam's only task is
 * completed. Coho has nothing. Adventure is Fabrikam's child.
 */
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  user = expectStatus(await api.get('WhoAmI()'), 200).body.UserId
  litware = createdId(await api.post('accounts', { name: 'Litware, Inc.', accountnumber: "O'Brian", revenue: 100_000, numberofemployees: 20 }))
  fabrikam = createdId(await api.post('accounts', { name: 'Fabrikam (sample)', revenue: 5000, numberofemployees: 9000, ...parent(litware) }))
  createdId(await api.post('accounts', { name: 'Adventure (sample)', revenue: 7000, ...parent(fabrikam) }))
  createdId(await api.post('accounts', { name: 'Coho', creditonhold: true }))
  const susanna = createdId(await api.post('contacts', { firstname: 'Susanna', lastname: 'Stubberod', jobtitle: 'Buyer', ...of('parentcustomerid', litware) }))
  createdId(await api.post('contacts', { firstname: 'Jim', lastname: 'Jim', ...of('parentcustomerid', fabrikam) }))
  expectStatus(await api.patch(`accounts(${litware})`, { 'primarycontactid@odata.bind': `/contacts(${susanna})` }), 204)
  await task('Call back', `accounts(${litware})`, 'account', false)
  await task('Send offer', `accounts(${litware})`, 'account', true)
  await task('Send offer', `accounts(${fabrikam})`, 'account', true)
  await task('Say hello', `contacts(${susanna})`, 'contact', false)
})

after(() => server[Symbol.asyncDispose]())

const parent = (id: string) => ({ 'parentaccountid@odata.bind': `/accounts(${id})` })
const of = (lookup: string, account: string) => ({ [`${lookup}_account@odata.bind`]: `/accounts(${account})` })

async function task(subject: string, about: string, table: string, isDone: boolean): Promise<void> {
  const id = createdId(await api.post('tasks', { subject, [`regardingobjectid_${table}_task@odata.bind`]: `/${about}` }))
  if (isDone) expectStatus(await api.patch(`tasks(${id})`, { statecode: 1 }), 204)
}

function ask(set: string, filter: string, more = ''): Promise<Answer> {
  return api.get(`${set}?$filter=${encodeURIComponent(filter)}${more}`)
}

/** The first words of the names of the accounts that the filter finds, in the order of their names. */
async function accounts(filter: string, more = ''): Promise<string> {
  const { value } = expectStatus(await ask('accounts', filter, `&$select=name&$orderby=name${more}`), 200).body
  return value.map((row: { name: string }) => /^\w+/.exec(row.name)?.[0]).join(' ')
}

test('comparison, logic and grouping', async () => {
  assert.equal(await accounts('revenue eq 100000'), 'Litware')
  assert.equal(await accounts('revenue ne 100000'), 'Adventure Coho Fabrikam')
  assert.equal(await accounts('revenue lt 100000 and revenue gt 5000'), 'Adventure')
  assert.equal(await accounts("contains(name,'(sample)') or contains(name,'test')"), 'Adventure Fabrikam')
  assert.equal(await accounts("not contains(name,'sample')"), 'Coho Litware')
  assert.equal(await accounts("(contains(name,'sample') or contains(name,'test')) and revenue gt 5000"), 'Adventure')
  assert.equal(await accounts("name in ('coho','LITWARE, Inc.')"), 'Coho Litware')
  assert.equal(await accounts('(creditonhold eq true) eq true'), 'Coho')
  assert.equal(await accounts("accountnumber eq 'O''Brian'"), 'Litware')
  expectRefusal(await api.get("accounts?$filter=accountnumber eq 'O'Brian'"), 400, '0x8006088a', /There is an unterminated literal at position \d+ in/)
})

test('columns of a row are compared with each other', async () => {
  const { value } = expectStatus(await ask('contacts', 'firstname eq lastname', '&$select=fullname'), 200).body
  assert.deepEqual(
    value.map((row: { fullname: string }) => row.fullname),
    ['Jim Jim'],
  )
})

test('lookups lead to the values behind them', async () => {
  assert.equal(await accounts("primarycontactid/fullname eq 'Susanna Stubberod'"), 'Litware')
  assert.equal(await accounts('primarycontactid/createdby/fullname ne null'), 'Litware')
  assert.equal(await accounts(`_owninguser_value eq '${user}'`), 'Adventure Coho Fabrikam Litware')
  assert.equal(await accounts('owninguser/fullname ne null and name lt "b"'.replaceAll('"', "'")), 'Adventure')
})

test("the owner's columns stand behind a cast", async () => {
  assert.equal(await accounts(`ownerid/${CRM}.systemuser/fullname ne null`), 'Adventure Coho Fabrikam Litware')
  assert.equal(await accounts(`ownerid/${CRM}.team/name ne null`), '')
  expectRefusal(await ask('accounts', "ownerid/fullname eq 'x'"), 400, '0x80060888', /owninguser/)
})

test('any and all ask for related rows', async () => {
  assert.equal(await accounts('Account_Tasks/any()'), 'Fabrikam Litware')
  assert.equal(await accounts('not Account_Tasks/any()'), 'Adventure Coho')
  assert.equal(await accounts("Account_Tasks/any(t:contains(t/subject,'back'))"), 'Litware')
  assert.equal(await accounts("Account_Tasks/any(t:contains(t/subject,'OFFER') and t/statecode eq 0)"), '')
  // Of what has no task, all tasks are closed.
  assert.equal(await accounts('Account_Tasks/all(t:t/statecode eq 1)'), 'Adventure Coho Fabrikam')
  assert.equal(await accounts('Account_Tasks/all(t:t/statecode eq 1) and Account_Tasks/any()'), 'Fabrikam')
  assert.equal(await accounts('account_parent_account/any(a:a/Account_Tasks/any()) and not account_parent_account/all(x:x/revenue gt 5000)'), 'Litware')
})

test('they nest, follow lookups, and stand beside other conditions', async () => {
  const nested = "contact_customer_accounts/any(c:c/jobtitle eq 'Buyer' and c/Contact_Tasks/any(o:o/description ne 'N/A'))"
  assert.equal(await accounts(`(${nested}) and endswith(name,'Inc.')`), 'Litware')
  assert.equal(await accounts(`(${nested}) and endswith(name,'Ltd.')`), '')
  assert.equal(await accounts('contact_customer_accounts/any(c:c/firstname eq c/lastname and c/createdby/fullname ne null)'), 'Fabrikam')
  assert.equal(await accounts('contact_customer_accounts/any(c:c/contactid eq $it/primarycontactid/contactid)'), 'Litware')
  assert.equal(await accounts('account_parent_account/any(a:a/account_parent_account/any(b:b/revenue gt a/revenue and b/revenue lt $it/revenue))'), 'Litware')
  assert.equal(await accounts(`contact_customer_accounts/any(o1:(o1/${CRM}.In(PropertyName='lastname',PropertyValues=['Jim','Bob'])))`), 'Fabrikam')
})

test('many-to-many collections too', async () => {
  const tag = await makeTable(api, 'new_Tag', [column.whole('new_Weight')])
  const name = await makeManyToMany(api, 'account', tag.name, 'new_account_tag')
  const [red, blue] = await makeRows(api, tag, [
    { new_name: 'red', new_weight: 1 },
    { new_name: 'blue', new_weight: 2 },
  ])
  for (const [account, one] of [
    [litware, red],
    [litware, blue],
    [fabrikam, red],
  ])
    expectStatus(await api.post(`accounts(${account})/${name}/$ref`, { '@odata.id': `${api.root}/${tag.set}(${one})` }), 204)
  assert.equal(await accounts(`${name}/any(t:t/new_name eq 'Blue')`), 'Litware')
  assert.equal(await accounts(`${name}/any() and ${name}/all(t:t/new_weight le 1)`), 'Fabrikam')
  const { value } = expectStatus(await ask(tag.set, `${name}/all(a:a/revenue gt 50000)`, '&$select=new_name'), 200).body
  assert.deepEqual(
    value.map((row: { new_name: string }) => row.new_name),
    ['blue'],
  )
})

test('lambdas stand in $expand, in counts and behind rows', async () => {
  const expanded = await api.get(`accounts(${litware})?$select=name&$expand=account_parent_account($select=name;$filter=Account_Tasks/any(t:t/statecode eq 1))`)
  assert.deepEqual(
    expectStatus(expanded, 200).body.account_parent_account.map((row: { name: string }) => row.name),
    ['Fabrikam (sample)'],
  )
  assert.equal(expectStatus(await api.get('accounts/$count?$filter=Account_Tasks/any()'), 200).text.replace(/^\uFEFF/, ''), '2')
  assert.equal(expectStatus(await ask(`accounts(${litware})/account_parent_account`, 'Account_Tasks/all(t:t/statecode eq 1)'), 200).body.value.length, 1)
})

test('a collection behind a lookup is refused, and so is a lambda on one row', async () => {
  expectRefusal(await ask('accounts', 'primarycontactid/account_primary_contact/any(a:a/name ne null)'), 400, '0x80060888', /behind a lookup/)
  expectRefusal(await ask('accounts', 'primarycontactid/any()'), 400, '0x8006088a', /one row/)
  expectRefusal(await ask('accounts', 'Account_Tasks/any(t:subject eq null)'), 400, '0x8006088a', /'t\/subject'/)
})

test('the page’s samples of query functions', async () => {
  assert.equal(await accounts(`${CRM}.Between(PropertyName='numberofemployees',PropertyValues=["5","2000"])`), 'Litware')
  assert.equal(await accounts(`${CRM}.LastXHours(PropertyName=@p1,PropertyValue=@p2)`, `&@p1='modifiedon'&@p2=12`), 'Adventure Coho Fabrikam Litware')
  const inList = '&@p1=%27accountnumber%27&@p2=["OBrian","OBryan","O%27Brian","O%27Bryan"]'.replaceAll('"', '%22')
  assert.equal(await accounts(`${CRM}.In(PropertyName=@p1,PropertyValues=@p2)`, inList), 'Litware')
  for (const [values, more] of [
    ["['O'Brian','O'Bryan']", ''],
    ['@p2', "&@p2=['O'Brian','O'Bryan']"],
  ] as const) {
    const answer = await ask('accounts', `${CRM}.In(PropertyName='accountnumber',PropertyValues=${values})`, more)
    expectRefusal(answer, 400, '0x8006088a', /^Invalid JSON\. A comma character ',' was expected in scope 'Array'\./)
  }
  const self = await ask('systemusers', `${CRM}.EqualUserId(PropertyName=@p1)`, `&@p1='systemuserid'&$select=fullname`)
  assert.equal(expectStatus(self, 200).body.value[0].systemuserid, user)
  const others = await ask('systemusers', `${CRM}.NotEqualUserId(PropertyName=@p1)`, `&@p1='systemuserid'&$select=systemuserid`)
  assert.ok(expectStatus(others, 200).body.value.every((row: { systemuserid: string }) => row.systemuserid !== user))
  expectRefusal(
    await ask('systemusers', `not ${CRM}.EqualUserId(PropertyName=@p1)`, `&@p1='systemuserid'`),
    400,
    '0x80060888',
    'Not operator along with the Custom Named Condition operators is not allowed',
  )
})

test('hierarchies', async () => {
  const tree = (name: string, id: string, property = 'accountid') => accounts(`${CRM}.${name}(PropertyName='${property}',PropertyValue='${id}')`)
  assert.equal(await tree('Under', litware), 'Adventure Fabrikam')
  assert.equal(await tree('UnderOrEqual', litware), 'Adventure Fabrikam Litware')
  assert.equal(await tree('NotUnder', litware), 'Coho Litware')
  assert.equal(await tree('Above', fabrikam), 'Litware')
  assert.equal(await tree('AboveOrEqual', fabrikam), 'Fabrikam Litware')
  assert.equal(await tree('UnderOrEqual', fabrikam, 'parentaccountid'), 'Adventure')
})

test('choices with several values', async () => {
  const table = await makeTable(api, 'new_Person', [column.choices('new_Hobbies', { 1: 'Swimming', 2: 'Hiking', 12: 'Chess' })])
  await makeRows(api, table, [{ new_name: 'a', new_hobbies: '1,2' }, { new_name: 'b', new_hobbies: '12' }, { new_name: 'c' }])
  const names = async (filter: string) =>
    expectStatus(await ask(table.set, filter, '&$orderby=new_name'), 200)
      .body.value.map((row: { new_name: string }) => row.new_name)
      .join('')
  assert.equal(await names(`${CRM}.ContainValues(PropertyName='new_hobbies',PropertyValues=['2','12'])`), 'ab')
  assert.equal(await names(`${CRM}.ContainValues(PropertyName='new_hobbies',PropertyValues=['1'])`), 'a')
  assert.equal(await names(`${CRM}.DoesNotContainValues(PropertyName='new_hobbies',PropertyValues=['1'])`), 'bc')
})

test('every query function there is answers', async () => {
  const shapes: Record<string, string> = {
    "PropertyName='createdon'":
      'Today Tomorrow Yesterday ThisWeek ThisMonth ThisYear ThisFiscalYear ThisFiscalPeriod LastWeek LastMonth LastYear LastFiscalYear LastFiscalPeriod Last7Days ' +
      'NextWeek NextMonth NextYear NextFiscalYear NextFiscalPeriod Next7Days',
    "PropertyName='ownerid'": 'EqualUserId NotEqualUserId EqualUserTeams EqualUserOrUserTeams EqualUserOrUserHierarchy EqualUserOrUserHierarchyAndTeams',
    "PropertyName='owningbusinessunit'": 'EqualBusinessId NotEqualBusinessId EqualRoleBusinessId',
    "PropertyName='utcconversiontimezonecode'": 'EqualUserLanguage',
    "PropertyName='createdon',PropertyValue=2":
      'LastXHours LastXDays LastXWeeks LastXMonths LastXYears LastXFiscalPeriods LastXFiscalYears NextXHours NextXDays NextXWeeks NextXMonths NextXYears ' +
      'NextXFiscalPeriods NextXFiscalYears OlderThanXMinutes OlderThanXHours OlderThanXDays OlderThanXWeeks OlderThanXMonths OlderThanXYears InFiscalPeriod',
    "PropertyName='createdon',PropertyValue='2024'": 'InFiscalYear',
    "PropertyName='createdon',PropertyValue=2024-05-01": 'On NotOn OnOrAfter OnOrBefore',
    "PropertyName='createdon',PropertyValue1=1,PropertyValue2=2024": 'InFiscalPeriodAndYear InOrAfterFiscalPeriodAndYear InOrBeforeFiscalPeriodAndYear',
    [`PropertyName='accountid',PropertyValue=${user}`]: 'Above AboveOrEqual Under UnderOrEqual NotUnder',
    "PropertyName='numberofemployees',PropertyValues=[1,2]": 'In NotIn Between NotBetween',
    "PropertyName='name',PropertyValue='x'": 'Contains',
  }
  for (const [parameters, names] of Object.entries(shapes))
    for (const name of names.split(' ')) expectStatus(await ask('accounts', `${CRM}.${name}(${parameters})`, '&$select=name'), 200)
  assert.equal(await accounts(`${CRM}.Today(PropertyName='createdon') and ${CRM}.OnOrAfter(PropertyName='createdon',PropertyValue='2024-01-01')`), ALL)
  assert.equal(await accounts(`${CRM}.ThisYear(PropertyName='primarycontactid/createdon')`), 'Litware')
  expectRefusal(await ask('accounts', `${CRM}.today(PropertyName='createdon')`), 400, '0x8006088a', /unknown function/)
  expectRefusal(await ask('accounts', `${CRM}.Today(PropertyName='nosuch')`), 400, '0x0', /nosuch/)
})

const ALL = 'Adventure Coho Fabrikam Litware'

test('nothing of all this was a bug', () =>
  assert.deepEqual(
    server.log.filter((line) => line.includes('"bug"')),
    [],
  ))
