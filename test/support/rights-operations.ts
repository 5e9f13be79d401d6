/**
 * What is tried in the matrix of rights: everything a client can do to a row, with the rights on the row that the documentation asks for.
 * Where the row is out of reach, most are refused (`refuse`); a query answers without it (`hide`).
 */
import assert from 'node:assert/strict'
import type { Api } from './api.ts'
import { batchBody, postBatch, readBatch } from './batch.ts'
import { grant, modify, revoke } from './make-roles.ts'
import type { Right } from './rights-oracle.ts'
import type { Cell, World } from './rights-world.ts'

export type Outcome = { readonly status: number; readonly text: string }

export type Operation = {
  readonly name: string
  readonly needs: readonly Right[]
  readonly denial: 'refuse' | 'hide'
  readonly run: (as: Api, cell: Cell, world: World) => Promise<Outcome>
  /** What has to be there before: done by the administrator. */
  readonly prepare?: (by: { readonly api: Api }, cell: Cell, world: World) => Promise<void>
  /** Of a query: whether its answer knows of the row. */
  readonly knows?: (text: string, cell: Cell) => boolean
}

/** Creating is about an owner, not about a row. */
export type Creation = { readonly name: string; readonly run: (as: Api, owner: string, code: string, world: World) => Promise<Outcome> }

const COLLECTION = 'new_new_pen_new_cell_new_PenId'
const at = ({ cells }: World, { id }: Cell) => `${cells.set}(${id})`
const byKey = ({ cells }: World, { code }: Cell) => `${cells.set}(new_code='${code}')`
const fetch = (set: string, xml: string) => `${set}?fetchXml=${encodeURIComponent(`<fetch>${xml}</fetch>`)}`
const typed = ({ cells }: World, members: object) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${cells.name}`, ...members })
const target = ({ cells }: World, { id }: Cell) => ({ table: cells.name, idColumn: cells.id, id })
const heir = ({ heir: id }: World) => ({ table: 'systemuser', id }) as const

const one = (name: string, needs: readonly Right[], run: Operation['run']): Operation => ({ name, needs, denial: 'refuse', run })
const query = (name: string, path: (cell: Cell, world: World) => string, knows = mentions): Operation => ({
  name,
  needs: ['Read'],
  denial: 'hide',
  run: (as, cell, world) => as.get(path(cell, world)),
  knows,
})

function mentions(text: string, { id, code }: Cell): boolean {
  return text.includes(id) || text.includes(`Cell ${code}"`) || text.includes(`"${code}"`)
}

/** Of answers that hold the row's name, where its id is known anyway. */
function names(text: string, { code }: Cell): boolean {
  return text.includes(`Cell ${code}`)
}
const counts = (text: string) => text.replace('\ufeff', '') !== '0'
const hasRows = (text: string) => JSON.parse(text).value.length > 0
const sums = (text: string) => /"sum":7/.test(text)

