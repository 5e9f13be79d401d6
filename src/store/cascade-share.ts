/**
 * Shares pass on to the rows that hang on a shared one, where their relationship says so (`share`, `unshare`): all of them (`Cascade`),
 * the active ones (`Active`), or those of the same owner (`UserOwned`). What a row inherits stands beside what it is given itself.
 * A row has one parent, so it inherits exactly what its parent has. A row that comes to hang on another inherits likewise (`reparent`).
 */
import type { Guid } from '../base/guid.ts'
import { isReference, type Reference } from '../plan/value.ts'
import { isLookup } from '../schema/column.ts'
import type { Cascade, OneToMany } from '../schema/relationship.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { findRow } from './find-row.ts'
import { perTableIn } from './per-table.ts'
import { ownerOf } from './owner-columns.ts'
import type { Values } from './resolve-lookups.ts'
import { findShare, saveShare, type ShareRow, sharesOf } from './share-table.ts'
import { pointsAt } from './sql/address-sql.ts'
import { name, nothing, type Sql, sql } from './sql/sql.ts'
import { storedName } from './sql/storage-names.ts'
import { statesOf } from './state-rules.ts'
import type { Work } from './write-work.ts'
import { lockRows } from './row-locks.ts'

const PAGE = 200

type Pending = { readonly table: Table; readonly id: Guid; readonly owner: Guid | undefined }

/** What a principal has on this row has become `mask`: so it has on the rows below. */
export async function cascadeShare(start: Pending, principal: Reference, mask: number, by: 'share' | 'unshare', work: Work): Promise<void> {
  const pending: Pending[] = [start]
  const seen = new Set([nameOf(start)])
  for (let row = pending.pop(); row; row = pending.pop()) {
    const below = row === start ? mask : sumOf(await findShare(referTo(row), principal, work))
    for (const relationship of passingOn(row.table, work)) {
      for await (const child of childrenOf(relationship, row, relationship.cascade[by], work)) {
        if (seen.has(nameOf(child))) continue
        seen.add(nameOf(child))
        const share = await findShare(referTo(child), principal, work)
        if (share.inherited === below) continue
        await saveShare(referTo(child), share, share.own, below, work)
        pending.push(child)
      }
    }
  }
}

/** Whether a lookup is set by which rows inherit shares: only then is there anything to do. */
export function setsInheritance(table: Table, values: Values, schema: Schema): boolean {
  for (const { referencingColumn } of inheritedBy(table, schema)) {
    const lookup = table.columns.get(referencingColumn)
    if (lookup && values.has(lookup)) return true
  }
  return false
}

/** After a row was written with these lookups: it inherits what its new parent has, and no more what an earlier one had. */
export async function inheritShares(table: Table, id: Guid, values: Values, work: Work, age: 'new' | 'known' = 'known'): Promise<void> {
  if (table.ownership !== 'user') return
  for (const relationship of inheritedBy(table, work.moment.schema)) {
    const lookup = table.columns.get(relationship.referencingColumn)
    const value = lookup && values.get(lookup)
    if (value === undefined) continue
    const parent = isReference(value) ? value : undefined
    // A polymorphic lookup has a relationship for each table: that of the parent's counts, any where it is cleared.
    if (parent && parent.table !== relationship.referencedTable) continue
    const given = parent ? await sharesOf(parent, work) : []
    if (given.length === 0 && age === 'new') return
    await inherit({ table, id }, given, relationship, parent, work)
    return
  }
}

