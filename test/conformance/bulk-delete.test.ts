/** `BulkDelete`: a job in the background deletes what queries find (webapi.md 5.5), told and canceled through its `asyncoperation`. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { changesSince, isDeleted, track } from '../support/follow-changes.ts'
import { type Body, column, makeLookup, makeRows, makeTable, type MadeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let parts: MadeTable
let boxes: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  boxes = await makeTable(api, 'new_Box')
  parts = await makeTable(api, 'new_Part', [column.whole('new_Number')], { ChangeTrackingEnabled: true })
  const seals = await makeTable(api, 'new_Seal')
  await makeLookup(api, { from: parts.name, to: boxes.name, SchemaName: 'new_BoxId', cascade: { Delete: 'Cascade' } })
  await makeLookup(api, { from: seals.name, to: parts.name, SchemaName: 'new_PartId', cascade: { Delete: 'Restrict' } })
})
after(() => server[Symbol.asyncDispose]())

const rowOf = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body
const makeParts = (name: string, count: number, more: Body = {}) =>
  makeRows(
    api,
    parts,
    Array.from({ length: count }, (_, n) => ({ new_name: name, new_number: n, ...more })),
  )
const countOf = async (name: string): Promise<number> => (await rowOf(`${parts.set}?$filter=new_name eq '${name}'&$count=true&$top=1`))['@odata.count']

type Condition = { readonly AttributeName: string; readonly Operator: string; readonly Values?: readonly unknown[] }
const query = (entity: string, ...Conditions: readonly Condition[]): Body => ({
  '@odata.type': 'Microsoft.Dynamics.CRM.QueryExpression',
  EntityName: entity,
  ColumnSet: { '@odata.type': 'Microsoft.Dynamics.CRM.ColumnSet', AllColumns: false, Columns: [] },
  Criteria: { '@odata.type': 'Microsoft.Dynamics.CRM.FilterExpression', FilterOperator: 'And', Conditions },
})
const named = (name: string): Condition => ({ AttributeName: 'new_name', Operator: 'Equal', Values: [{ Value: name, Type: 'System.String' }] })

/** As Microsoft's Python client sends it. */
const bulkDelete = (QuerySet: readonly Body[], more: Body = {}) =>
  api.post('BulkDelete', {
    JobName: 'Bulk delete',
    SendEmailNotification: false,
    ToRecipients: [],
    CCRecipients: [],
    RecurrencePattern: '',
    StartDateTime: new Date().toISOString(),
    QuerySet,
    ...more,
  })

async function jobOf(answer: Answer): Promise<string> {
  const { JobId } = expectStatus(answer, 200).body
  assert.match(JobId, /^[0-9a-f-]{36}$/)
  return JobId
}

/** The job's row once it is over, and its operation's. */
async function finished(jobId: string): Promise<{ readonly job: Answer['body']; readonly operation: Answer['body'] }> {
  for (let turn = 0; turn < 400; turn++) {
    const job = await rowOf(`asyncoperations(${jobId})`)
    const { value } = await rowOf(`bulkdeleteoperations?$filter=_asyncoperationid_value eq ${jobId}`)
    if (job.statecode === 3 && value[0].statecode === 3) return { job, operation: value[0] }
    await wait(25)
  }
  throw new Error('the job does not come to an end')
}

