/**
 * A tree of business units with people in them, and tables that belong to users: where the matrix of rights is tried.
 * `new_cell` is what everything is done to; `new_watch` points at cells and is seen by all; `new_pen` holds cells and is seen by all.
 */
import assert from 'node:assert/strict'
import { actingAs } from './acting-as.ts'
import { type Api, createdId, expectStatus } from './api.ts'
import { makeTeam, makeUnit, makeUser } from './make-people.ts'
import { giveRole, grant, type Grants, joinTeam, makeRole, makeUserWith } from './make-roles.ts'
import { column, makeKey, makeLookup, makeManyToMany, makeTable, type MadeTable } from './make-table.ts'
import { DEPTHS, type Depth, type Place, type Right } from './rights-oracle.ts'

/** What a user holds on cells; on the other tables everybody holds everything. */
export type Held = { readonly [right in Right]?: Depth }

export type Actor = { readonly id: string; readonly api: Api; readonly team: string; readonly held: Held }
export type Cell = { readonly id: string; readonly code: string; readonly pen: string; readonly watch: string }

export type World = {
  readonly api: Api
  readonly cells: MadeTable
  readonly watches: MadeTable
  readonly pens: MadeTable
  readonly units: Readonly<Record<'own' | 'below' | 'farBelow' | 'beside' | 'above', string>>
  /** Owns nothing, and may read everything, so that they can be given any row. */
  readonly heir: string
  readonly actorWith: (held: Held) => Promise<Actor>
  /** The same by the role of a team of their unit, which its members inherit. */
  readonly memberWith: (held: Held) => Promise<Actor>
  readonly ownerAt: (place: Place, actor: Actor) => string
  /** `tried`: what a row that is half shared is not shared for. With a pen that holds it and a watch that points at it, both seen by all. */
  readonly makeCell: (place: Place, actor: Actor, tried: Right) => Promise<Cell>
  readonly snapshot: (cell: Cell) => Promise<string>
}

/** Somebody else's, and somebody of the unit beside shares it. */
function isShared(place: Place): place is 'shared' | 'shared with team' | 'half shared' {
  return place.includes('shared')
}

const EVERYTHING = 'ReadAccess,WriteAccess,AppendAccess,AppendToAccess,DeleteAccess,ShareAccess,AssignAccess'
const withoutRight = (right: Right): string =>
  EVERYTHING.split(',')
    .filter((name) => name !== `${right}Access`)
    .join()
const RIGHTS: readonly Right[] = ['Create', 'Read', 'Write', 'Delete', 'Append', 'AppendTo', 'Assign', 'Share']

