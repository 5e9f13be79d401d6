/**
 * A row of a request body → what is assigned to its columns and what is hung on it.
 * `{"name":"A","primarycontactid@odata.bind":"/contacts(…)","Account_Tasks":[{"subject":"x"}]}`
 * Columns that the server keeps (`createdon`, `fullname`, `versionnumber` …) are passed over as in Dataverse, so that a row that was
 * read can be sent back; `_x_value` is refused, as there. Nested rows are created on create alone ("deep insert").
 */
import { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { RowBody } from '../protocol/row-json.ts'
import { type Column, isLookup, isStateColumn } from '../schema/column.ts'
import { standsBesideLookup } from '../schema/entity-name.ts'
import type { Schema } from '../schema/schema.ts'
import { SERVERS_TABLES } from '../schema/servers-tables.ts'
import type { Table } from '../schema/table.ts'
import { bindBound, bindNested } from './bind-navigation.ts'
import { bindValue, type Scalar } from './bind-value.ts'
import { findLookup } from './find-column.ts'
import { isPrincipal } from '../schema/principal.ts'
import type { Assignment, Attachment, WriteRow } from './write-plan.ts'

export type Chance = { readonly newId: () => Guid }
export type Verb = WriteRow['verb']

/** A row being bound. `assigned`: each column once. `lookups`: the member that gave a lookup, which has several names. */
export type RowBinding = {
  readonly table: Table
  readonly verb: Verb
  readonly schema: Schema
  readonly chance: Chance
  /** 1 for the row that the request is about. */
  readonly depth: number
  readonly assigned: Map<Column, Assignment>
  readonly lookups: Map<Column, string>
  readonly attachments: Attachment[]
}

/** `parentColumn`: the lookup that a deep insert fills with the parent; the nested row may not give it itself. */
export function bindNewRow(body: RowBody, table: Table, schema: Schema, chance: Chance, depth = 1, parentColumn?: Column): WriteRow {
  refuseFixedTable(table, 'Create')
  if (body.id) throw fail('BadPayload', table.entitySetName, "'@odata.id' names an existing row; it cannot be given with a row to create.")
  const { assignments, attachments } = bindRow(body, table, 'create', schema, chance, depth, parentColumn)
  return {
    kind: 'write-row',
    table,
    verb: 'create',
    address: undefined,
    precondition: { kind: 'none' },
    assignments,
    attachments,
    newId: chance.newId(),
    returns: undefined,
  }
}

export function bindRow(
  body: RowBody,
  table: Table,
  verb: Verb,
  schema: Schema,
  chance: Chance,
  depth = 1,
  parentColumn?: Column,
): { readonly assignments: readonly Assignment[]; readonly attachments: readonly Attachment[] } {
  if (body.type !== undefined && body.type !== table.logicalName) {
    throw fail('BadPayload', table.entitySetName, `a row of type 'Microsoft.Dynamics.CRM.${body.type}' is given where '${table.logicalName}' is expected.`)
  }
  const row: RowBinding = { table, verb, schema, chance, depth, assigned: new Map(), lookups: new Map(), attachments: [] }
  for (const member of body.members) {
    if (member.kind === 'value') bindScalar(row, member.name, member.value)
    else if (member.kind === 'bind') bindBound(row, member.navigation, member.references, member.isCollection)
    else bindNested(row, member.navigation, member.rows, member.isCollection, bindNewRow)
  }
  if (parentColumn && row.assigned.has(parentColumn)) {
    throw fail('BadPayload', table.entitySetName, `'${parentColumn.logicalName}' of a nested row is the row it is nested in; it cannot be given.`)
  }
  return { assignments: [...row.assigned.values()], attachments: row.attachments }
}

type Message = 'Create' | 'Update' | 'Delete'

/** Rows of an intersect table are made by associating, some tables' by the server alone, bulk deletions by asking for one, and there is one organization. */
export function isFixedTable(table: Table, message: Message): boolean {
  if (table.logicalName === 'bulkdeleteoperation') return message !== 'Delete'
  return table.isIntersect || SERVERS_TABLES.has(table.logicalName) || (table.logicalName === 'organization' && message !== 'Update')
}

export function refuseFixedTable(table: Table, message: Message): void {
  if (isFixedTable(table, message)) throw fail('NotSupported', `The method '${message}' for entities of type '${table.logicalName}'`)
}

function bindScalar(row: RowBinding, name: string, value: Scalar): void {
  const column = row.table.columns.get(name)
  if (!column) bindUnknown(row, name, value)
  else if (isLookup(column)) clearLookup(row, column, name, value)
  else if (isSettable(row.table, column, row.verb)) bindColumn(row, column, value)
}

function bindColumn(row: RowBinding, column: Column, value: Scalar): void {
  if (value === null && isSystemFilled(row, column)) return
  const bound = bindValue(row.table, column, value, row.schema)
  // The empty guid is what an id looks like that was never set: a typed client sends it with every new row.
  if (bound === Guid.empty && column.logicalName === row.table.primaryIdColumn) return
  if (bound === null && (column.requiredLevel === 'SystemRequired' || column.type === 'status')) throw fail('RequiredColumn', column.logicalName)
  assign(row, column.logicalName, { column, value: bound })
}

/** Not a column: a navigation property set to null, the other name of a user's id, or nothing that can be written. */
function bindUnknown(row: RowBinding, name: string, value: Scalar): void {
  const { table, schema } = row
  const navigation = schema.navigations.get(table.logicalName)?.get(name)
  if (navigation?.kind === 'one' || navigation?.kind === 'owner') clearLookup(row, navigation.column, name, value)
  else if (name === 'ownerid' && isPrincipal(table)) bindScalar(row, table.primaryIdColumn, value)
  else throw unknownMember(table, name)
}

function unknownMember(table: Table, name: string): Error {
  if (name === 'statecode' || name === 'statuscode') return fail('NoState', table.logicalName)
  if (findLookup(table, name)) return fail('ReadOnlyColumn', table.entitySetName, name)
  return fail('UnknownColumn', table.entitySetName, table.logicalName, name)
}

/** A bare `"primarycontactid": null` clears the lookup; any other value needs `@odata.bind`. */
function clearLookup(row: RowBinding, column: Column, name: string, value: Scalar): void {
  if (value !== null) {
    throw fail('BadPayload', row.table.entitySetName, `'${name}' is a navigation property; name the row it points at with '${name}@odata.bind'.`)
  }
  assignLookup(row, column, name, { column, value: null })
}

/** Null clears, but never what another member of the body has set: two navigations of a polymorphic lookup share its column. */
export function assignLookup(row: RowBinding, column: Column, member: string, assignment: Assignment): void {
  const isClearing = 'value' in assignment && assignment.value === null
  if (!isSettable(row.table, column, row.verb)) {
    // A null is what a read-only lookup looks like in a row that was read; naming a row is a wish that cannot be granted.
    if (isClearing) return
    throw fail('ReadOnlyColumn', row.table.entitySetName, member)
  }
  const before = row.assigned.get(column)
  if (before && row.lookups.get(column) !== member) {
    if (isClearing) return
    if ('value' in before && before.value === null) row.assigned.delete(column)
  }
  if (isClearing) refuseRequiredNull(row, column)
  row.lookups.set(column, member)
  assign(row, member, assignment)
}

function refuseRequiredNull(row: RowBinding, column: Column): void {
  if (column.type === 'owner') throw fail('MissingOwner', row.table.logicalName)
  if (column.requiredLevel === 'SystemRequired') throw fail('RequiredColumn', column.logicalName)
}

function assign(row: RowBinding, member: string, assignment: Assignment): void {
  const { column } = assignment
  if (row.assigned.has(column)) throw fail('BadPayload', row.table.entitySetName, `'${column.logicalName}' is given twice, the second time by '${member}'.`)
  row.assigned.set(column, assignment)
}

/**
 * The names beside polymorphic lookups (`owneridtype`) follow the lookup. State and status are always kept:
 * on create the run refuses what is not the first state, though the column is not valid for create.
 */
function isSettable(table: Table, column: Column, verb: Verb): boolean {
  if (isStateColumn(column)) return true
  if (column.type === 'entityname' && standsBesideLookup(table, column)) return false
  if (column.type === 'guid' && column.isPrimaryId) return true
  if (verb === 'create') return column.isValidForCreate
  return column.isValidForUpdate || (verb === 'upsert' && column.isValidForCreate)
}

/** Null here says "not given": an id, and on create a state. */
function isSystemFilled(row: RowBinding, column: Column): boolean {
  if (isStateColumn(column)) return row.verb === 'create'
  return column.type === 'guid' && column.isPrimaryId
}
