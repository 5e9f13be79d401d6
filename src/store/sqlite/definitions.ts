/**
 * The schema's definitions in the database: one row of JSON for each table, relationship and choice.
 * 20 tables with 1,462 columns are 700 KB; they are read, parsed and built into a schema in about 15 ms.
 */
import type { Choice } from '../../schema/choice.ts'
import type { Column } from '../../schema/column.ts'
import type { Relationship } from '../../schema/relationship.ts'
import type { Deleted } from '../../schema/edit-draft.ts'
import { changedMetadataIds } from '../../schema/metadata-ids.ts'
import { diffSchemas } from '../../schema/schema-diff.ts'
import { Schema } from '../../schema/schema.ts'
import type { Table } from '../../schema/table.ts'
import { sql } from '../sql/sql.ts'
import type { Connection } from './driver.ts'

type Kind = 'table' | 'relationship' | 'choice'

/** Before the very first start: a schema of version 0 without tables. */
export function loadSchema(connection: Connection): Schema {
  // One statement, so that version and definitions are of one snapshot.
  const rows = connection.all(sql`select version, kind, json from tidemark_schema left join tidemark_definition on true order by kind, name`)
  const of = (kind: Kind): string[] => rows.filter((row) => row.kind === kind).map((row) => String(row.json))
  return Schema.of(Number(rows[0]?.version ?? 0), {
    tables: of('table').map(parseTable),
    relationships: of('relationship').map((json) => JSON.parse(json) as Relationship),
    choices: of('choice').map((json) => JSON.parse(json) as Choice),
  })
}

/** Inside the edit's transaction. Only what changed (by identity) is written. */
export function saveSchema(connection: Connection, before: Schema, after: Schema, deleted: readonly Deleted[]): void {
  const diff = diffSchemas(before, after)
  for (const [name, table] of diff.tables.changed) save(connection, 'table', name, formatTable(table))
  for (const [name, relationship] of diff.relationships.changed) save(connection, 'relationship', name, JSON.stringify(relationship))
  for (const [name, choice] of diff.choices.changed) save(connection, 'choice', name, JSON.stringify(choice))
  for (const name of diff.tables.removed) forget(connection, 'table', name)
  for (const name of diff.relationships.removed) forget(connection, 'relationship', name)
  for (const name of diff.choices.removed) forget(connection, 'choice', name)
  // The first schema's definitions are no change to anyone: RetrieveMetadataChanges knows the versions behind it.
  if (before.tables.size > 0) {
    for (const id of changedMetadataIds(before, diff)) connection.run(sql`insert or replace into tidemark_metadata_change values (${id}, ${after.version})`)
  }
  for (const { metadataId: id, kind, parent } of deleted) {
    connection.run(
      sql`insert or replace into tidemark_deleted_metadata (id, kind, version, parent) values (${id}, ${kind}, ${after.version}, ${parent ?? null})`,
    )
  }
  connection.run(sql`update tidemark_schema set version = ${after.version}`)
}

function save(connection: Connection, kind: Kind, name: string, json: string): void {
  connection.run(sql`insert or replace into tidemark_definition (kind, name, json) values (${kind}, ${name}, ${json})`)
}

function forget(connection: Connection, kind: Kind, name: string): void {
  connection.run(sql`delete from tidemark_definition where kind = ${kind} and name = ${name}`)
}

/** A map has no JSON; the array keeps the columns' order. */
export function formatTable(table: Table): string {
  return JSON.stringify({ ...table, columns: [...table.columns.values()] })
}

export function parseTable(json: string): Table {
  const table = JSON.parse(json) as Omit<Table, 'columns'> & { readonly columns: readonly Column[] }
  return { ...table, columns: new Map(table.columns.map((column) => [column.logicalName, column])) }
}
