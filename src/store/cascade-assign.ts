/**
 * Rows that hang on a row whose owner has changed get the new owner too, where their relationship says so: all of them (`Cascade`),
 * the active ones (`Active`), or those of the old owner (`UserOwned`). A row that has the new owner already is left alone, and so is
 * what hangs on it: thereby it ends, also where rows point at each other in a ring.
 */
import { assert } from '../base/assert.ts'
import type { Guid } from '../base/guid.ts'
import type { Reference } from '../plan/value.ts'
import type { OneToMany } from '../schema/relationship.ts'
import type { Table } from '../schema/table.ts'
import { updatePointer } from './activity-pointer.ts'
import { auditChange, beforeChange, isAuditing } from './audit-changes.ts'
import { followLookups, followOwner, ownerOf } from './owner-columns.ts'
import type { Values } from './resolve-lookups.ts'
import { pointsAt } from './sql/address-sql.ts'
import { name, type Sql, sql } from './sql/sql.ts'
import { storedName } from './sql/storage-names.ts'
import { updateRow } from './sql/write-row.ts'
import { statesOf } from './state-rules.ts'
import { stampModified } from './system-columns.ts'
import type { Work } from './write-work.ts'
import { lockRows } from './row-locks.ts'

const PAGE = 200

type Pending = { readonly table: Table; readonly id: Guid }

export async function cascadeAssign(table: Table, id: Guid, before: Reference, after: Reference, work: Work): Promise<void> {
  const pending: Pending[] = [{ table, id }]
  for (let row = pending.pop(); row; row = pending.pop()) {
    for (const relationship of work.moment.schema.referencedBy.get(row.table.logicalName) ?? []) {
      const child = work.moment.schema.tables.get(relationship.referencingTable)
      // Pointers follow their activities.
      if (!child || child.logicalName === 'activitypointer' || !ownerOf(child) || relationship.cascade.assign === 'NoCascade') continue
      await assignPages(child, relationship, row, { before, after }, pending, work)
    }
  }
}

async function assignPages(child: Table, relationship: OneToMany, parent: Pending, owners: Owners, pending: Pending[], work: Work): Promise<void> {
  const condition = conditionOf(child, relationship, parent, owners)
  if (!condition) return
  const id = name(child.primaryIdColumn)
  for (;;) {
    // Assigned rows no longer match, so each page is the first.
    const page = await work.tx.all(sql`select ${id} from ${name(child.logicalName)} where ${condition} limit ${PAGE}`)
    const ids = page.map((row) => row[storedName(child.primaryIdColumn)] as Guid)
    for (const childId of await lockRows(child, ids, condition, 'forUpdate', work)) {
      await assignRow(child, childId, owners.after, work)
      pending.push({ table: child, id: childId })
    }
    if (page.length < PAGE) return
  }
}

type Owners = { readonly before: Reference; readonly after: Reference }

function conditionOf(child: Table, { referencingColumn, cascade }: OneToMany, parent: Pending, { before, after }: Owners): Sql | undefined {
  const owner = ownerOf(child)?.owner
  const lookup = child.columns.get(referencingColumn)
  assert(owner && lookup, `${child.logicalName}.${referencingColumn} cannot cascade an owner`)
  const hanging = sql`${pointsAt(lookup, parent.table, parent.id)} and (${name(owner.logicalName)} is null or ${name(owner.logicalName)} <> ${after.id})`
  switch (cascade.assign) {
    case 'Cascade':
      return hanging
    case 'Active': {
      const states = statesOf(child)
      return states ? sql`${hanging} and ${name(states.state.logicalName)} = ${states.first}` : hanging
    }
    case 'UserOwned':
      return sql`${hanging} and ${name(owner.logicalName)} = ${before.id}`
    case 'NoCascade':
    case 'RemoveLink':
    case 'Restrict':
      return undefined
  }
}

async function assignRow(table: Table, id: Guid, owner: Reference, work: Work): Promise<void> {
  const column = ownerOf(table)?.owner
  assert(column, `${table.logicalName} has no owner`)
  const values: Values = new Map([[column, owner]])
  const afterwards = await work.moment.events?.begin({ message: 'Update', table, id, values }, work)
  followLookups(table, values)
  await followOwner(table, values, work)
  stampModified(table, values, work.moment)
  const before = isAuditing(table, work) ? await beforeChange(table, id, values, work) : undefined
  await updateRow(work.tx, table, id, values)
  if (before) await auditChange(table, id, before, values, work)
  await updatePointer(table, id, values, work)
  await afterwards?.()
}
