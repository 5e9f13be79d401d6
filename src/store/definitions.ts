/**
 * The schema's definitions in the database: one row of JSON for each table, relationship and choice.
 * 20 tables with 1,462 columns are 700 KB; they are read, parsed and built into a schema in about 15 ms.
 */
import type { Choice } from '../schema/choice.ts'
import type { Column } from '../schema/column.ts'
import type { Deleted } from '../schema/edit-draft.ts'
import { changedMetadataIds } from '../schema/metadata-ids.ts'
import type { Relationship } from '../schema/relationship.ts'
import { diffSchemas } from '../schema/schema-diff.ts'
import { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { SqlRow } from './sql/connection.ts'
import { type Sql, sql } from './sql/sql.ts'

type Kind = 'table' | 'relationship' | 'choice'

/** One statement, so that version and definitions are of one snapshot. */
export const SELECT_SCHEMA: Sql = sql`select version, kind, json from tidemark_schema left join tidemark_definition on true order by kind, name`

/** Of the rows of `SELECT_SCHEMA`. Before the very first start: a schema of version 0 without tables. */
export function schemaOf(rows: readonly SqlRow[]): Schema {
  const of = (kind: Kind): string[] => rows.filter((row) => row.kind === kind).map((row) => String(row.json))
  return Schema.of(Number(rows[0]?.version ?? 0), {
    tables: of('table').map(parseTable),
    relationships: of('relationship').map((json) => JSON.parse(json) as Relationship),
    choices: of('choice').map((json) => JSON.parse(json) as Choice),
  })
}

/** To be run inside the edit's transaction. Only what changed (by identity) is written. */
export function saveSchemaSql(before: Schema, after: Schema, deleted: readonly Deleted[]): readonly Sql[] {
  const diff = diffSchemas(before, after)
  return [
    ...[...diff.tables.changed].map(([name, table]) => save('table', name, formatTable(table))),
    ...[...diff.relationships.changed].map(([name, relationship]) => save('relationship', name, JSON.stringify(relationship))),
    ...[...diff.choices.changed].map(([name, choice]) => save('choice', name, JSON.stringify(choice))),
    ...[...diff.tables.removed].map((name) => forget('table', name)),
    ...[...diff.relationships.removed].map((name) => forget('relationship', name)),
    ...[...diff.choices.removed].map((name) => forget('choice', name)),
    // The first schema's definitions are no change to anyone: RetrieveMetadataChanges knows the versions behind it.
    ...(before.tables.size > 0 ? [...changedMetadataIds(before, diff)].map((id) => noteChange(id, after.version)) : []),
    ...deleted.map((one) => noteDeleted(one, after.version)),
    sql`update tidemark_schema set version = ${after.version}`,
  ]
}

function save(kind: Kind, name: string, json: string): Sql {
  return sql`insert into tidemark_definition (kind, name, json) values (${kind}, ${name}, ${json}) on conflict (kind, name) do update set json = excluded.json`
}

function forget(kind: Kind, name: string): Sql {
  return sql`delete from tidemark_definition where kind = ${kind} and name = ${name}`
}

function noteChange(id: string, version: number): Sql {
  return sql`insert into tidemark_metadata_change (id, version) values (${id}, ${version}) on conflict (id) do update set version = excluded.version`
}

function noteDeleted({ metadataId, kind, parent }: Deleted, version: number): Sql {
  return sql`insert into tidemark_deleted_metadata (id, kind, version, parent) values (${metadataId}, ${kind}, ${version}, ${parent ?? null})
    on conflict (id) do update set kind = excluded.kind, version = excluded.version, parent = excluded.parent`
}

/** A map has no JSON; the array keeps the columns' order. */
export function formatTable(table: Table): string {
  return JSON.stringify({ ...table, columns: [...table.columns.values()] })
}

export function parseTable(json: string): Table {
  const table = JSON.parse(json) as Omit<Table, 'columns'> & { readonly columns: readonly Column[] }
  return { ...table, columns: new Map(table.columns.map((column) => [column.logicalName, column])) }
}
