import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DataverseError } from '../protocol/errors.ts'
import { isPolymorphic } from './column.ts'
import { column, edit, key, lookupTo, NOW, sample, standard, widget } from './edit-sample.ts'
import { editSchema } from './edit-schema.ts'
import { Guid } from '../base/guid.ts'
import type { Schema } from './schema.ts'
import type { MigrationStep, SchemaEdit } from './schema-edit.ts'
import { complaintsAbout } from './schema-soundness.ts'

/** What the SQL tables hold: columns, and beside a polymorphic lookup its target. */
type Stored = Map<string, Set<string>>

function storedOf(schema: Schema): Stored {
  return new Map([...schema.tables.values()].map((table) => [table.logicalName, partsOf([...table.columns.values()])]))
}

function partsOf(columns: readonly Parameters<typeof isPolymorphic>[0][]): Set<string> {
  return new Set(columns.flatMap((one) => (isPolymorphic(one) ? [one.logicalName, `${one.logicalName}$table`] : [one.logicalName])))
}

function run(stored: Stored, step: MigrationStep): void {
  switch (step.kind) {
    case 'create-table':
      stored.set(step.table.logicalName, partsOf([...step.table.columns.values()]))
      break
    case 'drop-table':
      assert.ok(stored.delete(step.table.logicalName))
      break
    case 'add-column':
      for (const part of partsOf([step.column])) stored.get(step.table.logicalName)?.add(part)
      break
    case 'drop-column':
      for (const part of partsOf([step.column])) assert.ok(stored.get(step.table.logicalName)?.delete(part))
      break
    case 'add-target-column':
      stored.get(step.table.logicalName)?.add(`${step.column.logicalName}$table`)
      break
    case 'build-key':
    case 'drop-key':
    case 'forget-relationship':
      break
  }
}

const names = fc.constantFrom('new_A', 'new_B')
const tables = fc.constantFrom('new_widget', 'new_box', 'new_gadget', 'task')
const subject = { type: 'string', schemaName: 'Subject', isPrimaryName: true } as const
const edits: fc.Arbitrary<SchemaEdit> = fc.oneof(
  fc.record({ hasActivities: fc.boolean(), isActivity: fc.boolean() }).map(({ hasActivities, isActivity }) =>
    widget({
      schemaName: 'new_Gadget',
      hasActivities,
      isActivity,
      columns: isActivity ? [subject] : [{ type: 'string', schemaName: 'new_Name', isPrimaryName: true }],
    }),
  ),
  tables.map((table): SchemaEdit => ({ kind: 'delete-table', table })),
  fc
    .tuple(names, tables, fc.constantFrom('string' as const, 'money' as const, 'choice' as const))
    .map(([schemaName, table, type]): SchemaEdit => column({ type, schemaName }, table)),
  fc.tuple(names, tables).map(([name, table]): SchemaEdit => ({ kind: 'delete-column', table, column: name.toLowerCase() })),
  fc.tuple(tables, names, tables).map(([target, name, table]): SchemaEdit => lookupTo(target, name, {}, table)),
  fc.tuple(tables, names, tables).map(([target, name, table]): SchemaEdit => ({ kind: 'delete-relationship', schemaName: `new_${target}_${table}_${name}` })),
  fc
    .tuple(names, tables, tables)
    .map(([name, table1, table2]): SchemaEdit => ({ kind: 'create-many-to-many', relationship: { schemaName: `${name}_pair`, table1, table2 } })),
  names.map((name): SchemaEdit => ({ kind: 'delete-relationship', schemaName: `${name}_pair` })),
  names.map((name): SchemaEdit => key(`${name}_key`, name.toLowerCase())),
  names.map((name): SchemaEdit => ({ kind: 'delete-key', table: 'new_widget', key: `${name.toLowerCase()}_key` })),
  tables.map((table): SchemaEdit => ({ kind: 'update-table', table, change: { hasActivities: true }, mergeLabels: true })),
)

test('whatever is edited, the schema stays sound, and the steps bring the SQL tables to it', () => {
  fc.assert(
    fc.property(fc.array(edits, { minLength: 15, maxLength: 40, size: 'max' }), (sequence) => {
      let schema = sample
      const stored = storedOf(schema)
      for (const one of sequence) {
        try {
          const edited = edit(schema, one)
          for (const step of edited.steps) run(stored, step)
          schema = edited.schema
        } catch (error) {
          if (!(error instanceof DataverseError)) throw error
        }
      }
      assert.deepEqual(complaintsAbout(schema), [])
      assert.deepEqual(stored, storedOf(schema))
    }),
    { numRuns: 100 },
  )
})

test('what is deleted is told, and everything told is gone', () => {
  const before = edit(sample, column({ type: 'money', schemaName: 'new_Price' }), lookupTo('account', 'new_AccountId'), key('new_Key', 'new_accountid')).schema
  const { schema, deleted } = edit(before, { kind: 'delete-table', table: 'new_widget' })
  const ids = (of: Schema) =>
    new Set(
      [...of.tables.values()]
        .flatMap((table) => [table, ...table.columns.values(), ...table.keys])
        .concat([...of.relationships.values()] as never[])
        .map((one) => one.metadataId),
    )
  const left = ids(schema)
  assert.deepEqual(new Set(deleted.map((one) => one.metadataId)), new Set([...ids(before)].filter((id) => !left.has(id))))
})

test('the version grows by one, moments are in whole seconds, and what did not change keeps its identity', () => {
  const { schema } = editSchema(standard, widget(), { now: '2026-11-22T10:00:00.123Z', newId: Guid.next })
  assert.equal(schema.version, standard.version + 1)
  assert.equal(schema.tables.get('new_widget')?.createdOn, NOW)
  assert.equal(schema.tables.get('account'), standard.tables.get('account'))
})
