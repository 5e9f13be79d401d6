/**
 * A row of a request body → what is assigned to its columns and what is hung on it.
 * `{"name":"A","primarycontactid@odata.bind":"/contacts(…)","Account_Tasks":[{"subject":"x"}]}`
 * Columns that the server keeps (`createdon`, `fullname`, `versionnumber` …) are passed over as in Dataverse, so that a row that was
 * read can be sent back; `_x_value` is refused, as there. Nested rows are created on create alone ("deep insert").
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { RowBody } from '../protocol/row-json.ts'
import { type Column, isLookup } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { bindBound, bindNested } from './bind-navigation.ts'
import { bindValue, type Scalar } from './bind-value.ts'
import { isPrincipal } from './find-column.ts'
import type { Assignment, Attachment, WriteRow } from './write-plan.ts'

export type Chance = { readonly newId: () => Guid }
export type Verb = WriteRow['verb']

/** A row being bound. `assigned`: each column once, and the member that gave it. */
export type RowBinding = {
  readonly table: Table
  readonly verb: Verb
  readonly schema: Schema
  readonly chance: Chance
  /** 1 for the row that the request is about. */
  readonly depth: number
  readonly assigned: Map<Column, { readonly member: string; readonly assignment: Assignment }>
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
  const row: RowBinding = { table, verb, schema, chance, depth, assigned: new Map(), attachments: [] }
  for (const member of body.members) {
    if (member.kind === 'value') bindScalar(row, member.name, member.value)
    else if (member.kind === 'bind') bindBound(row, member.navigation, member.references, member.isCollection)
    else bindNested(row, member.navigation, member.rows, member.isCollection, bindNewRow)
  }
  if (parentColumn && row.assigned.has(parentColumn)) {
    throw fail('BadPayload', table.entitySetName, `'${parentColumn.logicalName}' of a nested row is the row it is nested in; it cannot be given.`)
  }
  return { assignments: Array.from(row.assigned.values(), (one) => one.assignment), attachments: row.attachments }
}

/**
 * Rows of an intersect table are made by associating, activity pointers by their activities, and there is one organization.
 * Stands here because nested rows are created too.
 */
export function refuseFixedTable(table: Table, message: 'Create' | 'Update' | 'Delete'): void {
  const isFixed = table.isIntersect || table.logicalName === 'activitypointer' || (table.logicalName === 'organization' && message !== 'Update')
  if (isFixed) throw fail('NotSupported', `The method '${message}' for entities of type '${table.logicalName}'`)
}

function bindScalar(row: RowBinding, name: string, value: Scalar): void {
  const column = row.table.columns.get(name)
  if (!column) return bindUnknown(row, name, value)
  if (isLookup(column)) return clearLookup(row, column, name, value)
  if (!isSettable(column, row.verb)) return
  if (value === null && isSystemFilled(row, column)) return
  const bound = bindValue(row.table, column, value, row.schema)
  if (bound === null && (column.requiredLevel === 'SystemRequired' || column.type === 'status')) throw fail('RequiredColumn', column.logicalName)
  assign(row, name, { column, value: bound })
}

/** Not a column: a navigation property set to null, a read-only `_x_value`, the other name of a user's id, or nothing we know. */
function bindUnknown(row: RowBinding, name: string, value: Scalar): void {
  const { table } = row
  const navigation = row.schema.navigations.get(table.logicalName)?.get(name)
  if (navigation?.kind === 'one' || navigation?.kind === 'owner') return clearLookup(row, navigation.column, name, value)
  if (name === 'ownerid' && isPrincipal(table)) return bindScalar(row, table.primaryIdColumn, value)
  if (name === 'statecode' || name === 'statuscode') throw fail('NoState', table.logicalName)
  if (name.startsWith('_') && name.endsWith('_value')) {
    const lookup = table.columns.get(name.slice(1, -6))
    if (lookup && isLookup(lookup)) throw fail('ReadOnlyColumn', table.entitySetName, name)
  }
  throw fail('UnknownColumn', table.entitySetName, table.logicalName, name)
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
  if (!isSettable(column, row.verb)) {
    // A null is what a read-only lookup looks like in a row that was read; naming a row is a wish that cannot be granted.
    if (isClearing) return
    throw fail('ReadOnlyColumn', row.table.entitySetName, member)
  }
  const before = row.assigned.get(column)
  const wasCleared = before && 'value' in before.assignment && before.assignment.value === null
  if (before && before.member !== member && isClearing) return
  if (before && before.member !== member && wasCleared) row.assigned.delete(column)
  if (isClearing) refuseRequiredNull(row, column)
  assign(row, member, assignment)
}

function refuseRequiredNull(row: RowBinding, column: Column): void {
  if (column.type === 'owner') throw fail('MissingOwner', row.table.logicalName)
  if (column.requiredLevel === 'SystemRequired') throw fail('RequiredColumn', column.logicalName)
}

function assign(row: RowBinding, member: string, assignment: Assignment): void {
  const before = row.assigned.get(assignment.column)
  if (before) throw fail('BadPayload', row.table.entitySetName, `'${assignment.column.logicalName}' is given twice, by '${before.member}' and by '${member}'.`)
  row.assigned.set(assignment.column, { member, assignment })
}

/**
 * The names beside polymorphic lookups (`owneridtype`) follow the lookup. State and status are always kept:
 * on create the run refuses what is not the first state, though the column is not valid for create.
 */
function isSettable(column: Column, verb: Verb): boolean {
  if (column.type === 'state' || column.type === 'status') return true
  if (column.type === 'entityname') return false
  if (column.type === 'guid' && column.isPrimaryId) return true
  if (verb === 'create') return column.isValidForCreate
  return column.isValidForUpdate || (verb === 'upsert' && column.isValidForCreate)
}

/** Null here says "not given": an id, and on create a state. */
function isSystemFilled(row: RowBinding, column: Column): boolean {
  if (column.type === 'state' || column.type === 'status') return row.verb === 'create'
  return column.type === 'guid' && column.isPrimaryId
}
