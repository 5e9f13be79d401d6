/**
 * CreateMultiple, UpdateMultiple, UpsertMultiple, DeleteMultiple → one plan of many rows, all or nothing (sync.md 3.5 and 7).
 * `{"@odata.type":"Microsoft.Dynamics.CRM.account","@odata.id":"accounts(accountnumber='A1')","name":"A"}`: the type is mandatory;
 * a row is named by its id column or by `@odata.id`, and a key column in the item is data.
 * Items that name one row twice are found by the run, since one may name it by id and the other by key.
 */
import { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Precondition } from '../protocol/precondition.ts'
import type { RowBody } from '../protocol/row-json.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { bindReference } from './bind-address.ts'
import { bindNewRow, type Chance, refuseFixedTable } from './bind-row.ts'
import { planAddressed } from './plan-write.ts'
import type { RowAddress } from './row-address.ts'
import type { Bulk, DeleteRow, WriteRow } from './write-plan.ts'

export type BulkAction = 'CreateMultiple' | 'UpdateMultiple' | 'UpsertMultiple' | 'DeleteMultiple'

/** The original ignores preconditions inside bulk actions. */
const NONE: Precondition = { kind: 'none' }

/** `deleteMultiple`: the preference `tidemark.delete-multiple`, without which standard tables do not have that action. */
export function planBulk(action: BulkAction, table: Table, targets: readonly RowBody[], deleteMultiple: boolean, schema: Schema, chance: Chance): Bulk {
  for (const target of targets) {
    if (target.type === undefined) throw fail('BadPayload', table.entitySetName, "every item of 'Targets' needs '@odata.type'.")
  }
  switch (action) {
    case 'CreateMultiple':
      return { kind: 'bulk', action: 'create', table, rows: targets.map((target) => bindNewRow(target, table, schema, chance)) }
    case 'UpdateMultiple':
      return { kind: 'bulk', action: 'update', table, rows: targets.map((target) => planItem(target, table, 'update', schema, chance)) }
    case 'UpsertMultiple':
      return { kind: 'bulk', action: 'upsert', table, rows: targets.map((target) => planItem(target, table, 'upsert', schema, chance)) }
    case 'DeleteMultiple':
      if (!deleteMultiple) throw fail('NotImplemented', action)
      return { kind: 'bulk', action: 'delete', table, rows: targets.map((target) => planDeletion(target, table, schema)) }
  }
}

function planItem(target: RowBody, table: Table, verb: 'update' | 'upsert', schema: Schema, chance: Chance): WriteRow {
  const address = addressOf(target, table, schema)
  if (address) return planAddressed(address, target, verb, NONE, undefined, schema, chance)
  // O-12: an item without identity is created.
  if (verb === 'upsert') return bindNewRow(target, table, schema, chance)
  throw noIdentity(table)
}

function planDeletion(target: RowBody, table: Table, schema: Schema): DeleteRow {
  refuseFixedTable(table, 'Delete')
  if (target.type !== table.logicalName)
    throw fail('BadPayload', table.entitySetName, `a row of type '${target.type}' is given where '${table.logicalName}' is expected.`)
  const other = target.members.find((member) => member.kind !== 'value' || member.name !== table.primaryIdColumn)
  if (other) throw fail('BadPayload', table.entitySetName, "an item of DeleteMultiple holds nothing but the row's id.")
  const address = addressOf(target, table, schema)
  if (!address) throw noIdentity(table)
  return { kind: 'delete-row', table, address, precondition: NONE }
}

/** The id column, else `@odata.id`. Where both are given the id column counts, as in an Entity with Id and KeyAttributes (sync.md 2.3). */
export function addressOf(target: RowBody, table: Table, schema: Schema): RowAddress | undefined {
  const named = target.id && bindReference(target.id, schema, [table.logicalName])
  const id = idOf(target, table)
  if (id === undefined) return named
  if (named?.by === 'id' && named.id !== id) throw fail('BadPayload', table.entitySetName, `'@odata.id' and '${table.primaryIdColumn}' name different rows.`)
  return { by: 'id', table, id }
}

function idOf(target: RowBody, table: Table): Guid | undefined {
  const member = target.members.find((one) => one.kind === 'value' && one.name === table.primaryIdColumn)
  if (member?.kind !== 'value' || member.value === null) return undefined
  const id = typeof member.value === 'string' ? Guid.parse(member.value) : undefined
  if (!id) throw fail('WrongType', table.entitySetName, table.primaryIdColumn, 'Edm.Guid')
  // The empty guid is what an id looks like that was never set.
  return id === Guid.empty ? undefined : id
}

function noIdentity(table: Table): Error {
  return fail('BadPayload', table.entitySetName, `an item names no row: give '${table.primaryIdColumn}' or '@odata.id'.`)
}