async function inherit(row: { table: Table; id: Guid }, given: readonly ShareRow[], { cascade }: OneToMany, parent: Reference | undefined, work: Work) {
  const had = await sharesOf(referTo(row), work)
  if (given.length === 0 && had.every((share) => share.inherited === 0)) return
  // What hangs on it follows.
  const found = await findRow({ by: 'id', table: row.table, id: row.id }, work, 'forDelete')
  if (!found) return
  const child: Pending = { ...row, owner: found.owner?.id }
  const passes = parent !== undefined && (await isReached(cascade.reparent, found.state, child, parent, work))
  const masks = new Map(passes ? given.map((share) => [share.principal.id, sumOf(share)]) : [])
  const principals = new Map([...had, ...given].map((share) => [share.principal.id, share.principal]))
  for (const [id, principal] of principals) {
    const share = await findShare(referTo(row), principal, work)
    const inherited = masks.get(id) ?? 0
    if (share.inherited === inherited) continue
    await saveShare(referTo(row), share, share.own, inherited, work)
    await cascadeShare(child, principal, share.own | inherited, inherited === 0 ? 'unshare' : 'share', work)
  }
}

async function isReached(type: Cascade['reparent'], state: number | undefined, child: Pending, parent: Reference, work: Work): Promise<boolean> {
  if (type === 'Active') return state === undefined || state === statesOf(child.table)?.first
  if (type !== 'UserOwned') return type === 'Cascade'
  const table = work.moment.schema.tables.get(parent.table)
  const found = table && (await findRow({ by: 'id', table, id: parent.id }, work, 'forReference'))
  return found?.owner !== undefined && found.owner.id === child.owner
}

async function* childrenOf(relationship: OneToMany, parent: Pending, type: Cascade['share'], work: Work): AsyncGenerator<Pending> {
  const table = work.moment.schema.tables.get(relationship.referencingTable)
  const lookup = table?.columns.get(relationship.referencingColumn)
  const owner = table && ownerOf(table)?.owner
  const limited = table && conditionOf(type, table, parent)
  if (!table || !lookup || !isLookup(lookup) || !owner || !limited) return
  const [id, ownerName] = [name(table.primaryIdColumn), name(owner.logicalName)]
  let after = ''
  const condition = sql`${pointsAt(lookup, parent.table, parent.id)}${limited}`
  for (;;) {
    const page = await work.tx.all(sql`
      select ${id}, ${ownerName} from ${name(table.logicalName)} where ${condition} and ${id} > ${after} order by ${id} limit ${PAGE}`)
    const ids = page.map((row) => row[storedName(table.primaryIdColumn)] as Guid)
    const locked = new Set(await lockRows(table, ids, condition, 'forDelete', work))
    for (const row of page) {
      const childId = row[storedName(table.primaryIdColumn)] as Guid
      if (locked.has(childId)) yield { table, id: childId, owner: (row[storedName(owner.logicalName)] as Guid | null) ?? undefined }
    }
    if (page.length < PAGE) return
    after = page.at(-1)?.[storedName(table.primaryIdColumn)] as string
  }
}

/** Undefined: none of them. */
function conditionOf(type: Cascade['share'], table: Table, { owner }: Pending): Sql | undefined {
  switch (type) {
    case 'Cascade':
      return nothing
    case 'Active': {
      const states = statesOf(table)
      return states ? sql` and ${name(states.state.logicalName)} = ${states.first}` : nothing
    }
    case 'UserOwned':
      return owner === undefined ? undefined : sql` and ${name('ownerid')} = ${owner}`
    case 'NoCascade':
    case 'RemoveLink':
    case 'Restrict':
      return undefined
  }
}

function nameOf({ table, id }: Pending): string {
  return `${table.logicalName}:${id}`
}

function referTo({ table, id }: Pick<Pending, 'table' | 'id'>): Reference {
  return { table: table.logicalName, id }
}

export function sumOf({ own, inherited }: ShareRow): number {
  return own | inherited
}

function passingOn(table: Table, { moment }: Work): readonly OneToMany[] {
  // Pointers are their activities.
  return (moment.schema.referencedBy.get(table.logicalName) ?? []).filter((one) => one.referencingTable !== 'activitypointer')
}

const inheritedBy = perTableIn((table, schema): readonly OneToMany[] =>
  (schema.referencing.get(table.logicalName) ?? []).filter((one) => one.cascade.reparent !== 'NoCascade'),
)
