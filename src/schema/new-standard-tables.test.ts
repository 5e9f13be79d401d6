import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withNewTables } from './new-standard-tables.ts'
import { Schema } from './schema.ts'
import { complaintsAbout } from './schema-soundness.ts'
import { systemDefinitions } from './system-tables.ts'

const standard = systemDefinitions()
const whole = Schema.of(1, standard)
const LATER = new Set(['savedquery', 'userquery'])

/** As an older program has made it. */
function older(): Schema {
  const relationships = [...standard.relationships].filter(
    (one) => one.kind !== 'one-to-many' || !(LATER.has(one.referencingTable) || LATER.has(one.referencedTable)),
  )
  return Schema.of(7, { tables: [...standard.tables].filter((table) => !LATER.has(table.logicalName)), relationships, choices: [] })
}

test('a whole schema lacks nothing', () => assert.equal(withNewTables(whole, standard), undefined))

test('tables that are new come with their relationships, at the next version', () => {
  const change = withNewTables(older(), standard)
  assert.ok(change)
  assert.deepEqual(change.added.map((table) => table.logicalName).sort(), [...LATER])
  assert.equal(change.schema.version, 8)
  assert.deepEqual([...change.schema.tables.keys()].sort(), [...whole.tables.keys()].sort())
  assert.deepEqual([...change.schema.relationships.keys()].sort(), [...whole.relationships.keys()].sort())
  assert.deepEqual(complaintsAbout(change.schema), complaintsAbout(whole))
})

test('what is there stays as it is', () => {
  const before = older()
  const after = withNewTables(before, standard)?.schema
  for (const [name, table] of before.tables) assert.equal(after?.tables.get(name), table)
})
