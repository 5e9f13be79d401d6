/**
 * A migration step as SQL. Statements run in order, in the edit's transaction.
 *
 * What a table gets: its columns with native types; beside a polymorphic lookup the target's name; beside the primary name and key
 * columns their folded text; an index on the version (a delta costs its changes), on the folded primary name, on whose a row is, on
 * lookups, one for each key.
 */
import { isLookup, isPolymorphic, type Column } from '../../schema/column.ts'
import type { MigrationStep } from '../../schema/schema-edit.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Table } from '../../schema/table.ts'
import { unreachable } from '../../base/assert.ts'
import { accessIndexSql, nameIndexSql } from './access-index.ts'
import type { Dialect } from './dialect.ts'
import { createKeyIndex, dropKeyIndex, shadowedColumns } from './key-index.ts'
import { intersectIndexes, isIndexedLookup, lookupIndexSql, referenceOf } from './lookup-storage.ts'
import { ownIndexes } from './own-indexes.ts'
import { join, name, nothing, sql, verbatim, type Sql } from './sql.ts'
import { foldedColumn, lookupIndex, targetColumn, versionIndex } from './storage-names.ts'

/** Every SQL table has it, also where the schema does not show it (asyncoperation). */
export const VERSION_COLUMN = 'versionnumber'

/** `schema` is the one after the edit. `existing`: names of the columns that the step's SQL table has now, empty where there is none. */
export function migrationSql(step: MigrationStep, schema: Schema, dialect: Dialect, existing: ReadonlySet<string>): readonly Sql[] {
  switch (step.kind) {
    case 'create-table':
      return createTable(step.table, schema, dialect)
    case 'drop-table':
      return [sql`drop table ${name(step.table.logicalName)}`]
    case 'add-column':
      return addColumn(step.table, step.column, schema, dialect)
    case 'drop-column':
      return dropColumn(step.table, step.column, existing)
    case 'add-target-column':
      return addTargetColumn(step.table, step.column, step.target, schema, dialect)
    case 'build-key':
      return missingShadows(step.table, existing, dialect)
    case 'drop-key':
      // The shadow column stays: to drop it would rewrite the table (6.4 s for a million rows). A later key fills it anew.
      return [dropKeyIndex(step.table, step.key)]
    case 'secure-column':
    case 'unsecure-column':
    case 'forget-relationship':
      return []
    default:
      return unreachable(step)
  }
}

function createTable(table: Table, schema: Schema, dialect: Dialect): readonly Sql[] {
  const columns = [...table.columns.values()]
  const definitions = [
    ...columns.map((column) => columnDefinition(table, column, schema, dialect, true)),
    ...columns.filter(isPolymorphic).map((column) => textColumn(targetColumn(column.logicalName), dialect)),
    ...shadowedColumns(table).map((column) => textColumn(foldedColumn(column.logicalName), dialect)),
    ...(table.columns.has(VERSION_COLUMN) ? [] : [sql`${name(VERSION_COLUMN)} bigint not null`]),
    ...(dialect.stamp ? [sql`${name(dialect.stamp.column)} ${dialect.stamp.definition}`] : []),
  ]
  return [sql`create table ${name(table.logicalName)} (${join(definitions)})`, ...indexes(table, schema, dialect)]
}

/** What a step leaves to be done when all tables of an edit are there. */
export function referencesSql(step: MigrationStep, schema: Schema, { referenceMode }: Dialect): readonly Sql[] {
  if (step.kind !== 'create-table' || !referenceMode) return []
  const { table } = step
  return [...table.columns.values()]
    .filter((column) => referenceOf(table, column, schema) !== nothing)
    .map(
      (column) =>
        sql`alter table ${name(table.logicalName)} add foreign key (${name(column.logicalName)})${referenceOf(table, column, schema)}${referenceMode}`,
    )
}

