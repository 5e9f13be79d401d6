/**
 * What a newer Tidemark has among its standard tables and a database made by an older one has not: it is added when the server starts.
 * A table that is there stays as it is, whatever its newer definition says.
 */
import type { Relationship } from './relationship.ts'
import { type Definitions, Schema } from './schema.ts'
import type { Table } from './table.ts'

/** Undefined where nothing is missing. */
export function withNewTables(schema: Schema, standard: Definitions): { readonly schema: Schema; readonly added: readonly Table[] } | undefined {
  const added = [...standard.tables].filter((table) => !schema.tables.has(table.logicalName))
  if (added.length === 0) return undefined
  const tables = [...schema.tables.values(), ...added]
  const names = new Set(added.map((table) => table.logicalName))
  const relationships = [...standard.relationships].filter((one) => !schema.relationships.has(one.schemaName) && tablesOf(one).some((name) => names.has(name)))
  return {
    schema: Schema.of(schema.version + 1, { tables, relationships: [...schema.relationships.values(), ...relationships], choices: schema.choices.values() }),
    added,
  }
}

function tablesOf(one: Relationship): readonly string[] {
  return one.kind === 'one-to-many' ? [one.referencingTable, one.referencedTable] : [one.intersectTable, one.table1, one.table2]
}
