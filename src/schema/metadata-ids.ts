/** Which definitions an edit made or changed, by their `MetadataId`: tables, their columns and keys, relationships, choices. */
import type { Guid } from '../base/guid.ts'
import type { Schema } from './schema.ts'
import type { SchemaDiff } from './schema-diff.ts'
import type { Table } from './table.ts'

export function changedMetadataIds(before: Schema, diff: SchemaDiff): readonly Guid[] {
  const ids = new Set<Guid>()
  for (const [name, table] of diff.tables.changed) addTable(ids, before.tables.get(name), table)
  for (const [, relationship] of diff.relationships.changed) ids.add(relationship.metadataId)
  for (const [, choice] of diff.choices.changed) ids.add(choice.metadataId)
  return [...ids]
}

/** The table itself counts as changed with anything of it: that is how Dataverse answers RetrieveMetadataChanges. */
function addTable(ids: Set<Guid>, before: Table | undefined, after: Table): void {
  ids.add(after.metadataId)
  for (const [name, column] of after.columns) if (before?.columns.get(name) !== column) ids.add(column.metadataId)
  for (const key of after.keys) if (!before?.keys.includes(key)) ids.add(key.metadataId)
}
