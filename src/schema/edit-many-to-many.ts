/**
 * Many-to-many relationships: each has an intersect table of its own, with an id, the ids of the two rows, and a version.
 * Between a table and itself the two sides are told apart as `…one` and `…two`, and by the navigation property.
 */
import { fail } from '../protocol/errors.ts'
import { addRelationship, type Draft, dropRelationship, editableTable, tableOf } from './edit-draft.ts'
import { Label } from './label.ts'
import { checkCustomName, logicalNameOf } from './names.ts'
import { nextObjectTypeCode } from './object-type-code.ts'
import type { ManyToMany } from './relationship.ts'
import type { EditResult, ManyToManyRequest, SchemaEdit } from './schema-edit.ts'
import { columnsOf } from './system-tables/build-column.ts'
import { bigint, guid } from './system-tables/seed.ts'
import type { Table } from './table.ts'

export function createManyToMany(draft: Draft, edit: Extract<SchemaEdit, { kind: 'create-many-to-many' }>): EditResult {
  const request = edit.relationship
  checkCustomName('relationship', request.schemaName)
  const schemaName = request.intersectTable ?? request.schemaName
  checkCustomName('table', schemaName)
  const relationship = manyToManyOf(draft, request, logicalNameOf(schemaName))
  addIntersect(draft, relationship, schemaName)
  addRelationship(draft, relationship)
  return { metadataId: relationship.metadataId, relationshipIds: [relationship.metadataId] }
}

function manyToManyOf(draft: Draft, request: ManyToManyRequest, intersectTable: string): ManyToMany {
  const table1 = editableTable(draft, request.table1)
  const table2 = editableTable(draft, request.table2)
  // Activities of all kinds have the same id column.
  const isAlike = table1.primaryIdColumn === table2.primaryIdColumn
  const isItself = table1.logicalName === table2.logicalName
  return {
    kind: 'many-to-many',
    schemaName: request.schemaName,
    metadataId: draft.newId(),
    intersectTable,
    table1: table1.logicalName,
    table1Column: isAlike ? `${table1.primaryIdColumn}one` : table1.primaryIdColumn,
    table1Navigation: request.table1Navigation ?? (isItself ? `${request.schemaName}_referencing` : request.schemaName),
    table2: table2.logicalName,
    table2Column: isAlike ? `${table2.primaryIdColumn}two` : table2.primaryIdColumn,
    table2Navigation: request.table2Navigation ?? (isItself ? `${request.schemaName}_referenced` : request.schemaName),
    isCustom: true,
  }
}

function addIntersect(draft: Draft, relationship: ManyToMany, schemaName: string): void {
  const logicalName = relationship.intersectTable
  if (draft.tables.has(logicalName)) throw fail('SchemaNameTaken', 'table', logicalName)
  const entitySetName = `${logicalName}set`
  if ([...draft.tables.values()].some((one) => one.entitySetName === entitySetName)) throw fail('SchemaNameTaken', 'entity set', entitySetName)
  const kept = { filledBy: 'server', required: 'SystemRequired' } as const
  const primaryIdColumn = `${logicalName}id`
  const seeds = [
    guid(primaryIdColumn, '', kept),
    guid(relationship.table1Column, '', kept),
    guid(relationship.table2Column, '', kept),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ]
  const columns = columnsOf(seeds, { primaryId: primaryIdColumn, idOf: draft.newId, createdOn: draft.now, firstNumber: 1, isCustom: false })
  const table: Table = {
    logicalName,
    schemaName,
    entitySetName,
    collectionSchemaName: `${schemaName}Set`,
    metadataId: draft.newId(),
    objectTypeCode: nextObjectTypeCode(draft.tables.values()),
    displayName: Label.of(schemaName),
    displayCollectionName: Label.of(schemaName),
    ownership: 'none',
    primaryIdColumn,
    tracksChanges: false,
    // Its changes are read where both of its tables are tracked (sync.md 4.1).
    canTrackChanges: false,
    isCustom: true,
    isIntersect: true,
    isActivity: false,
    hasNotes: false,
    hasActivities: false,
    columns: new Map(columns.map((column) => [column.logicalName, column])),
    keys: [],
    createdOn: draft.now,
    modifiedOn: draft.now,
  }
  draft.tables.set(logicalName, table)
  draft.steps.push({ kind: 'create-table', table })
}

export function dropManyToMany(draft: Draft, relationship: ManyToMany): void {
  const table = tableOf(draft, relationship.intersectTable)
  dropRelationship(draft, relationship)
  draft.tables.delete(table.logicalName)
  draft.deleted.push({ kind: 'table', metadataId: table.metadataId })
  draft.steps.push({ kind: 'drop-table', table })
}
