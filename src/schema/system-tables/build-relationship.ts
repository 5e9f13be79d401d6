/**
 * Relationships of the seeds, and those every table has: to the users who made and changed its rows, to their owners, to the currency.
 * The standard tables write theirs down, as published; what they leave out, and what a custom table needs, is named here.
 */
import type { Guid } from '../../base/guid.ts'
import { type Column, isLookup } from '../column.ts'
import type { Cascade, CascadeType, ManyToMany, OneToMany } from '../relationship.ts'
import type { Table } from '../table.ts'
import type { ManyToManySeed, RelationshipSeed } from './seed.ts'

/** A referential relationship: the link is removed, nothing else happens. */
export const NO_CASCADE: Cascade = {
  assign: 'NoCascade', delete: 'RemoveLink', merge: 'NoCascade', reparent: 'NoCascade', share: 'NoCascade', unshare: 'NoCascade', rollupView: 'NoCascade', archive: 'NoCascade',
}

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
    cascade: { ...NO_CASCADE, ...(seed.cascade as { [K in keyof Cascade]?: CascadeType } | undefined) },
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
  return [...table.columns.values()].filter(isLookup).filter((column) => column.type !== 'owner').flatMap((column) =>
    column.targets.filter((target) => !has(column.logicalName, target)).map((target) => systemRelationship(table, column, column.targets.length, target)))
}

const USERS = new Set(['createdby', 'modifiedby', 'createdonbehalfby', 'modifiedonbehalfby'])

function systemRelationship(table: Table, column: Column, targets: number, target: string): RelationshipSeed {
  const [schemaName, onDelete] = systemName(table.logicalName, column.logicalName, target)
  const one = targets > 1 ? `${column.logicalName}_${target}` : column.logicalName
  return {
    schemaName,
    to: target,
    column: column.logicalName,
    // Activities inherit from activitypointer, whose navigation `createdby` is another relationship's: theirs is `createdby_task`.
    one: table.isActivity && table.logicalName !== 'activitypointer' ? `${one}_${table.logicalName}` : one,
    many: schemaName,
    cascade: { delete: onDelete },
  }
}

function systemName(table: string, column: string, target: string): readonly [schemaName: string, onDelete: CascadeType] {
  if (USERS.has(column)) return [`lk_${table}_${column}`, 'NoCascade']
  if (column === 'owninguser') return [`user_${table}`, 'NoCascade']
  if (column === 'owningteam') return [`team_${table}`, 'NoCascade']
  if (column === 'owningbusinessunit') return [`business_unit_${table}`, 'NoCascade']
  if (column === 'organizationid') return [`organization_${table}`, 'NoCascade']
  if (column === 'transactioncurrencyid') return [`TransactionCurrency_${table}`, 'Restrict']
  return [`${target}_${table}_${column}`, 'RemoveLink']
}
