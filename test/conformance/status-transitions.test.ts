/** Which status may follow which: defined as metadata, enforced on updates, asked by IsValidStateTransition. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { type MadeTable, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let orders: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  orders = await makeTable(api, 'new_Order', [])
  const label = (Label: string) => ({ LocalizedLabels: [{ Label, LanguageCode: 1033 }] })
  const status = { EntityLogicalName: orders.name, AttributeLogicalName: 'statuscode' }
  expectStatus(await api.post('InsertStatusValue', { ...status, StateCode: 0, Value: 3, Label: label('Packed') }), 200)
  expectStatus(await api.post('InsertStatusValue', { ...status, StateCode: 1, Value: 4, Label: label('Shipped') }), 200)
})
after(() => server[Symbol.asyncDispose]())

const definition = () => `EntityDefinitions(LogicalName='${orders.name}')`
const column = () => `${definition()}/Attributes(LogicalName='statuscode')/Microsoft.Dynamics.CRM.StatusAttributeMetadata`
const xml = (from: number, ...to: number[]) =>
  `<allowedtransitions xmlns="http://schemas.microsoft.com/crm/2009/WebServices">${to
    .map((one) => `<allowedtransition sourcestatusid="${from}" tostatusid="${one}" />`)
    .join('')}</allowedtransitions>`

async function transitions(data: { readonly [status: number]: string }) {
  const body = expectStatus(await api.get(`${column()}?$expand=OptionSet`), 200).body
  for (const option of body.OptionSet.Options) option.TransitionData = data[option.Value] ?? option.TransitionData
  return api.put(`${definition()}/Attributes(LogicalName='statuscode')`, { ...body, '@odata.type': 'Microsoft.Dynamics.CRM.StatusAttributeMetadata' })
}

async function enforce(EnforceStateTransitions: boolean) {
  const body = expectStatus(await api.get(definition()), 200).body
  expectStatus(await api.put(definition(), { ...body, EnforceStateTransitions }), 204)
}

const make = async () => `${orders.set}(${createdId(await api.post(orders.set, {}))})`
const statusOf = async (row: string) => expectStatus(await api.get(row), 200).body.statuscode
const isValid = async (row: string, state: string, status: number): Promise<boolean> =>
  expectStatus(await api.get(`IsValidStateTransition(Entity=@p1,NewState=@p2,NewStatus=@p3)?@p1={"@odata.id":"${row}"}&@p2='${state}'&@p3=${status}`), 200).body
    .IsValid

test('what is defined is shown, and holds nobody until the table enforces it', async () => {
  expectStatus(await transitions({ 1: xml(1, 3, 2), 3: xml(3, 4) }), 204)
  const { OptionSet } = expectStatus(await api.get(`${column()}?$expand=OptionSet`), 200).body
  assert.deepEqual(
    OptionSet.Options.map((option: { Value: number; TransitionData: string | null }) => [option.Value, option.TransitionData]),
    [
      [1, xml(1, 3, 2)],
      [2, null],
      [3, xml(3, 4)],
      [4, null],
    ],
  )
  assert.equal(expectStatus(await api.get(definition()), 200).body.EnforceStateTransitions, false)
  const row = await make()
  assert.equal(await isValid(row, 'Inactive', 4), true)
  expectStatus(await api.patch(row, { statuscode: 4 }), 204)
})

test('enforced, a row goes only where its status leads, and a refused update changes nothing', async () => {
  await enforce(true)
  assert.equal(expectStatus(await api.get(definition()), 200).body.EnforceStateTransitions, true)
  const row = await make()
  assert.deepEqual([await isValid(row, 'Inactive', 4), await isValid(row, 'Active', 3), await isValid(row, 'Inactive', 2)], [false, true, true])
  expectRefusal(await api.patch(row, { statuscode: 4, new_name: 'shipped' }), 400, '0x8004f858')
  assert.deepEqual([await statusOf(row), expectStatus(await api.get(row), 200).body.new_name], [1, null])
  expectStatus(await api.patch(row, { statuscode: 3 }), 204)
  expectRefusal(await api.patch(row, { statuscode: 1 }), 400, '0x80048408')
  expectRefusal(await api.patch(row, { statecode: 1 }), 400, '0x8004f858')
  expectStatus(await api.patch(row, { statuscode: 3, new_name: 'packed' }), 204)
  expectStatus(await api.patch(row, { statuscode: 4 }), 204)
  // Its status says nothing of where it leads.
  expectStatus(await api.patch(row, { statecode: 0 }), 204)
  expectStatus(await transitions({ 4: xml(4) }), 204)
  expectStatus(await api.patch(row, { statuscode: 3 }), 204)
  expectStatus(await api.patch(row, { statuscode: 4 }), 204)
  expectRefusal(await api.patch(row, { statecode: 0, new_name: 'back' }), 400, '0x8004f857')
  assert.equal(await statusOf(row), 4)
  await enforce(false)
  expectStatus(await api.patch(row, { statecode: 0 }), 204)
})

test('a definition that makes no sense is refused', async () => {
  for (const data of [xml(2, 1), xml(1, 77), '<transitions />', 'nothing', '<allowedtransitions><other /></allowedtransitions>'])
    expectStatus(await transitions({ 1: data }), 400)
})
