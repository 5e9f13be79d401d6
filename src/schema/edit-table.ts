/**
 * Creating, changing and deleting tables. A new table is complete at once: its system columns, its relationships with users, owners and
 * currencies, its place among what activities may be regarding.
 */
import { fail } from '../protocol/errors.ts'
import { checkAuditable } from './auditing.ts'
import type { Column } from './column.ts'
import { isLookup } from './column.ts'
import { primaryIdSchemaName, systemColumns } from './custom-table.ts'
import { forgetRegarding, offerRegarding, regardingTargets } from './edit-activities.ts'
import { newColumns, relateSystemLookup } from './edit-column.ts'
import { columnOf, type Draft, dropRelationship, oneToManys, putTable, tableOf } from './edit-draft.ts'
import { editLabel } from './edit-labels.ts'
import { dropManyToMany } from './edit-many-to-many.ts'
import { checkCustomName, freeSetName, logicalNameOf, pluralOf } from './names.ts'
import { nextObjectTypeCode } from './object-type-code.ts'
import { primaryNameOf } from './primary-name.ts'
import type { EditResult, SchemaEdit, TableRequest } from './schema-edit.ts'
import { columnsOf } from './system-tables/build-column.ts'
import type { Table } from './table.ts'

export function createTable(draft: Draft, edit: Extract<SchemaEdit, { kind: 'create-table' }>): EditResult {
  const request = edit.table
  checkCustomName('table', request.schemaName, request.logicalName)
  const logicalName = logicalNameOf(request.schemaName)
  if (draft.tables.has(logicalName)) throw fail('SchemaNameTaken', 'table', logicalName)
  if (request.isActivity && request.ownership !== 'user') throw fail('InvalidMetadata', 'An activity table is owned by users.')
  const table: Table = {
    logicalName,
    schemaName: request.schemaName,
    entitySetName: setNameOf(draft, request, logicalName),
    collectionSchemaName: request.collectionSchemaName ?? pluralOf(request.schemaName),
    metadataId: draft.newId(),
    objectTypeCode: nextObjectTypeCode(draft.tables.values()),
    displayName: request.displayName,
    displayCollectionName: request.displayCollectionName,
    ...(request.description && { description: request.description }),
    ownership: request.ownership,
    primaryIdColumn: logicalNameOf(primaryIdSchemaName(request)),
    primaryNameColumn: logicalNameOf(primaryNameOf(request).schemaName),
    tracksChanges: request.tracksChanges,
    ...(request.isAudited && { isAudited: true }),
    canTrackChanges: true,
    isCustom: true,
    isIntersect: false,
    isActivity: request.isActivity,
    hasNotes: request.hasNotes,
    hasActivities: request.hasActivities,
    columns: columnsOfTable(draft, request),
    keys: [],
    createdOn: draft.now,
    modifiedOn: draft.now,
  }
  draft.tables.set(logicalName, table)
  draft.steps.push({ kind: 'create-table', table })
  for (const column of table.columns.values()) if (isLookup(column) && column.type !== 'owner') relateSystemLookup(draft, table, column, column.targets)
  if (table.hasActivities) offerRegarding(draft, table)
  return { metadataId: table.metadataId }
}

function setNameOf(draft: Draft, request: TableRequest, logicalName: string): string {
  const taken = new Set([...draft.tables.values()].map((one) => one.entitySetName))
  const wanted = request.entitySetName
  if (wanted === undefined) return freeSetName(logicalName, (name) => taken.has(name))
  checkCustomName('table', wanted)
  if (taken.has(wanted)) throw fail('SchemaNameTaken', 'entity set', wanted)
  return wanted
}

function columnsOfTable(draft: Draft, request: TableRequest): ReadonlyMap<string, Column> {
  const primaryId = logicalNameOf(primaryIdSchemaName(request))
  const primaryName = primaryNameOf(request)
  const setting = { primaryId, idOf: draft.newId, createdOn: draft.now, firstNumber: 1, isCustom: false }
  const columns = new Map(columnsOf(systemColumns(request), setting).map((column) => [column.logicalName, column]))
  for (const asked of request.columns) {
    if (request.isActivity && asked.isPrimaryName) continue
    // Microsoft's Python client adds the primary name by itself, also where its caller lists the same column.
    if (asked !== primaryName && asked.type === 'string' && logicalNameOf(asked.schemaName) === logicalNameOf(primaryName.schemaName)) continue
    for (const column of newColumns(draft, asked, columns)) {
      if (columns.has(column.logicalName)) throw fail('SchemaNameTaken', 'column', `${logicalNameOf(request.schemaName)}.${column.logicalName}`)
      columns.set(column.logicalName, column)
    }
  }
  return request.isActivity ? withActivityParts(draft, request, columns) : withCustomId(columns, primaryId)
}

