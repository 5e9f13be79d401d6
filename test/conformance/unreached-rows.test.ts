/**
 * Generated writes of somebody who may create and change rows of their own, and nothing else: whatever they send, the rows of others,
 * their links and shares, and the definitions stay as they are, to the version.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { actingAs } from '../support/acting-as.ts'
import { type AnyRequest, anyRequest } from '../support/any-request.ts'
import type { Ground } from '../support/any-words.ts'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { type HiddenGround, layHiddenGround } from '../support/hidden-ground.ts'
import { bounded } from '../support/how-long.ts'
import { makeUnit } from '../support/make-people.ts'
import { type Grants, makeUserWith } from '../support/make-roles.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const REQUESTS = bounded(1_000, 40_000)
const ROUND = 250
const AT_ONCE = 8

let server: TestServer
let api: Api
let scene: HiddenGround
let busyId: string
let own: Ground

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  scene = await layHiddenGround(api)
  const grants: Record<string, 'basic'> = {}
  for (const table of ['new_Part', 'Account', 'Contact', 'Activity']) {
    for (const right of ['Create', 'Read', 'Write', 'Append', 'AppendTo']) grants[`prv${right}${table}`] = 'basic'
  }
  busyId = await makeUserWith(api, await makeUnit(api, 'Busy'), 'Busy', grants satisfies Grants)
  own = await layOwn(actingAs(api, busyId))
})
after(() => server[Symbol.asyncDispose]())

async function layOwn(busy: Api): Promise<Ground> {
  const contact = createdId(await busy.post('contacts', { lastname: 'Alder' }))
  const account = createdId(await busy.post('accounts', { name: 'Maker', 'primarycontactid@odata.bind': `/contacts(${contact})` }))
  const part = createdId(await busy.post('new_parts', { new_number: 'B-1', new_stock: 1, 'new_MakerId@odata.bind': `/accounts(${account})` }))
  return { part, account, contact }
}

const OWNED = ['accounts', 'contacts', 'new_parts', 'tasks', 'activitypointers', 'userqueries']
const OTHERS =
  'systemusers  teams  businessunits  roles  organizations  principalobjectaccessset  usersettingscollection  savedqueries  systemuserrolescollection'.split(
    '  ',
  )

/** All that does not belong to the writer, as the administrator sees it. */
async function snapshot(): Promise<readonly string[]> {
  const owned = OWNED.map((set) => `${set}?$filter=_ownerid_value ne ${busyId}&$orderby=createdon`)
  // Of pairs those that join rows of others.
  const pairs = 'new_parts?$select=new_partid&$expand=new_part_contact($select=contactid)'
  const answers = await Promise.all([...owned, ...OTHERS, `${pairs}&$filter=_ownerid_value ne ${busyId}`].map((path) => api.get(path)))
  const { ServerVersionStamp } = expectStatus(await api.get('RetrieveMetadataChanges'), 200).body
  // Behind the schema's version stands the time at which it was asked for.
  return [...answers.map((answer) => expectStatus(answer, 200).text), ServerVersionStamp.split('!')[0]]
}

async function sendAll(requests: readonly AnyRequest[]): Promise<readonly Answer[]> {
  const busy = actingAs(api, busyId)
  const answers: Answer[] = []
  let next = 0
  async function work(): Promise<void> {
    while (next < requests.length) {
      const index = next++
      const { method, path, headers, body } = requests[index] as AnyRequest
      answers[index] = await busy.send(method, path, { headers, ...(body !== undefined && { raw: body }) })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return answers
}

test(`${REQUESTS} generated writes leave the rows of others as they are`, async (t) => {
  let [done, denied] = [0, 0]
  const isWriter = ({ method, headers }: AnyRequest) => method !== 'GET' && method !== 'HEAD' && !Object.keys(headers).some((name) => /caller/i.test(name))
  const anyWrite = fc.oneof(anyRequest(own), anyRequest(scene.ground), anyRequest(scene.hidden)).filter(isWriter)
  const rounds = fc.asyncProperty(fc.array(anyWrite, { minLength: ROUND, maxLength: ROUND, size: 'max' }), async (requests) => {
    const before = await snapshot()
    const answers = await sendAll(requests)
    done += answers.filter(({ status }) => status < 300).length
    denied += answers.filter(({ status }) => status === 403).length
    assert.deepEqual(await snapshot(), before)
  })
  await fc.assert(rounds, { numRuns: REQUESTS / ROUND, endOnFailure: true })
  t.diagnostic(`${done} were done, ${denied} denied`)
  assert.ok(done > REQUESTS / 50, `only ${done} were done`)
  assert.ok(denied > REQUESTS / 20, `only ${denied} were denied`)
})
