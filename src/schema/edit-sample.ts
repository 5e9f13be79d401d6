/** For tests of editing: the standard schema with `new_widget` and `new_box`, and short ways to edit it. */
import { Guid } from '../base/guid.ts'
import { editSchema, type EditedSchema } from './edit-schema.ts'
import { Label } from './label.ts'
import { Schema } from './schema.ts'
import type { ColumnRequest, OneToManyRequest, SchemaEdit, TableRequest } from './schema-edit.ts'
import { systemDefinitions } from './system-tables.ts'
import type { Table } from './table.ts'

export const NOW = '2026-11-22T10:00:00Z'

/** Ids by version and count: every run gives the same, and no two edits of one schema do. */
function counter(schemaVersion: number): () => Guid {
  let count = 0
  return () => Guid.fromName(`sample:${schemaVersion}:${++count}`)
}

export function edit(schema: Schema, ...edits: readonly SchemaEdit[]): EditedSchema {
  let last: EditedSchema = { schema, steps: [], result: {}, deleted: [] }
  for (const one of edits) last = editSchema(last.schema, one, { now: NOW, newId: counter(last.schema.version) })
  return last
}

export function widget(change: Partial<TableRequest> = {}): SchemaEdit {
  return {
    kind: 'create-table',
    table: {
      schemaName: 'new_Widget',
      displayName: Label.of('Widget'),
      displayCollectionName: Label.of('Widgets'),
      ownership: 'user',
      isActivity: false,
      hasNotes: false,
      hasActivities: false,
      tracksChanges: false,
      columns: [{ type: 'string', schemaName: 'new_Name', isPrimaryName: true, displayName: Label.of('Name') }],
      ...change,
    },
  }
}

export function column(request: ColumnRequest, table = 'new_widget'): SchemaEdit {
  return { kind: 'create-column', table, column: { displayName: Label.of(request.schemaName), ...request } }
}

export function lookupTo(target: string, schemaName: string, change: Partial<OneToManyRequest> = {}, table = 'new_widget'): SchemaEdit {
  const relationship = { schemaName: `new_${target}_${table}_${schemaName}`, referencedTable: target, cascade: {}, isHierarchical: false, ...change }
  return { kind: 'create-lookup', table, column: { type: 'lookup', schemaName, displayName: Label.of(schemaName) }, relationships: [relationship] }
}

export function key(schemaName: string, ...columns: readonly string[]): SchemaEdit {
  return { kind: 'create-key', table: 'new_widget', schemaName, displayName: Label.of(schemaName), columns }
}

export const standard = Schema.of(1, systemDefinitions())
export const sample = edit(
  standard,
  widget(),
  widget({ schemaName: 'new_Box', columns: [{ type: 'string', schemaName: 'new_Title', isPrimaryName: true }] }),
).schema

export function table(schema: Schema, name = 'new_widget'): Table {
  const found = schema.tables.get(name)
  if (!found) throw new Error(`no table ${name}`)
  return found
}
