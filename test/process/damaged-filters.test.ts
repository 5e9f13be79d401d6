/** Filters that were damaged on their way – something missing, doubled, exchanged – are answered or refused, never with a 5xx. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Api, apiOf, createdId } from '../support/api.ts'
import { damageOf, damaged } from '../support/any-damage.ts'
import { bounded } from '../support/how-long.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const FILTERS = bounded(3_000, 100_000)
const ROUND = 100
const AT_ONCE = 10

const GOOD = [
  "name eq 'O''Neil' and (revenue gt 5000.50 or not contains(description,'x%_[a-b]')) and primarycontactid/createdby/fullname ne null",
  "contact_customer_accounts/any(c:c/jobtitle eq 'buyer' and c/Contact_Tasks/all(o:o/description ne 'N/A' or o/subject eq c/fullname))",
  'Account_Tasks/any() and not account_parent_account/any(a:a/Account_Tasks/any(t:t/statecode eq 1) and a/name ne $it/name)',
  "Microsoft.Dynamics.CRM.In(PropertyName='accountnumber',PropertyValues=[\"O'Brian\",'a',5]) and Microsoft.Dynamics.CRM.Today(PropertyName='createdon')",
  "Microsoft.Dynamics.CRM.Between(PropertyName=@p1,PropertyValues=@p2) or Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7) eq true",
  "Microsoft.Dynamics.CRM.InFiscalPeriodAndYear(PropertyName='createdon',PropertyValue1=2,PropertyValue2=2024) and createdon ge 2024-05-01T10:00:00.5+02:00",
  "contact_customer_accounts/any(o1:(o1/Microsoft.Dynamics.CRM.NotIn(PropertyName='lastname',PropertyValues=['1','2'])))",
  "Microsoft.Dynamics.CRM.UnderOrEqual(PropertyName='accountid',PropertyValue='6f0c2b1e-0000-4000-8000-000000000001') and creditonhold",
  "ownerid/Microsoft.Dynamics.CRM.systemuser/fullname eq @p3 and name in ('a',null,@p1) and _parentaccountid_value eq 6f0c2b1e-0000-4000-8000-000000000001",
  "((numberofemployees lt 5) eq false) and statecode eq 0 and 1 eq 1 and primarycontactid/Microsoft.Dynamics.CRM.On(PropertyName='createdon',PropertyValue=2024-05-01)",
  "tolower(name) eq 'x' or length(name) gt 3 or year(createdon) eq 2024 or numberofemployees add 1 mod 2 eq 0 or $it/name has Sales.Color'Red'",
]
/** Of which something whole may be left. */
const SHORT = [
  "name eq 'some text that is long' or name eq 'another'",
  'revenue gt 100000000 and revenue lt 2000000000000',
  "contact_customer_accounts/any(each:each/lastname ne 'some longer text')",
  "Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=['a long text','and another','and one more'])",
]
const ALIASES = `@p1='numberofemployees'&@p2=["5",20]&@p3=null`

const anyCuts = damageOf(
  String.raw`'  ''  (  )  [  ]  {  "  ,  =  :  /  .  -  @  @p2  $it  $  \  %00  0  5  e  null  and  or  not  eq  in  any(  all(o:  o/  Microsoft.Dynamics.CRM.`,
)

/** Pieces of one filter in the place of pieces of another: what is whole by itself, where it does not belong. */
const anyCrossed = fc
  .tuple(fc.constantFrom(...GOOD), fc.constantFrom(...GOOD), fc.array(fc.nat(40), { minLength: 2, maxLength: 6 }))
  .map(([one, other, cuts]) => {
    const [from, to] = [piecesOf(one), piecesOf(other)]
    for (const [index, cut] of cuts.entries()) from[cut % from.length] = to[(cut * 7 + index) % to.length] ?? ''
    return from.join('')
  })
const anyFilter = fc.oneof(
  fc.tuple(fc.constantFrom(...GOOD), anyCuts).map(([text, cuts]) => damaged(text, cuts)),
  fc.tuple(fc.constantFrom(...SHORT), anyCuts).map(([text, cuts]) => damaged(text, cuts.slice(0, 1))),
  anyCrossed,
  fc.tuple(anyCrossed, anyCuts).map(([text, cuts]) => damaged(text, cuts)),
)

function piecesOf(text: string): string[] {
  return text.match(/\w+|'[^']*'|\s+|./gs) ?? []
}

let server: TestServer
let api: Api

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  const account = createdId(await api.post('accounts', { name: 'a', numberofemployees: 7 }))
  createdId(await api.post('contacts', { lastname: 'b', 'parentcustomerid_account@odata.bind': `/accounts(${account})` }))
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

async function ask(filter: string): Promise<number> {
  const { status, body, text } = await api.get(`accounts?$select=name&$filter=${encodeURIComponent(filter.toWellFormed())}&${ALIASES.replaceAll('"', '%22')}`)
  assert.ok(status === 200 || (status >= 400 && status < 500) || status === 501, `${status} for ${filter}: ${text.slice(0, 300)}`)
  if (status !== 200) assert.ok(body?.error?.code && body.error.message, `${filter}: ${text.slice(0, 300)}`)
  return status
}

test('the whole ones are good, but for what Dataverse lacks', async () => {
  assert.deepEqual(
    await Promise.all([...SHORT, ...GOOD].map(ask)),
    [...SHORT, ...GOOD].map((_, index, all) => (index === all.length - 1 ? 400 : 200)),
  )
})

test(`${FILTERS} damaged filters`, async (t) => {
  const statuses = new Map<number, number>()
  const rounds = fc.asyncProperty(fc.array(anyFilter, { minLength: ROUND, maxLength: ROUND, size: 'max' }), async (filters) => {
    for (let at = 0; at < filters.length; at += AT_ONCE)
      for (const status of await Promise.all(filters.slice(at, at + AT_ONCE).map(ask))) statuses.set(status, (statuses.get(status) ?? 0) + 1)
  })
  await fc.assert(rounds, { numRuns: FILTERS / ROUND, endOnFailure: true })
  t.diagnostic([...statuses].map(([status, count]) => `${status}: ${count}`).join(', '))
  assert.deepEqual(
    server.log.filter((line) => line.includes('"bug"')),
    [],
  )
  assert.ok((statuses.get(200) ?? 0) > FILTERS / 50, 'some are still good')
})
