/** Settings that are kept beside callers: whoever changes them at one server, the other goes by them from the answer on, whatever is written meanwhile. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createdId, expectStatus } from '../support/api.ts'
import { runBatch } from '../support/batch.ts'
import { startTwo } from '../support/postgres/two-servers.ts'

const FORMATTED = { Prefer: 'odata.include-annotations="*"' }
const ZONES = [
  [92, 'UTC'],
  [190, 'India'],
  [290, 'Japan'],
  [35, 'Eastern'],
] as const

test('a time zone that is set at one server is told by the other, also while both write', async () => {
  await using pair = await startTwo()
  const { one, two } = pair
  const me = expectStatus(await one.get('WhoAmI'), 200).body.UserId
  const id = createdId(await one.post('accounts', { name: 'Kept' }))
  const read = `accounts(${id})?$select=createdon`
  const hours = new Map<number, string>()
  let isOver = false
  const writers = [one, two].map(async (api) => {
    while (!isOver) expectStatus(await api.post('contacts', { lastname: 'Busy' }), 204)
  })
  try {
    for (let round = 0; round < 24; round++) {
      const [zone, name] = ZONES[round % ZONES.length] as (typeof ZONES)[number]
      const [writing, reading] = round % 2 === 0 ? [one, two] : [two, one]
      const change = { method: 'PATCH', url: `usersettingscollection(${me})`, body: { timezonecode: zone } }
      const answers = await runBatch(writing, [[change], { method: 'GET', url: read, headers: FORMATTED }])
      const there = expectStatus(await reading.get(read, FORMATTED), 200).body['createdon@OData.Community.Display.V1.FormattedValue']
      assert.ok(JSON.stringify(answers).includes(there), `${name}: ${there} at the other, and here ${JSON.stringify(answers)}`)
      assert.equal(there, hours.get(zone) ?? there, name)
      hours.set(zone, there)
    }
  } finally {
    isOver = true
    await Promise.all(writers)
  }
  assert.equal(new Set(hours.values()).size, ZONES.length)
})
