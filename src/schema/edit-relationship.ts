/**
 * Relationships of clients: a lookup column comes with one relationship for each table it may point at, and goes with the last of them.
 * Many-to-many relationships stand in `edit-many-to-many.ts`.
 */
import { fail } from '../protocol/errors.ts'
import { checkHierarchy, checkOneParent, editCascade, REFERENTIAL } from './cascade.ts'
import { type Column, type ColumnOf, isPolymorphic, type LookupColumn } from './column.ts'
import { commonOf } from './column-request.ts'
import { addColumns, dropColumn, nextNumber } from './edit-column.ts'
import { addRelationship, columnOf, type Draft, dropRelationship, editableTable, oneToManys, putColumn, relationshipOf, tableOf } from './edit-draft.ts'
import { dropManyToMany } from './edit-many-to-many.ts'
import { checkCustomName, logicalNameOf, lookupNavigation } from './names.ts'
import type { OneToMany } from './relationship.ts'
import type { ColumnRequest, EditResult, OneToManyRequest, SchemaEdit } from './schema-edit.ts'
import { activityNavigation } from './system-tables/build-relationship.ts'
import type { Table } from './table.ts'

type CreateLookup = Extract<SchemaEdit, { kind: 'create-lookup' }>

export function createLookup(draft: Draft, edit: CreateLookup): EditResult {
  const table = editableTable(draft, edit.table)
  checkCustomName('column', edit.column.schemaName, edit.column.logicalName)
  const targets = edit.relationships.map((one) => editableTable(draft, one.referencedTable).logicalName)
  if (targets.length === 0) throw fail('InvalidMetadata', 'A lookup needs at least one relationship.')
  const present = table.columns.get(logicalNameOf(edit.column.schemaName))
  const column = present ? addTargets(draft, table, present, targets) : addLookup(draft, table, edit.column, targets)
  const relationships = edit.relationships.map((request) => relate(draft, table, column, request))
  const ids = relationships.map((one) => one.metadataId)
  return { metadataId: ids[0], relationshipIds: ids, columnId: column.metadataId }
}

function addLookup(draft: Draft, table: Table, request: ColumnRequest, targets: readonly string[]): LookupColumn {
  const { type } = request
  if (type !== 'lookup' && type !== 'customer') throw fail('InvalidMetadata', `A relationship needs a lookup column: ${request.schemaName} is of type ${type}.`)
  checkTargets(request, targets)
  const setting = { choices: draft.choices, metadataId: draft.newId(), columnNumber: nextNumber(table.columns), now: draft.now }
  const column = { ...commonOf(request, setting), type, targets } as ColumnOf<'lookup' | 'customer'>
  addColumns(draft, table, [column])
  return column
}

function checkTargets(request: ColumnRequest, targets: readonly string[]): void {
  if (new Set(targets).size !== targets.length) throw fail('InvalidMetadata', `The lookup ${request.schemaName} has two relationships with one table.`)
  if (request.type === 'customer' && [...targets].sort().join() !== 'account,contact') {
    throw fail('InvalidMetadata', `The customer lookup ${request.schemaName} needs two relationships: with account and with contact.`)
  }
}

/** A further relationship on a lookup that is there makes it polymorphic («Multi-table lookups» of the Web API guide). */
function addTargets(draft: Draft, table: Table, present: Column, targets: readonly string[]): LookupColumn {
  if (present.type !== 'lookup' || !present.isCustom) throw fail('SchemaNameTaken', 'column', `${table.logicalName}.${present.logicalName}`)
  const known = targets.find((target) => present.targets.includes(target))
  if (known) throw fail('SchemaNameTaken', 'relationship', `of ${table.logicalName}.${present.logicalName} with ${known}`)
  const column: LookupColumn = { ...present, targets: [...present.targets, ...targets] }
  const after = putColumn(draft, table, column)
  const [only] = present.targets
  if (!isPolymorphic(present) && only !== undefined) draft.steps.push({ kind: 'add-target-column', table: after, column, target: only })
  return column
}

