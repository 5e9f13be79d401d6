/**
 * Operation × privilege × depth × ownership, against the server: a user holds exactly what an operation needs, one of the rights at one
 * depth, and a row belongs to somebody somewhere in the tree of units. What is to come of it says an oracle that knows the documentation
 * and not the code. A denied cell changes nothing, and names the privilege. `npm run test:long` tries all cells, `npm test` a part.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { makeUserWith } from '../support/make-roles.ts'
import { makeTable } from '../support/make-table.ts'
import { bounded } from '../support/how-long.ts'
import { CREATIONS, type Operation, type Outcome, READS, WRITES } from '../support/rights-operations.ts'
import { DEPTHS, type Depth, isPlaceToCreate, PLACES, type Place, reaches, type Right } from '../support/rights-oracle.ts'
import { type Actor, type Cell, type Held, makeWorld, type World } from '../support/rights-world.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let world: World

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  world = await makeWorld(api)
})
after(() => server[Symbol.asyncDispose]())

const RIGHTS: readonly Right[] = ['Create', 'Read', 'Write', 'Delete', 'Append', 'AppendTo', 'Assign', 'Share']
/** Where a depth begins and ends, and one share: the others are tried in the long run. */
const tried: readonly Place[] = bounded(0, 1) === 1 ? PLACES : ['self', 'team', 'unit', 'far below', 'above', 'shared', 'half shared']

const heldBy = (needs: readonly Right[], varied: Right, depth: Depth): Held =>
  Object.fromEntries(needs.map((right) => [right, right === varied ? depth : ('global' satisfies Depth)]))

/** The rows of one actor, for operations that change none. */
const rowsOf = new Map<Actor, Map<string, Promise<Cell>>>()
function rowAt(place: Place, actor: Actor, varied: Right): Promise<Cell> {
  const rows = rowsOf.get(actor) ?? new Map<string, Promise<Cell>>()
  rowsOf.set(actor, rows)
  const name = place === 'half shared' ? `${place} ${varied}` : place
  const row = rows.get(name) ?? world.makeCell(place, actor, varied)
  rows.set(name, row)
  return row
}

function expectDenied({ status, text }: Outcome, missing: readonly Right[], what: string): void {
  assert.equal(status, 403, `${what}: ${status} ${text.slice(0, 300)}`)
  const { error } = JSON.parse(text)
  assert.equal(error.code, '0x80040220', what)
  assert.ok(
    missing.some((right) => new RegExp(`\\bprv${right}new_Cell\\b`).test(error.message)),
    `${what}: names none of ${missing.join()}: ${error.message}`,
  )
}

/** It tells nothing of the row but what the client has sent: neither its name nor its owner. */
function expectSilent({ text }: Outcome, cell: Cell, what: string): void {
  assert.ok(!text.includes(`Cell ${cell.code}`), `${what} tells the name: ${text.slice(0, 300)}`)
}

async function tryRead(operation: Operation, depth: Depth, place: Place): Promise<void> {
  const actor = await world.actorWith(heldBy(operation.needs, 'Read', depth))
  const cell = await rowAt(place, actor, 'Read')
  const what = `${operation.name}, Read at ${depth}, a row of ${place}`
  const outcome = await operation.run(actor.api, cell, world)
  if (depth === 'none' || (operation.denial === 'refuse' && !reaches(depth, place))) {
    expectDenied(outcome, ['Read'], what)
    expectSilent(outcome, cell, what)
    return
  }
  assert.equal(outcome.status, 200, `${what}: ${outcome.status} ${outcome.text.slice(0, 300)}`)
  if (operation.denial === 'refuse') return
  assert.equal(operation.knows?.(outcome.text, cell), reaches(depth, place), `${what}: ${outcome.text.slice(0, 600)}`)
  if (!reaches(depth, place)) expectSilent(outcome, cell, what)
}

async function tryWrite(operation: Operation, varied: Right, depth: Depth, place: Place): Promise<void> {
  const actor = await world.actorWith(heldBy(operation.needs, varied, depth))
  const what = `${operation.name}, ${varied} at ${depth}, a row of ${place}`
  const isAllowed = reaches(depth, place)
  // What is denied changes nothing, so that its row can be used again.
  const cell = isAllowed ? await world.makeCell(place, actor, varied) : await rowAt(place, actor, varied)
  await operation.prepare?.(world, cell, world)
  const before = isAllowed ? '' : await world.snapshot(cell)
  const outcome = await operation.run(actor.api, cell, world)
  if (isAllowed) {
    assert.ok(outcome.status === 204 || outcome.status === 200, `${what}: ${outcome.status} ${outcome.text.slice(0, 300)}`)
    return
  }
  expectDenied(outcome, [varied], what)
  expectSilent(outcome, cell, what)
  assert.equal(await world.snapshot(cell), before, `${what} changed something`)
}