export async function makeWorld(api: Api): Promise<World> {
  const cells = await makeTable(api, 'new_Cell', [column.text('new_Code', { MaxLength: 100 }), column.whole('new_Amount')])
  const watches = await makeTable(api, 'new_Watch')
  const pens = await makeTable(api, 'new_Pen')
  await makeKey(api, cells.name, 'new_CellCode', ['new_code'])
  await makeLookup(api, { from: watches.name, to: cells.name, SchemaName: 'new_CellId' })
  await makeLookup(api, { from: cells.name, to: pens.name, SchemaName: 'new_PenId' })
  await makeManyToMany(api, cells.name, pens.name, 'new_cell_pen')
  const above = await makeUnit(api, 'Above')
  const own = await makeUnit(api, 'Own', above)
  const beside = await makeUnit(api, 'Beside', above)
  const below = await makeUnit(api, 'Below', own)
  const farBelow = await makeUnit(api, 'Far below', below)
  const personIn = (unit: string, name: string) => makeUserWith(api, unit, name, { prvReadnew_Cell: 'global' })
  const people = {
    above: await personIn(above, 'Abe'),
    unit: await personIn(own, 'Una'),
    beside: await personIn(beside, 'Bea'),
    below: await personIn(below, 'Bob'),
    'far below': await personIn(farBelow, 'Fay'),
  }
  const heir = await personIn(above, 'Hera')
  // What everybody holds on the tables around.
  const around: Record<string, 'global'> = {}
  for (const table of ['new_Watch', 'new_Pen']) for (const right of RIGHTS) around[`prv${right}${table}`] = 'global'
  const aroundRole = await makeRole(api, own, 'Around', around)
  const actors = new Map<string, Promise<Actor>>()
  const roles = new Map<string, Promise<string>>()
  let made = 0

  function roleOf(right: Right, depth: Exclude<Depth, 'none'>): Promise<string> {
    const name = `prv${right}new_Cell`
    const known = roles.get(name + depth) ?? makeRole(api, own, `${name} ${depth}`, { [name]: depth } satisfies Grants)
    roles.set(name + depth, known)
    return known
  }

  async function makeActor(held: Held): Promise<Actor> {
    const id = await makeUser(api, `Actor${++made}`, { 'businessunitid@odata.bind': `/businessunits(${own})` })
    const team = await makeTeam(api, `Team of actor ${made}`, beside)
    await joinTeam(api, team, id)
    await giveRole(api, `systemusers(${id})`, aroundRole)
    for (const [right, depth] of Object.entries(held) as [Right, Depth][]) {
      if (depth !== 'none') await giveRole(api, `systemusers(${id})`, await roleOf(right, depth))
    }
    return { id, api: actingAs(api, id), team, held }
  }

  async function memberWith(held: Held): Promise<Actor> {
    const actor = await makeActor({})
    const team = await makeTeam(api, `Holder ${made}`, own)
    await joinTeam(api, team, actor.id)
    for (const [right, depth] of Object.entries(held) as [Right, Depth][]) {
      if (depth !== 'none') await giveRole(api, `teams(${team})`, await roleOf(right, depth))
    }
    return { ...actor, held }
  }

  const ownerAt = (place: Place, actor: Actor): string => {
    if (place === 'self') return `systemusers(${actor.id})`
    if (place === 'team') return `teams(${actor.team})`
    return `systemusers(${people[isShared(place) ? 'beside' : place]})`
  }

  let numbered = 0
  async function makeCell(place: Place, actor: Actor, tried: Right): Promise<Cell> {
    const code = `C${++numbered}`
    const pen = createdId(await api.post(pens.set, { new_name: `Pen of ${code}` }))
    const body = { new_name: `Cell ${code}`, new_code: code, new_amount: 7, 'new_PenId@odata.bind': `/${pens.set}(${pen})` }
    const id = createdId(await api.post(cells.set, { ...body, 'ownerid@odata.bind': `/${ownerAt(place, actor)}` }))
    const watch = createdId(await api.post(watches.set, { new_name: `Watch of ${code}`, 'new_CellId@odata.bind': `/${cells.set}(${id})` }))
    const target = { table: cells.name, idColumn: cells.id, id }
    if (place === 'shared') expectStatus(await grant(api, target, { table: 'systemuser', id: actor.id }, EVERYTHING), 204)
    if (place === 'shared with team') expectStatus(await grant(api, target, { table: 'team', id: actor.team }, EVERYTHING), 204)
    if (place === 'half shared') expectStatus(await grant(api, target, { table: 'systemuser', id: actor.id }, withoutRight(tried)), 204)
    return { id, code, pen, watch }
  }

  /** The row, its links and its shares as the administrator sees them, version included. */
  async function snapshot({ id, watch }: Cell): Promise<string> {
    const row = await api.get(`${cells.set}(${id})`)
    const pensOf = await api.get(`${cells.set}(${id})/new_cell_pen/$ref`)
    const pointing = await api.get(`${watches.set}(${watch})?$select=_new_cellid_value`)
    const shares = await api.get(`principalobjectaccessset?$filter=objectid eq ${id}&$orderby=principalid`)
    assert.equal(pointing.status, 200, pointing.text)
    return [row.text, pensOf.text, pointing.text, shares.text].join('\n')
  }

  const actorWith = (held: Held): Promise<Actor> => {
    const name = RIGHTS.map((right) => `${right} ${DEPTHS.indexOf(held[right] ?? 'none')}`).join()
    const known = actors.get(name) ?? makeActor(held)
    actors.set(name, known)
    return known
  }
  return { api, cells, watches, pens, units: { own, below, farBelow, beside, above }, heir, actorWith, memberWith, ownerAt, makeCell, snapshot }
}