function relate(draft: Draft, table: Table, column: LookupColumn, request: OneToManyRequest): OneToMany {
  checkCustomName('relationship', request.schemaName)
  const referenced = tableOf(draft, request.referencedTable)
  const navigation = activityNavigation(table, lookupNavigation(column.schemaName, referenced.logicalName, isPolymorphic(column)))
  const relationship: OneToMany = {
    kind: 'one-to-many',
    schemaName: request.schemaName,
    metadataId: draft.newId(),
    referencedTable: referenced.logicalName,
    referencedColumn: referenced.primaryIdColumn,
    referencingTable: table.logicalName,
    referencingColumn: column.logicalName,
    referencedNavigation: request.referencedNavigation ?? request.schemaName,
    referencingNavigation: request.referencingNavigation ?? navigation,
    cascade: editCascade(REFERENTIAL, request.cascade),
    isCustom: true,
    isHierarchical: request.isHierarchical,
  }
  checkOneParent(relationship, oneToManys(draft))
  checkHierarchy(relationship, oneToManys(draft))
  addRelationship(draft, relationship)
  return relationship
}

export function updateRelationship(draft: Draft, edit: Extract<SchemaEdit, { kind: 'update-relationship' }>): EditResult {
  const current = relationshipOf(draft, edit.schemaName)
  if (current.kind === 'many-to-many') {
    if (Object.keys(edit.cascade).length > 0) throw fail('InvalidMetadata', 'A many-to-many relationship has no cascade configuration.')
    return { metadataId: current.metadataId }
  }
  const changed: OneToMany = { ...current, cascade: editCascade(current.cascade, edit.cascade) }
  const isChange = JSON.stringify(changed.cascade) !== JSON.stringify(current.cascade)
  if (isChange && !current.isCustom) throw fail('SystemMetadata', `relationship ${current.schemaName}`)
  checkOneParent(changed, isChange ? oneToManys(draft) : [])
  draft.relationships.set(changed.schemaName, changed)
  return { metadataId: changed.metadataId }
}

export function deleteRelationship(draft: Draft, edit: Extract<SchemaEdit, { kind: 'delete-relationship' }>): EditResult {
  const relationship = relationshipOf(draft, edit.schemaName)
  if (!relationship.isCustom) throw fail('SystemMetadata', `relationship ${relationship.schemaName}`)
  if (relationship.kind === 'many-to-many') dropManyToMany(draft, relationship)
  else dropOneToMany(draft, relationship)
  return { metadataId: relationship.metadataId }
}

function dropOneToMany(draft: Draft, relationship: OneToMany): void {
  const table = tableOf(draft, relationship.referencingTable)
  const column = columnOf(table, relationship.referencingColumn) as LookupColumn
  const name = `relationship ${relationship.schemaName}`
  if (column.targets.length === 1) {
    const key = table.keys.find((one) => one.columns.includes(column.logicalName))
    if (key) throw fail('MetadataInUse', name, `the key ${key.logicalName}`)
    dropColumn(draft, table, column)
    return
  }
  // A customer has its two tables for good; and a lookup stored with its target cannot go back to one stored without.
  if (column.type === 'customer' || column.targets.length === 2) {
    throw fail('InvalidMetadata', `The ${name} cannot be deleted by itself: delete the column ${table.logicalName}.${column.logicalName}.`)
  }
  forgetTarget(draft, table, column, relationship)
}

/** The lookup stays, and points no longer at that table. */
export function forgetTarget(draft: Draft, table: Table, column: LookupColumn, relationship: OneToMany): void {
  putColumn(draft, table, { ...column, targets: column.targets.filter((target) => target !== relationship.referencedTable) })
  dropRelationship(draft, relationship)
  draft.steps.push({ kind: 'forget-relationship', relationship })
}
