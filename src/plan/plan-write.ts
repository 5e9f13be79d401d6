/**
 * Requests that write one row → plans: create, update and upsert, one property, delete.
 * The verb is decided here, from the precondition, and nobody looks at it again: none → upsert, `If-Match: *` or a version → update,
 * `If-None-Match: *` → create (sync.md 3.2). References (`$ref`) are planned in `plan-references.ts`, bulk actions in `plan-bulk.ts`.
 */
import { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Precondition } from '../protocol/precondition.ts'
import type { RowBody } from '../protocol/row-json.ts'
import { isLookup, isStateColumn } from '../schema/column.ts'
import { standsBesideLookup } from '../schema/entity-name.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { childColumn } from './bind-navigation.ts'
import { bindNewRow, bindRow, type Chance, isFixedTable, refuseFixedTable, type Verb } from './bind-row.ts'
import { bindValue, type Scalar } from './bind-value.ts'
import { primaryId } from './find-column.ts'
import type { ReadRow } from './read-plan.ts'
import type { RowAddress } from './row-address.ts'
import type { Assignment, DeleteRow, WriteRow } from './write-plan.ts'

/** `returns`: the row to give back (`return=representation`); its address is put in by the run. */
export function planCreate(table: Table, body: RowBody, returns: ReadRow | undefined, schema: Schema, chance: Chance): WriteRow {
  return { ...bindNewRow(body, table, schema, chance), returns }
}

/** `POST accounts(…)/Account_Tasks`: a row created in another row's collection. */
export function planCreateChild(
  parent: RowAddress,
  navigationName: string,
  body: RowBody,
  returns: ReadRow | undefined,
  schema: Schema,
  chance: Chance,
): WriteRow {
  const navigation = schema.navigations.get(parent.table.logicalName)?.get(navigationName)
  if (!navigation) throw fail('UnknownResource', navigationName)
  if (navigation.kind === 'many-to-many') {
    const row = bindNewRow(body, navigation.target, schema, chance)
    const link = { kind: 'bind-linked', relationship: navigation.relationship, side: navigation.side === 1 ? 2 : 1, other: parent } as const
    return { ...row, attachments: [...row.attachments, link], returns }
  }
  if (navigation.kind !== 'many') throw fail('MethodNotAllowed', 'POST', 'GET')
  const column = childColumn(navigation.target, navigation.relationship, 'Create')
  const row = bindNewRow(body, navigation.target, schema, chance, 1, column)
  return { ...row, assignments: [...row.assignments, { column, find: parent }], returns }
}

/** PATCH of a row. */
export function planUpdate(
  address: RowAddress,
  body: RowBody,
  precondition: Precondition,
  returns: ReadRow | undefined,
  schema: Schema,
  chance: Chance,
): WriteRow {
  return planAddressed(address, body, verbOf(precondition), precondition, returns, schema, chance)
}

/** A body for a row whose address is known: PATCH, and the items of UpdateMultiple and UpsertMultiple. */
export function planAddressed(
  address: RowAddress,
  body: RowBody,
  asked: Verb,
  precondition: Precondition,
  returns: ReadRow | undefined,
  schema: Schema,
  chance: Chance,
): WriteRow {
  const { table } = address
  refuseFixedTable(table, 'Update')
  // The organization is patched without If-Match too; where it is not there, it is not made.
  const verb = asked === 'upsert' && isFixedTable(table, 'Create') ? 'update' : asked
  if (verb === 'create') refuseFixedTable(table, 'Create')
  if (verb !== 'update') checkKeyValues(address, schema)
  // Bound as an upsert, because a PATCH creates no nested rows; then only what a create may set.
  const { assignments: all } = bindRow(body, table, verb === 'create' ? 'upsert' : verb, schema, chance)
  const assignments = withoutOwnId(address, verb === 'create' ? all.filter(({ column }) => column.isValidForCreate || isStateColumn(column)) : all)
  return { kind: 'write-row', table, verb, address, precondition, assignments, attachments: [], newId: chance.newId(), returns }
}