describe('BulkDelete', () => {
  test('deletes what the query finds, page after page, and nothing else', async () => {
    await makeParts('old', 180)
    await makeParts('new', 3)
    const link = await track(api, parts.set)
    const answer = await bulkDelete([query(parts.name, named('old'))])
    assert.equal(expectStatus(answer, 200).body['@odata.context'], `${api.root}/$metadata#Microsoft.Dynamics.CRM.BulkDeleteResponse`)
    const { job, operation } = await finished(await jobOf(answer))
    assert.deepEqual([job.name, job.operationtype, job.statuscode, job.messagename, job.primaryentitytype], ['Bulk delete', 13, 30, 'BulkDelete', parts.name])
    assert.ok(job.startedon && job.completedon)
    assert.deepEqual([operation.successcount, operation.failurecount, operation.statuscode, operation.isrecurring], [180, 0, 30, false])
    assert.deepEqual([await countOf('old'), await countOf('new')], [0, 3])
    // Each left its tombstone.
    assert.equal((await changesSince(api, link)).entries.filter(isDeleted).length, 180)
  })

  test("a list of ids, as Microsoft's Python client deletes one", async () => {
    const ids = [createdId(await api.post(parts.set, { new_name: 'a' })), createdId(await api.post(parts.set, { new_name: 'a' }))]
    const kept = createdId(await api.post(parts.set, { new_name: 'a' }))
    const Values = ids.map((Value) => ({ Value, Type: 'System.Guid' }))
    const { operation } = await finished(await jobOf(await bulkDelete([query(parts.name, { AttributeName: parts.id, Operator: 'In', Values })])))
    assert.equal(operation.successcount, 2)
    for (const id of ids) expectRefusal(await api.get(`${parts.set}(${id})`), 404, '0x80040217')
    expectStatus(await api.get(`${parts.set}(${kept})`), 200)
  })

  test('several queries, one after the other, with what hangs on their rows', async () => {
    const box = createdId(await api.post(boxes.set, { new_name: 'full' }))
    await makeParts('inside', 5, { 'new_BoxId@odata.bind': `/${boxes.set}(${box})` })
    await makeParts('outside', 2)
    const { operation } = await finished(await jobOf(await bulkDelete([query(boxes.name), query(parts.name, named('outside'))])))
    assert.deepEqual([operation.successcount, operation.processingqeindex], [3, 2])
    assert.deepEqual([await countOf('inside'), await countOf('outside')], [0, 0])
  })

  test('through a link, a row that is found twice is deleted once', async () => {
    const box = createdId(await api.post(boxes.set, { new_name: 'linked' }))
    await makeParts('linked', 60, { 'new_BoxId@odata.bind': `/${boxes.set}(${box})` })
    const other = createdId(await api.post(boxes.set, { new_name: 'linked' }))
    const LinkEntities = [
      {
        LinkFromEntityName: boxes.name,
        LinkFromAttributeName: boxes.id,
        LinkToEntityName: parts.name,
        LinkToAttributeName: 'new_boxid',
        JoinOperator: 'Inner',
        LinkCriteria: { FilterOperator: 'And', Conditions: [named('linked')] },
      },
    ]
    const { operation } = await finished(await jobOf(await bulkDelete([{ ...query(boxes.name), LinkEntities }])))
    assert.deepEqual([operation.successcount, operation.failurecount], [1, 0])
    expectRefusal(await api.get(`${boxes.set}(${box})`), 404, '0x80040217')
    expectStatus(await api.get(`${boxes.set}(${other})`), 200)
  })

  test('rows that others hold back are counted, and the rest is deleted', async () => {
    await makeParts('held', 70)
    const { value } = await rowOf(`${parts.set}?$filter=new_name eq 'held'&$select=${parts.id}&$top=4`)
    for (const row of value) createdId(await api.post('new_seals', { 'new_PartId@odata.bind': `/${parts.set}(${row[parts.id]})` }))
    const { job, operation } = await finished(await jobOf(await bulkDelete([query(parts.name, named('held'))])))
    assert.deepEqual([operation.successcount, operation.failurecount, job.statuscode], [66, 4, 30])
    assert.match(job.message, /associated with another object/)
    assert.equal(job.friendlymessage, '66 deleted, 4 could not be deleted.')
    assert.equal(await countOf('held'), 4)
  })

  test('a job that is to start later waits, and can be canceled', async () => {
    await makeParts('later', 2)
    const start = new Date(Date.now() + 3_600_000)
    const jobId = await jobOf(await bulkDelete([query(parts.name, named('later'))], { StartDateTime: start.toISOString() }))
    const job = await rowOf(`asyncoperations(${jobId})`)
    assert.deepEqual([job.statecode, job.statuscode, job.postponeuntil], [1, 10, `${start.toISOString().slice(0, 19)}Z`])
    expectStatus(await api.patch(`asyncoperations(${jobId})`, { statecode: 3, statuscode: 32 }), 204)
    await wait(300)
    assert.equal(await countOf('later'), 2)
  })

  test('a job begins when its time has come', async () => {
    await makeParts('soon', 2)
    const { job } = await finished(
      await jobOf(await bulkDelete([query(parts.name, named('soon'))], { StartDateTime: new Date(Date.now() + 1500).toISOString() })),
    )
    assert.deepEqual([job.statuscode, await countOf('soon')], [30, 0])
  })

  test('a place that a client has written into the job is none: it begins anew, and holds up no other', async () => {
    await makeParts('misled', 2)
    const jobId = await jobOf(await bulkDelete([query(parts.name, named('misled'))], { StartDateTime: new Date(Date.now() + 1000).toISOString() }))
    expectStatus(await api.patch(`asyncoperations(${jobId})`, { data: '[1,"x"]' }), 204)
    const { job } = await finished(jobId)
    assert.deepEqual([job.statuscode, await countOf('misled')], [30, 0])
  })

  test('a running job that is canceled ends where it is', async () => {
    await makeParts('many', 2000)
    const jobId = await jobOf(await bulkDelete([query(parts.name, named('many'))]))
    expectStatus(await api.patch(`asyncoperations(${jobId})`, { statecode: 3, statuscode: 32 }), 204)
    const { job, operation } = await finished(jobId)
    assert.deepEqual([job.statuscode, operation.statuscode], [32, 32])
    const left = await countOf('many')
    assert.ok(left > 0, 'the job was over before it could be canceled')
    assert.equal(left + operation.successcount, 2000)
    await wait(200)
    assert.equal(await countOf('many'), left)
  })

  test('the details are the server’s: a client reads and deletes them', async () => {
    const jobId = await jobOf(await bulkDelete([query(parts.name, named('nothing'))]))
    const { operation } = await finished(jobId)
    const path = `bulkdeleteoperations(${operation.bulkdeleteoperationid})`
    expectRefusal(await api.patch(path, { name: 'x' }), 400, '0x80060888')
    expectRefusal(await api.post('bulkdeleteoperations', { name: 'x' }), 400, '0x80060888')
    expectStatus(await api.delete(`asyncoperations(${jobId})`), 204)
    expectRefusal(await api.get(path), 404, '0x80040217')
  })
})