export const READS: readonly Operation[] = [
  one('read', ['Read'], (as, cell, world) => as.get(at(world, cell))),
  one('read by key', ['Read'], (as, cell, world) => as.get(byKey(world, cell))),
  one('read a value', ['Read'], (as, cell, world) => as.get(`${at(world, cell)}/new_name`)),
  one('read a raw value', ['Read'], (as, cell, world) => as.get(`${at(world, cell)}/new_name/$value`)),
  one('read its owner', ['Read'], (as, cell, world) => as.get(`${at(world, cell)}/new_PenId`)),
  one('read with shares', ['Read'], (as, cell, world) => as.get(`RetrieveSharedPrincipalsAndAccess(Target=@p1)?@p1={'@odata.id':'${at(world, cell)}'}`)),
  one('read through a path', ['Read'], (as, { watch }, { watches }) => as.get(`${watches.set}(${watch})/new_CellId`)),
  query('list', (_, { cells }) => cells.set),
  query('list of references', (_, { cells }) => `${cells.set}/$ref`),
  query('$filter', ({ code }, { cells }) => `${cells.set}?$filter=new_code eq '${code}'`),
  query('$filter by id', ({ id }, { cells }) => `${cells.set}?$select=new_name&$filter=${cells.id} eq ${id}`),
  query('$orderby and $top', ({ code }, { cells }) => `${cells.set}?$filter=startswith(new_code,'${code}')&$orderby=new_code desc&$top=5`),
  query('$count', ({ code }, { cells }) => `${cells.set}/$count?$filter=new_code eq '${code}'`, counts),
  query(
    '$count=true',
    ({ code }, { cells }) => `${cells.set}?$count=true&$top=1&$select=new_amount&$filter=new_code eq '${code}'`,
    (text) => !/count":0/.test(text),
  ),
  query('$expand of a collection', ({ pen }, { pens, cells }) => `${pens.set}(${pen})?$expand=${COLLECTION}($select=new_name,${cells.id})`),
  query('$expand of collections of a page', ({ pen }, { pens }) => `${pens.set}?$filter=${pens.id} eq ${pen}&$expand=${COLLECTION}($select=new_name)`),
  query('$expand of a row', ({ watch }, { watches }) => `${watches.set}(${watch})?$select=new_name&$expand=new_CellId($select=new_name)`, names),
  query('collection by path', ({ pen }, { pens }) => `${pens.set}(${pen})/${COLLECTION}`),
  query('count of a collection by path', ({ pen }, { pens }) => `${pens.set}(${pen})/${COLLECTION}/$count`, counts),
  query('references of a collection', ({ pen }, { pens }) => `${pens.set}(${pen})/${COLLECTION}/$ref`),
  query('$filter along a path', ({ code }, { watches }) => `${watches.set}?$filter=new_CellId/new_code eq '${code}'`, hasRows),
  query('any', ({ code }, { pens }) => `${pens.set}?$filter=${COLLECTION}/any(c:c/new_code eq '${code}')`, hasRows),
  query(
    'not any',
    ({ code, pen }, { pens }) => `${pens.set}?$filter=${pens.id} eq ${pen} and not ${COLLECTION}/any(c:c/new_code eq '${code}')`,
    (text) => !hasRows(text),
  ),
  query(
    'all',
    ({ code, pen }, { pens }) => `${pens.set}?$filter=${pens.id} eq ${pen} and ${COLLECTION}/all(c:c/new_code ne '${code}')`,
    (text) => !hasRows(text),
  ),
  query('aggregate', ({ code }, { cells }) => `${cells.set}?$apply=filter(new_code eq '${code}')/aggregate(new_amount with sum as sum)`, sums),
  query('groupby', ({ code }, { cells }) => `${cells.set}?$apply=filter(new_code eq '${code}')/groupby((new_name))`),
  query('groupby along a path', ({ watch }, { watches }) => `${watches.set}?$apply=filter(${watches.id} eq ${watch})/groupby((new_CellId/new_name))`, names),
  query('FetchXML', ({ code }, { cells }) =>
    fetch(cells.set, `<entity name="${cells.name}"><all-attributes/><filter><condition attribute="new_code" operator="eq" value="${code}"/></filter></entity>`),
  ),
  query(
    'FetchXML aggregate',
    ({ code }, { cells }) =>
      `${cells.set}?fetchXml=${encodeURIComponent(`<fetch aggregate="true"><entity name="${cells.name}"><attribute name="new_amount" aggregate="sum" alias="sum"/><filter><condition attribute="new_code" operator="eq" value="${code}"/></filter></entity></fetch>`)}`,
    sums,
  ),
  ...['inner', 'outer', 'any', 'exists', 'in', 'matchfirstrowusingcrossapply'].map((type) => linkTo(type)),
  ...['not any', 'not all', 'all'].map((type) => linkWithout(type)),
  query('?sql=', ({ code }, { cells }) => `${cells.set}?sql=${encodeURIComponent(`select new_name from ${cells.name} where new_code = '${code}'`)}`, names),
  {
    ...query('in a batch', () => ''),
    run: async (as, { code }, world) =>
      batched(as, [{ method: 'GET', url: `/api/data/v9.2/${world.cells.set}?$filter=new_code eq '${code}'`.replaceAll(' ', '%20') }]),
  },
]

/** Watches, linked with the cell that they point at. */
function linkTo(type: string): Operation {
  const shown = type === 'inner' || type === 'outer' || type === 'matchfirstrowusingcrossapply'
  const column = shown ? '<attribute name="new_name" alias="cellname"/>' : ''
  const link = (inner: string, { cells }: World) =>
    `<link-entity name="${cells.name}" from="${cells.id}" to="new_cellid" link-type="${type}">${column}${inner}</link-entity>`
  return query(
    `FetchXML link ${type}`,
    ({ watch, code }, world) => {
      const condition = type === 'outer' ? '' : `<filter><condition attribute="new_code" operator="eq" value="${code}"/></filter>`
      const own = `<filter><condition attribute="${world.watches.id}" operator="eq" value="${watch}"/></filter>`
      // Of rows below another these stand inside a filter.
      const isFilter = type === 'any'
      const linked = link(condition, world)
      const inside = isFilter ? `<filter><condition attribute="${world.watches.id}" operator="eq" value="${watch}"/>${linked}</filter>` : `${own}${linked}`
      return fetch(world.watches.set, `<entity name="${world.watches.name}"><attribute name="new_name"/>${inside}</entity>`)
    },
    shown ? names : hasRows,
  )
}