function withCustomId(columns: Map<string, Column>, primaryId: string): Map<string, Column> {
  const id = columns.get(primaryId)
  return id ? columns.set(primaryId, { ...id, isCustom: true }) : columns
}

/** The subject as the client asks for it, and the tables that activities may be regarding by now. */
function withActivityParts(draft: Draft, request: TableRequest, columns: Map<string, Column>): Map<string, Column> {
  const asked = primaryNameOf(request)
  const subject = columns.get('subject')
  const regarding = columns.get('regardingobjectid')
  if (subject?.type === 'string') {
    const { displayName, description = subject.description, maxLength = subject.maxLength, requiredLevel = subject.requiredLevel } = asked
    columns.set('subject', { ...subject, displayName: displayName ?? subject.displayName, description, maxLength, requiredLevel })
  }
  if (regarding?.type === 'lookup') columns.set('regardingobjectid', { ...regarding, targets: regardingTargets(draft) })
  return columns
}

export function updateTable(draft: Draft, edit: Extract<SchemaEdit, { kind: 'update-table' }>): EditResult {
  const table = tableOf(draft, edit.table)
  const { change, mergeLabels } = edit
  if (change.tracksChanges === false && table.tracksChanges) throw fail('TrackingCannotBeDisabled', table.logicalName)
  if (change.tracksChanges && !table.canTrackChanges) throw fail('TrackingNotAllowed', table.logicalName)
  if (change.isAudited) checkAuditable(table)
  const lost = (['hasNotes', 'hasActivities'] as const).find((one) => table[one] && change[one] === false)
  if (lost) throw fail('InvalidMetadata', `The ${lost} of ${table.logicalName} cannot be switched off once it is on.`)
  if (table.isIntersect && (change.hasNotes || change.hasActivities)) throw fail('SystemMetadata', `intersect table ${table.logicalName}`)
  if (change.enforcesTransitions && !table.columns.has('statuscode')) throw fail('NoState', table.logicalName)
  const changed = putTable(draft, {
    ...table,
    displayName: editLabel(table.displayName, change.displayName, mergeLabels),
    displayCollectionName: editLabel(table.displayCollectionName, change.displayCollectionName, mergeLabels),
    description: editLabel(table.description, change.description, mergeLabels),
    tracksChanges: change.tracksChanges ?? table.tracksChanges,
    isAudited: change.isAudited ?? table.isAudited,
    hasNotes: change.hasNotes ?? table.hasNotes,
    hasActivities: change.hasActivities ?? table.hasActivities,
    enforcesTransitions: change.enforcesTransitions ?? table.enforcesTransitions,
  })
  if (changed.hasActivities && !table.hasActivities) offerRegarding(draft, changed)
  return { metadataId: table.metadataId }
}

export function deleteTable(draft: Draft, edit: Extract<SchemaEdit, { kind: 'delete-table' }>): EditResult {
  const table = tableOf(draft, edit.table)
  if (!table.isCustom) throw fail('SystemMetadata', `table ${table.logicalName}`)
  if (table.isIntersect) throw fail('MetadataInUse', `table ${table.logicalName}`, 'its many-to-many relationship')
  checkUnused(draft, table)
  forgetRegarding(draft, table)
  for (const one of [...draft.relationships.values()]) {
    if (one.kind === 'many-to-many' && (one.table1 === table.logicalName || one.table2 === table.logicalName)) dropManyToMany(draft, one)
    if (one.kind === 'one-to-many' && one.referencingTable === table.logicalName) dropRelationship(draft, one)
  }
  draft.tables.delete(table.logicalName)
  draft.steps.push({ kind: 'drop-table', table })
  draft.deleted.push({ kind: 'table', metadataId: table.metadataId })
  for (const key of table.keys) draft.deleted.push({ kind: 'key', metadataId: key.metadataId, parent: table.metadataId })
  for (const column of table.columns.values()) draft.deleted.push({ kind: 'column', metadataId: column.metadataId, parent: table.metadataId })
  return { metadataId: table.metadataId }
}

/** What another table's rows point at stays: their lookup has to go first. The system's own lookups let go by themselves. */
function checkUnused(draft: Draft, table: Table): void {
  for (const one of oneToManys(draft)) {
    if (one.referencedTable !== table.logicalName || one.referencingTable === table.logicalName) continue
    const column = columnOf(tableOf(draft, one.referencingTable), one.referencingColumn)
    const by = `the lookup ${one.referencingTable}.${column.logicalName} (relationship ${one.schemaName})`
    if (column.isCustom) throw fail('MetadataInUse', `table ${table.logicalName}`, by)
  }
}
