/**
 * What one edit changed, small enough to send to whoever else holds the schema. What did not change keeps its identity there,
 * so that everything cached by table stays warm.
 */
import type { Choice } from './choice.ts'
import type { Relationship } from './relationship.ts'
import { Schema } from './schema.ts'
import type { Table } from './table.ts'

export type SchemaDiff = {
  readonly version: number
  readonly tables: MapDiff<Table>
  readonly relationships: MapDiff<Relationship>
  readonly choices: MapDiff<Choice>
}

type MapDiff<T> = { readonly changed: readonly (readonly [name: string, value: T])[]; readonly removed: readonly string[] }

export function diffSchemas(before: Schema, after: Schema): SchemaDiff {
  return {
    version: after.version,
    tables: diffMaps(before.tables, after.tables),
    relationships: diffMaps(before.relationships, after.relationships),
    choices: diffMaps(before.choices, after.choices),
  }
}

export function applyDiff(schema: Schema, diff: SchemaDiff): Schema {
  return Schema.of(diff.version, {
    tables: applyMap(schema.tables, diff.tables).values(),
    relationships: applyMap(schema.relationships, diff.relationships).values(),
    choices: applyMap(schema.choices, diff.choices).values(),
  })
}

function diffMaps<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): MapDiff<T> {
  return {
    changed: [...after].filter(([name, value]) => before.get(name) !== value),
    removed: [...before.keys()].filter((name) => !after.has(name)),
  }
}

function applyMap<T>(map: ReadonlyMap<string, T>, diff: MapDiff<T>): Map<string, T> {
  const next = new Map(map)
  for (const name of diff.removed) next.delete(name)
  for (const [name, value] of diff.changed) next.set(name, value)
  return next
}
