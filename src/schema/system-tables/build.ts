/**
 * Turns the seeds of the standard tables into definitions: tables, their relationships, the intersect tables of the many-to-many ones.
 * Metadata ids come from names (`table:account`, `column:account.name`), so that every server has the same.
 */
import { Guid } from '../../base/guid.ts'
import { type Column, isLookup } from '../column.ts'
import { Label } from '../label.ts'
import type { Relationship } from '../relationship.ts'
import type { Table } from '../table.ts'
import { columnsOf } from './build-column.ts'
import { manyToManyOf, missingRelationships, oneToManyOf } from './build-relationship.ts'
import { bigint, type ColumnSeed, guid, type ManyToManySeed, type RelationshipSeed, type TableSeed } from './seed.ts'

/** Dataverse gives its own components this moment. */
const CREATED_ON = '1900-01-01T00:00:00Z'

/** An intersect table's own names, which are not in the reference of the tables it connects. */
export type IntersectSeed = { readonly schemaName: string; readonly entitySetName: string; readonly primaryId: string; readonly objectTypeCode: number }

export type Built = { readonly tables: readonly Table[]; readonly relationships: readonly Relationship[] }

export function build(seeds: readonly TableSeed[], intersects: { readonly [table: string]: IntersectSeed }): Built {
  const tables = new Map(seeds.map(tableOf).map((table) => [table.logicalName, table]))
  const oneToMany = seeds.flatMap((seed) => relationshipsOf(seed, tables))
  const manyToMany = seeds.flatMap((seed) => seed.manyToMany ?? [])
  const crossings = manyToMany.map((seed) => intersectOf(seed, intersects[seed.intersect]))
  return { tables: [...tables.values(), ...crossings], relationships: [...oneToMany, ...manyToMany.map((seed) => manyToManyOf(seed, idOfRelationship))] }
}

const idOfRelationship = (schemaName: string): Guid => Guid.fromName(`relationship:${schemaName}`)

function tableOf(seed: TableSeed): Table {
  const logicalName = seed.schemaName.toLowerCase()
  return {
    logicalName,
    schemaName: seed.schemaName,
    entitySetName: seed.entitySetName,
    collectionSchemaName: seed.collectionSchemaName,
    metadataId: Guid.fromName(`table:${logicalName}`),
    objectTypeCode: seed.objectTypeCode,
    displayName: Label.of(seed.displayName),
    displayCollectionName: Label.of(seed.displayCollectionName),
    ownership: seed.ownership,
    primaryIdColumn: seed.primaryId,
    primaryNameColumn: seed.primaryName,
    tracksChanges: seed.tracksChanges ?? false,
    ...(seed.isAudited && { isAudited: true }),
    canTrackChanges: true,
    isCustom: false,
    isIntersect: false,
    isActivity: seed.isActivity ?? false,
    hasNotes: seed.hasNotes ?? false,
    hasActivities: seed.hasActivities ?? false,
    columns: columnMap(logicalName, seed.primaryId, seed.columns),
    keys: [],
    createdOn: CREATED_ON,
    modifiedOn: CREATED_ON,
  }
}

function columnMap(table: string, primaryId: string, seeds: readonly ColumnSeed[]): ReadonlyMap<string, Column> {
  const idOf = (column: string) => Guid.fromName(`column:${table}.${column}`)
  const columns = columnsOf(seeds, { primaryId, idOf, createdOn: CREATED_ON, firstNumber: 1, isCustom: false })
  return new Map(columns.map((column) => [column.logicalName, column]))
}

function relationshipsOf(seed: TableSeed, tables: ReadonlyMap<string, Table>): Relationship[] {
  const table = tables.get(seed.schemaName.toLowerCase())
  if (!table) return []
  const written = seed.relationships.filter((one) => isOnLookup(table, one))
  const isThere = (column: string, target: string) => written.some((one) => one.column === column && one.to === target)
  const missing = missingRelationships(table, (column, target) => isThere(column, target) || seed.unrelated?.includes(column) === true)
  return [...written, ...missing].flatMap((one) => {
    const referenced = tables.get(one.to)
    return referenced ? [oneToManyOf(one, table, referenced, idOfRelationship)] : []
  })
}

/**
 * The reference also has relationships on columns that are no lookups: `activity_pointer_task` on the primary key (a task and its
 * activity have one id) and `organization_teams` on a plain guid. They can be neither bound nor unlinked, so they are left out.
 */
function isOnLookup(table: Table, seed: RelationshipSeed): boolean {
  const column = table.columns.get(seed.column)
  return column !== undefined && isLookup(column)
}

/** Two plain guids and a version (webapi.md 1.2: not `_x_value`). Written only by associating rows, or by the server. */
function intersectOf(seed: ManyToManySeed, names: IntersectSeed | undefined): Table {
  const primaryId = names?.primaryId ?? `${seed.intersect}id`
  const kept = { filledBy: 'server', required: 'SystemRequired' } as const
  const columns = [
    guid(primaryId, '', kept),
    guid(seed.column1, '', kept),
    guid(seed.column2, '', kept),
    ...(seed.columns ?? []),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ]
  return {
    ...tableOf({
      schemaName: names?.schemaName ?? seed.intersect,
      displayName: names?.schemaName ?? seed.intersect,
      displayCollectionName: names?.schemaName ?? seed.intersect,
      collectionSchemaName: names?.schemaName ?? seed.intersect,
      entitySetName: names?.entitySetName ?? `${seed.intersect}collection`,
      ownership: 'none',
      objectTypeCode: names?.objectTypeCode ?? 0,
      primaryId,
      columns,
      relationships: [],
    }),
    // Its changes are read where both of its tables are tracked (sync.md 4.1).
    canTrackChanges: false,
    isIntersect: true,
  }
}
