/**
 * Relationships of the seeds, and those every table has: to the users who made and changed its rows, to their owners, to the currency.
 * The standard tables write theirs down, as published; what they leave out, and what a custom table needs, is named here.
 */
import type { Guid } from '../../base/guid.ts'
import { type Column, isLookup } from '../column.ts'
import { PARENTAL, REFERENTIAL } from '../cascade.ts'
import type { Cascade, CascadeType, ManyToMany, OneToMany } from '../relationship.ts'
import type { Table } from '../table.ts'
import type { ManyToManySeed, RelationshipSeed } from './seed.ts'

export function oneToManyOf(seed: RelationshipSeed, table: Table, referenced: Table, idOf: (schemaName: string) => Guid): OneToMany {
  return {
    kind: 'one-to-many',
    schemaName: seed.schemaName,
    metadataId: idOf(seed.schemaName),
    referencedTable: referenced.logicalName,
    referencedColumn: referenced.primaryIdColumn,
    referencingTable: table.logicalName,
    referencingColumn: seed.column,
    referencedNavigation: seed.many,
    referencingNavigation: seed.one,
    cascade: { ...REFERENTIAL, ...(seed.cascade as { [K in keyof Cascade]?: CascadeType } | undefined) },
    isCustom: false,
    isHierarchical: seed.isHierarchical ?? false,
  }
}

export function manyToManyOf(seed: ManyToManySeed, idOf: (schemaName: string) => Guid): ManyToMany {
  return {
    kind: 'many-to-many',
    schemaName: seed.schemaName,
    metadataId: idOf(seed.schemaName),
    intersectTable: seed.intersect,
    table1: seed.table1,
    table1Column: seed.column1,
    table1Navigation: seed.navigation1,
    table2: seed.table2,
    table2Column: seed.column2,
    table2Navigation: seed.navigation2,
    isCustom: false,
  }
}

/** The relationships of a table's lookups that nobody has written down. `has(column, target)`: somebody has. */
export function missingRelationships(table: Table, has: (column: string, target: string) => boolean): RelationshipSeed[] {
  return [...table.columns.values()]
    .filter(isLookup)
    .filter((column) => column.type !== 'owner')
    .flatMap((column) =>
      column.targets.filter((target) => !has(column.logicalName, target)).map((target) => systemRelationship(table, column, column.targets.length, target)),
    )
}

const USERS = new Set(['createdby', 'modifiedby', 'createdonbehalfby', 'modifiedonbehalfby'])

/** The relationship of a system lookup with one of its targets. `targets`: how many there can be. */
export function systemRelationship(table: Table, column: Column, targets: number, target: string): RelationshipSeed {
  const [schemaName, cascade] = systemName(table, column.logicalName, target)
  const one = targets > 1 ? `${column.logicalName}_${target}` : column.logicalName
  return { schemaName, to: target, column: column.logicalName, one: activityNavigation(table, one), many: schemaName, cascade }
}

/** Activities inherit from activitypointer, whose navigation `createdby` is another relationship's: theirs is `createdby_task`. */
export function activityNavigation(table: { readonly logicalName: string; readonly isActivity: boolean }, name: string): string {
  return table.isActivity && table.logicalName !== 'activitypointer' ? `${name}_${table.logicalName}` : name
}

const KEEP = { delete: 'NoCascade' }

function systemName(table: Table, column: string, target: string): readonly [schemaName: string, cascade: Partial<Record<keyof Cascade, string>>] {
  const name = table.logicalName
  if (USERS.has(column)) return [`lk_${name}_${column}`, KEEP]
  if (column === 'owninguser') return [`user_${name}`, KEEP]
  if (column === 'owningteam') return [`team_${name}`, KEEP]
  if (column === 'owningbusinessunit') return [`business_unit_${name}`, KEEP]
  if (column === 'organizationid') return [`organization_${name}`, KEEP]
  if (column === 'transactioncurrencyid') return [`TransactionCurrency_${name}`, { delete: 'Restrict' }]
  if (column === 'regardingobjectid' && table.isActivity)
    return [`${target}_${table.collectionSchemaName}`, name === 'activitypointer' ? REFERENTIAL : PARENTAL]
  return [`${target}_${name}_${column}`, {}]
}