/** `PUT accounts(…)/name {"value":"x"}`: an update that never creates. */
export function planPropertyPut(address: RowAddress, name: string, value: Scalar, precondition: Precondition, schema: Schema, chance: Chance): WriteRow {
  const { table } = address
  refuseFixedTable(table, 'Update')
  if (precondition.kind === 'absent') throw fail('BadRequest', 'If-None-Match: * asks for a row to be created; a property belongs to an existing one.')
  refuseVersionIsNot(precondition)
  const column = table.columns.get(name)
  if (!column?.isValidForRead) throw fail('UnknownResource', name)
  // Not for navigation properties: those have $ref (webapi.md 5.3).
  if (isLookup(column)) throw fail('BadRequest', `'${name}' is a navigation property; set it with PUT ${name}/$ref.`)
  if ((!column.isValidForUpdate && !isStateColumn(column)) || (column.type === 'entityname' && standsBesideLookup(table, column)))
    throw fail('ReadOnlyColumn', table.entitySetName, name)
  if (address.by === 'key' && address.key.columns.includes(name))
    throw fail('BadRequest', `'${name}' is part of the key in the URL; address the row by its id to change it.`)
  const bound = bindValue(table, column, value, schema)
  if (bound === null && column.requiredLevel === 'SystemRequired') throw fail('RequiredColumn', name)
  const assignments = [{ column, value: bound }]
  return { kind: 'write-row', table, verb: 'update', address, precondition, assignments, attachments: [], newId: chance.newId(), returns: undefined }
}

/** `DELETE accounts(…)/name`: sets null. */
export function planPropertyDelete(address: RowAddress, name: string, precondition: Precondition, schema: Schema, chance: Chance): WriteRow {
  return planPropertyPut(address, name, null, precondition, schema, chance)
}

export function planDelete(address: RowAddress, precondition: Precondition): DeleteRow {
  refuseFixedTable(address.table, 'Delete')
  if (precondition.kind === 'absent') throw fail('BadRequest', 'If-None-Match: * cannot be sent with DELETE.')
  refuseVersionIsNot(precondition)
  return { kind: 'delete-row', table: address.table, address, precondition }
}

function verbOf(precondition: Precondition): Verb {
  switch (precondition.kind) {
    case 'none':
      return 'upsert'
    case 'exists':
    case 'version-is':
      return 'update'
    case 'absent':
      return 'create'
    case 'version-is-not':
      throw versionIsNot()
  }
}

function refuseVersionIsNot(precondition: Precondition): void {
  if (precondition.kind === 'version-is-not') throw versionIsNot()
}

function versionIsNot(): Error {
  return fail('BadRequest', 'If-None-Match with an ETag is for reading; on a write it can only be *.')
}

/** A row that is created takes its id or its key values from the URL: they have to fit their columns, and no row has the empty guid. */
function checkKeyValues(address: RowAddress, schema: Schema): void {
  if (address.by === 'id') {
    if (address.id === Guid.empty) throw fail('InvalidArgument', 'Expected non-empty Guid.')
    return
  }
  for (const { column, value } of address.parts) {
    if (!isLookup(column) && (typeof value === 'string' || typeof value === 'number')) bindValue(address.table, column, value, schema)
  }
}

/** The id in the body may repeat the URL's. Under a key it stays, to be compared with the row that is found. */
function withoutOwnId(address: RowAddress, assignments: readonly Assignment[]): readonly Assignment[] {
  if (address.by === 'key') return assignments
  const id = primaryId(address.table)
  const given = assignments.find((one) => one.column === id)
  if (!given) return assignments
  if ('value' in given && given.value !== address.id) throw differentId(address.table)
  return assignments.filter((one) => one !== given)
}

function differentId(table: Table): Error {
  return fail('BadRequest', `The '${table.primaryIdColumn}' in the body is not that of the row in the URL.`)
}