/** Pens that are there because such a cell is not: one out of sight is none. `all` is documented as: there are cells, and none meets the filter. */
function linkWithout(type: string): Operation {
  return query(
    `FetchXML link ${type}`,
    ({ pen, code }, { pens, cells }) => {
      const condition = `<filter><condition attribute="new_code" operator="${type === 'all' ? 'ne' : 'eq'}" value="${code}"/></filter>`
      const link = `<link-entity name="${cells.name}" from="new_penid" to="${pens.id}" link-type="${type}">${condition}</link-entity>`
      const filter = `<filter><condition attribute="${pens.id}" operator="eq" value="${pen}"/>${link}</filter>`
      return fetch(pens.set, `<entity name="${pens.name}"><attribute name="new_name"/>${filter}</entity>`)
    },
    type === 'not any' ? (text) => !hasRows(text) : hasRows,
  )
}

async function batched(as: Api, items: Parameters<typeof batchBody>[0], headers: { readonly [name: string]: string } = {}): Promise<Outcome> {
  const answer = await postBatch(as, batchBody(items), headers)
  // The first part that fails ends the batch, with its status.
  if (!answer.headers['content-type']?.startsWith('multipart')) return answer
  const [item] = readBatch(answer)
  const part = item?.kind === 'part' ? item.part : item?.parts[0]
  assert.ok(part, answer.text)
  return { status: part.status, text: part.text }
}

const bind = (world: World, { pen }: Cell) => ({ 'new_PenId@odata.bind': `/${world.pens.set}(${pen})` })