describe('reading', () => {
  for (const operation of READS) {
    test(operation.name, async () => {
      for (const depth of DEPTHS) for (const place of tried) await tryRead(operation, depth, place)
    })
  }
})

describe('writing', () => {
  for (const operation of WRITES) {
    for (const varied of operation.needs) {
      test(`${operation.name}, by ${varied}`, async () => {
        for (const depth of DEPTHS) for (const place of tried) await tryWrite(operation, varied, depth, place)
      })
    }
  }
})

describe('creating', () => {
  let numbered = 0
  for (const creation of CREATIONS) {
    test(creation.name, async () => {
      for (const depth of DEPTHS) {
        const actor = await world.actorWith({ Create: depth })
        for (const place of tried.filter(isPlaceToCreate)) {
          const what = `${creation.name}, Create at ${depth}, for ${place}`
          const code = `New${++numbered}`
          const outcome = await creation.run(actor.api, world.ownerAt(place, actor), code, world)
          const { value } = (await api.get(`${world.cells.set}?$filter=new_code eq '${code}'&$select=_ownerid_value`)).body
          if (reaches(depth, place)) {
            assert.ok([200, 201, 204].includes(outcome.status), `${what}: ${outcome.status} ${outcome.text.slice(0, 300)}`)
            assert.equal(value.length, 1, what)
            assert.ok(world.ownerAt(place, actor).includes(value[0]._ownerid_value), what)
          } else {
            expectDenied(outcome, ['Create'], what)
            assert.deepEqual(value, [], what)
          }
        }
      }
    })
  }
})

describe('RetrievePrincipalAccess', () => {
  const ON_ROWS: readonly Right[] = RIGHTS.filter((right) => right !== 'Create')

  test('tells of a user what the oracle does, at every depth and place', async () => {
    for (const depth of DEPTHS) {
      const actor = await world.actorWith(Object.fromEntries(ON_ROWS.map((right) => [right, depth])))
      for (const place of tried) {
        const { id } = await rowAt(place, actor, 'Read')
        const path = `systemusers(${actor.id})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@p1)?@p1={'@odata.id':'${world.cells.set}(${id})'}`
        const { AccessRights } = expectStatus(await api.get(path), 200).body
        const reached = ON_ROWS.filter((right) => (place === 'half shared' && right !== 'Read' && depth !== 'none') || reaches(depth, place))
        const expected = reached.length === 0 ? ['None'] : reached.map((right) => `${right}Access`)
        assert.deepEqual(new Set(AccessRights.split(', ')), new Set(expected), `${depth}, a row of ${place}`)
      }
    }
  })
})

describe('by the role of a team', () => {
  const tried = [READS[0], READS.find(({ name }) => name === 'list'), READS.find(({ name }) => name === '$count'), WRITES[0]] as readonly Operation[]
  for (const operation of tried) {
    test(operation.name, async () => {
      for (const depth of DEPTHS) {
        const actor = await world.memberWith(heldBy(operation.needs, operation.needs[0] as Right, depth))
        for (const place of PLACES) {
          const cell = await rowAt(place, actor, operation.needs[0] as Right)
          const what = `${operation.name}, by a team's role at ${depth}, a row of ${place}`
          const outcome = await operation.run(actor.api, cell, world)
          if (depth === 'none' || (operation.denial === 'refuse' && !reaches(depth, place))) expectDenied(outcome, operation.needs, what)
          else if (operation.denial === 'hide') assert.equal(operation.knows?.(outcome.text, cell), reaches(depth, place), what)
          else assert.ok(outcome.status < 300, `${what}: ${outcome.status} ${outcome.text.slice(0, 300)}`)
        }
      }
    })
  }
})