test('BulkDelete is refused where it asks for what is not there, and deletes nothing', async () => {
  await makeParts('kept', 2)
  const all = query(parts.name, named('kept'))
  expectRefusal(await bulkDelete([]), 400, '0x8006088a', /QuerySet/)
  expectRefusal(await bulkDelete([query('nosuch')]), 400, '0x80041102')
  expectRefusal(await bulkDelete([all, query(parts.name, { AttributeName: 'nosuch', Operator: 'Null' })]), 400, '0x80041103')
  expectRefusal(await bulkDelete([{ ...all, Critera: {} }]), 400, '0x80040203', /Critera/)
  expectRefusal(await bulkDelete([{ ...all, TopCount: 5 }]), 400, '0x80060888', /TopCount/)
  expectRefusal(await bulkDelete([query('organization')]), 400, '0x80060888')
  expectRefusal(await bulkDelete([query('activitypointer')]), 400, '0x80060888')
  expectRefusal(await bulkDelete([all], { RecurrencePattern: 'FREQ=DAILY;' }), 400, '0x80060888', /RecurrencePattern/)
  expectRefusal(await bulkDelete([all], { SendEmailNotification: true }), 400, '0x80060888', /SendEmailNotification/)
  expectRefusal(await bulkDelete([all], { StartDateTime: 'soon' }), 400, '0x8006088a', /StartDateTime/)
  expectRefusal(await bulkDelete([all], { JobName: undefined }), 400, '0x8004023a', /JobName/)
  expectRefusal(await bulkDelete([all], { Nosuch: 1 }), 400, '0x8006088a', /Nosuch/)
  expectRefusal(await api.post('BulkDelete', []), 400, '0x8006088a')
  expectRefusal(await api.get('BulkDelete'), 405, '0x8006088a')
  await wait(200)
  assert.equal(await countOf('kept'), 2)
})