export const WRITES: readonly Operation[] = [
  one('update', ['Write'], (as, cell, world) => as.patch(at(world, cell), { new_name: 'Changed' }, { 'If-Match': '*' })),
  one('update by key', ['Write'], (as, cell, world) => as.patch(byKey(world, cell), { new_name: 'Changed' }, { 'If-Match': '*' })),
  one('update of a value', ['Write'], (as, cell, world) => as.put(`${at(world, cell)}/new_name`, { value: 'Changed' })),
  one('deletion of a value', ['Write'], (as, cell, world) => as.delete(`${at(world, cell)}/new_name`)),
  one('upsert', ['Write'], (as, cell, world) => as.patch(at(world, cell), { new_name: 'Changed' })),
  one('upsert by key', ['Write'], (as, cell, world) => as.patch(byKey(world, cell), { new_name: 'Changed' })),
  one('state', ['Write'], (as, cell, world) => as.patch(at(world, cell), { statecode: 1, statuscode: 2 })),
  one('assign', ['Assign', 'Read'], (as, cell, world) => as.patch(at(world, cell), { 'ownerid@odata.bind': `/systemusers(${world.heir})` })),
  one('assign with an update', ['Assign', 'Read', 'Write'], (as, cell, world) =>
    as.patch(at(world, cell), { new_name: 'Changed', 'ownerid@odata.bind': `/systemusers(${world.heir})` }),
  ),
  one('delete', ['Delete'], (as, cell, world) => as.delete(at(world, cell))),
  one('delete by key', ['Delete'], (as, cell, world) => as.delete(byKey(world, cell))),
  one('bind a lookup', ['Write', 'Append'], (as, cell, world) => as.patch(at(world, cell), bind(world, cell))),
  one('be bound by a lookup', ['AppendTo'], (as, cell, world) =>
    as.patch(`${world.watches.set}(${cell.watch})`, { 'new_CellId@odata.bind': `/${at(world, cell)}` }),
  ),
  one('be bound by a created row', ['AppendTo'], (as, cell, world) => as.post(world.watches.set, { 'new_CellId@odata.bind': `/${at(world, cell)}` })),
  one('associate many to many', ['Append'], (as, cell, world) =>
    as.post(`${at(world, cell)}/new_cell_pen/$ref`, { '@odata.id': `${as.root}/${world.pens.set}(${cell.pen})` }),
  ),
  one('associate many to many from the other side', ['Append'], (as, cell, world) =>
    as.post(`${world.pens.set}(${cell.pen})/new_cell_pen/$ref`, { '@odata.id': `${as.root}/${at(world, cell)}` }),
  ),
  {
    ...one('disassociate many to many', ['Append'], (as, cell, world) => as.delete(`${at(world, cell)}/new_cell_pen(${cell.pen})/$ref`)),
    prepare: async ({ api }, cell, world) => {
      await api.post(`${at(world, cell)}/new_cell_pen/$ref`, { '@odata.id': `${api.root}/${world.pens.set}(${cell.pen})` })
    },
  },
  one('set a reference', ['Write', 'Append'], (as, cell, world) =>
    as.put(`${at(world, cell)}/new_PenId/$ref`, { '@odata.id': `${as.root}/${world.pens.set}(${cell.pen})` }),
  ),
  one('clear a reference', ['Write'], (as, cell, world) => as.delete(`${at(world, cell)}/new_PenId/$ref`)),
  one('add to a collection', ['Write', 'Append'], (as, cell, world) =>
    as.post(`${world.pens.set}(${cell.pen})/${COLLECTION}/$ref`, { '@odata.id': `${as.root}/${at(world, cell)}` }),
  ),
  one('take out of a collection', ['Write'], (as, cell, world) => as.delete(`${world.pens.set}(${cell.pen})/${COLLECTION}(${cell.id})/$ref`)),
  one('bind into the collection of a created row', ['Write', 'Append'], (as, cell, world) =>
    as.post(world.pens.set, { [`${COLLECTION}@odata.bind`]: [`/${at(world, cell)}`] }),
  ),
  one('share', ['Share', 'Read'], (as, cell, world) => grant(as, target(world, cell), heir(world), 'ReadAccess')),
  one('share of writing', ['Share', 'Write'], (as, cell, world) => grant(as, target(world, cell), heir(world), 'WriteAccess')),
  one('modify a share', ['Share', 'Delete'], (as, cell, world) => modify(as, target(world, cell), heir(world), 'DeleteAccess')),
  one('revoke a share', ['Share'], (as, cell, world) => revoke(as, target(world, cell), heir(world))),
  one('UpdateMultiple', ['Write'], (as, cell, world) =>
    as.post(`${world.cells.set}/Microsoft.Dynamics.CRM.UpdateMultiple`, { Targets: [typed(world, { [world.cells.id]: cell.id, new_name: 'Changed' })] }),
  ),
  one('UpsertMultiple', ['Write'], (as, cell, world) =>
    as.post(`${world.cells.set}/Microsoft.Dynamics.CRM.UpsertMultiple`, { Targets: [typed(world, { '@odata.id': byKey(world, cell), new_name: 'Changed' })] }),
  ),
  one('DeleteMultiple', ['Delete'], (as, cell, world) =>
    as.post(
      `${world.cells.set}/Microsoft.Dynamics.CRM.DeleteMultiple`,
      { Targets: [typed(world, { [world.cells.id]: cell.id })] },
      { Prefer: 'tidemark.delete-multiple' },
    ),
  ),
  one('update in a batch', ['Write'], (as, cell, world) =>
    batched(as, [{ method: 'PATCH', url: `/api/data/v9.2/${at(world, cell)}`, body: { new_name: 'Changed' }, headers: { 'If-Match': '*' } }]),
  ),
  one('delete in a change set', ['Delete'], (as, cell, world) => batched(as, [[{ method: 'DELETE', url: `/api/data/v9.2/${at(world, cell)}` }]])),
]

const newCell = (owner: string, code: string) => ({ new_name: `Cell ${code}`, new_code: code, 'ownerid@odata.bind': `/${owner}` })

export const CREATIONS: readonly Creation[] = [
  { name: 'create', run: (as, owner, code, { cells }) => as.post(cells.set, newCell(owner, code)) },
  { name: 'create by upsert', run: (as, owner, code, { cells }) => as.patch(`${cells.set}(new_code='${code}')`, newCell(owner, code)) },
  {
    name: 'CreateMultiple',
    run: (as, owner, code, world) => as.post(`${world.cells.set}/Microsoft.Dynamics.CRM.CreateMultiple`, { Targets: [typed(world, newCell(owner, code))] }),
  },
  {
    name: 'create in a change set',
    run: (as, owner, code, { cells }) => batched(as, [[{ method: 'POST', url: `/api/data/v9.2/${cells.set}`, body: newCell(owner, code) }]]),
  },
]