function indexes(table: Table, schema: Schema, { stamp, nulls }: Dialect): readonly Sql[] {
  const changes = [...(stamp ? [stamp.column] : []), VERSION_COLUMN]
  const { logicalName, primaryNameColumn } = table
  const hasFoldedName = shadowedColumns(table).some((column) => column.logicalName === primaryNameColumn)
  return [
    sql`create index ${name(versionIndex(logicalName))} on ${name(logicalName)} (${join(changes.map(name))})`,
    ...(primaryNameColumn && hasFoldedName ? [nameIndexSql(table, primaryNameColumn, nulls(false))] : []),
    ...accessIndexSql(table),
    ...[...table.columns.values()].filter((column) => isIndexedLookup(table, column, schema)).map((column) => lookupIndexSql(table, column)),
    ...intersectIndexes(table, schema),
    ...ownIndexes(table),
    // The table is empty: nothing to build in the background.
    ...table.keys.filter((key) => key.status === 'Active').map((key) => createKeyIndex(table, key)),
  ]
}

/** `isNew`: of a new table, whose references may come later. */
function columnDefinition(table: Table, column: Column, schema: Schema, dialect: Dialect, isNew: boolean): Sql {
  const typed = sql`${name(column.logicalName)} ${verbatim(dialect.columnType(column))}`
  if (column.logicalName === table.primaryIdColumn) return sql`${typed} not null primary key`
  if (column.logicalName === VERSION_COLUMN) return sql`${typed} not null`
  const reference = referenceOf(table, column, schema)
  if (reference === nothing || (dialect.referenceMode && isNew)) return typed
  return sql`${typed}${reference}${dialect.referenceMode ?? nothing}`
}

function textColumn(column: string, { textType }: Dialect): Sql {
  return sql`${name(column)} ${verbatim(textType)}`
}

function addColumn(table: Table, column: Column, schema: Schema, dialect: Dialect): readonly Sql[] {
  const add = (definition: Sql) => sql`alter table ${name(table.logicalName)} add column ${definition}`
  return [
    add(columnDefinition(table, column, schema, dialect, false)),
    ...(isPolymorphic(column) ? [add(textColumn(targetColumn(column.logicalName), dialect))] : []),
    ...(isIndexedLookup(table, column, schema) ? [lookupIndexSql(table, column)] : []),
  ]
}

/** Rewrites the table: 6.4 s for a million rows of 600 bytes, during which other writes wait. The data is really gone then. */
function dropColumn(table: Table, column: Column, existing: ReadonlySet<string>): readonly Sql[] {
  const { logicalName } = column
  const beside = [targetColumn(logicalName), foldedColumn(logicalName)].filter((one) => existing.has(one))
  return [
    ...(isLookup(column) ? [sql`drop index if exists ${name(lookupIndex(table.logicalName, logicalName))}`] : []),
    ...[logicalName, ...beside].map((one) => sql`alter table ${name(table.logicalName)} drop column ${name(one)}`),
  ]
}

function missingShadows(table: Table, existing: ReadonlySet<string>, dialect: Dialect): readonly Sql[] {
  const missing = shadowedColumns(table)
    .map((column) => foldedColumn(column.logicalName))
    .filter((shadow) => !existing.has(shadow))
  return missing.map((shadow) => sql`alter table ${name(table.logicalName)} add column ${textColumn(shadow, dialect)}`)
}

/** The column moves over to a new one, because no engine takes a reference off a column in place. Indexes on it are made anew. */
function addTargetColumn(table: Table, column: Column, target: string, schema: Schema, dialect: Dialect): readonly Sql[] {
  const { logicalName } = column
  const owner = name(table.logicalName)
  const old = name(`${logicalName}$single`)
  const keys = table.keys.filter((key) => key.columns.includes(logicalName))
  return [
    sql`drop index if exists ${name(lookupIndex(table.logicalName, logicalName))}`,
    ...keys.map((key) => dropKeyIndex(table, key)),
    sql`alter table ${owner} rename column ${name(logicalName)} to ${old}`,
    sql`alter table ${owner} add column ${textColumn(logicalName, dialect)}`,
    sql`alter table ${owner} add column ${textColumn(targetColumn(logicalName), dialect)}`,
    sql`update ${owner} set ${name(logicalName)} = ${old}, ${name(targetColumn(logicalName))} = ${target} where ${old} is not null`,
    sql`alter table ${owner} drop column ${old}`,
    ...(isIndexedLookup(table, column, schema) ? [lookupIndexSql(table, column)] : []),
    ...keys.filter((key) => key.status === 'Active').map((key) => createKeyIndex(table, key)),
  ]
}