describe('tables of other ownership', () => {
  test('users, teams and units are seen by the unit they are of, and oneself and one’s teams at basic depth', async () => {
    const { own, below, farBelow, beside, above } = world.units
    const units: Record<Depth, readonly string[]> = {
      none: [],
      basic: [],
      local: [own],
      deep: [own, below, farBelow],
      global: [own, below, farBelow, beside, above],
    }
    for (const depth of ['basic', 'local', 'deep', 'global'] as const) {
      const id = await makeUserWith(api, own, `Viewer ${depth}`, { prvReadUser: depth, prvReadTeam: depth, prvReadBusinessUnit: depth })
      const viewer = actingAs(api, id)
      for (const place of ['self', 'unit', 'below', 'far below', 'beside', 'above'] as const) {
        const user = place === 'self' ? `systemusers(${id})` : world.ownerAt(place, await world.actorWith({}))
        const answer = await viewer.get(`${user}?$select=fullname`)
        if (reaches(depth, place)) expectStatus(answer, 200)
        else assert.match(expectStatus(answer, 403).body.error.message, /prvReadUser\b/)
      }
      const seen = (await viewer.get('businessunits?$select=businessunitid')).body.value.map(({ businessunitid }: { businessunitid: string }) => businessunitid)
      assert.deepEqual(new Set(seen.filter((unit: string) => units.global.includes(unit))), new Set(units[depth]), depth)
      // Every user is in the default team of their unit.
      const teams = (await viewer.get('teams?$select=_businessunitid_value&$filter=isdefault eq true')).body.value
      const ofUnits = new Set(
        teams.map((team: { _businessunitid_value: string }) => team._businessunitid_value).filter((unit: string) => units.global.includes(unit)),
      )
      assert.deepEqual(ofUnits, new Set(depth === 'basic' ? [own] : units[depth]), depth)
    }
  })

  test('rows that belong to the organization are for whoever holds the privilege', async () => {
    const signs = await makeTable(api, 'new_Sign', [], { OwnershipType: 'OrganizationOwned' })
    const row = async () => createdId(await api.post(signs.set, { new_name: 'Exit' }))
    const ways: { readonly [right in 'Create' | 'Read' | 'Write' | 'Delete']: (as: Api) => Promise<Answer> } = {
      Create: (as) => as.post(signs.set, { new_name: 'New' }),
      Read: async (as) => as.get(`${signs.set}(${await row()})`),
      Write: async (as) => as.patch(`${signs.set}(${await row()})`, { new_name: 'Changed' }, { 'If-Match': '*' }),
      Delete: async (as) => as.delete(`${signs.set}(${await row()})`),
    }
    for (const held of Object.keys(ways)) {
      const holder = actingAs(api, await makeUserWith(api, world.units.own, `Holder of ${held}`, { [`prv${held}new_Sign`]: 'global' }))
      for (const [right, way] of Object.entries(ways)) {
        const answer = await way(holder)
        if (right === held) assert.ok(answer.status < 300, `${right}: ${answer.text}`)
        else assert.match(expectStatus(answer, 403).body.error.message, new RegExp(`prv${right}new_Sign\\b`))
      }
    }
  })

  test('pairs are for whoever may read both sides, and the side that is missing is named', async () => {
    const actor = await world.actorWith({})
    assert.match(expectStatus(await actor.api.get('new_cell_penset'), 403).body.error.message, /prvReadnew_Cell\b/)
  })
})

describe('exactly one privilege', () => {
  for (const operation of [...READS.slice(0, 3), ...WRITES]) {
    test(`${operation.name} needs ${operation.needs.join(' and ')}`, async () => {
      for (const right of RIGHTS) {
        if (operation.needs.every((one) => one === right)) continue
        const actor = await world.actorWith({ [right]: 'global' })
        const cell = await rowAt('unit', actor, 'Read')
        await operation.prepare?.(world, cell, world)
        const before = await world.snapshot(cell)
        const what = `${operation.name} with nothing but ${right}`
        expectDenied(
          await operation.run(actor.api, cell, world),
          operation.needs.filter((one) => one !== right),
          what,
        )
        assert.equal(await world.snapshot(cell), before, `${what} changed something`)
      }
    })
  }

  test('whoever holds nothing may do nothing', async () => {
    const actor = await world.actorWith({})
    const cell = await rowAt('self', actor, 'Read')
    const before = await world.snapshot(cell)
    for (const operation of [...READS, ...WRITES]) expectDenied(await operation.run(actor.api, cell, world), operation.needs, operation.name)
    assert.equal(await world.snapshot(cell), before)
  })
})
