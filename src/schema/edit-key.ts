/**
 * Alternate keys: defining one is refused early and by name (sync.md 1.2, 1.3 and 1.8); a new key is Pending until its index is built.
 * A key is never altered: it is deleted and made anew.
 */
import { fail } from '../protocol/errors.ts'
import type { Column } from './column.ts'
import { keyBytes, mayBeInKey } from './column-limits.ts'
import { COLUMN_TYPES } from './column-types.ts'
import { columnOf, type Draft, editableTable, putTable } from './edit-draft.ts'
import { checkCustomName, logicalNameOf } from './names.ts'
import type { EditResult, SchemaEdit } from './schema-edit.ts'
import type { AlternateKey, Table } from './table.ts'

const MAX_KEYS = 10
const MAX_COLUMNS = 16
const MAX_BYTES = 900

export function createKey(draft: Draft, edit: Extract<SchemaEdit, { kind: 'create-key' }>): EditResult {
  const before = editableTable(draft, edit.table)
  checkCustomName('key', edit.schemaName, edit.logicalName)
  const logicalName = logicalNameOf(edit.schemaName)
  if (before.keys.some((one) => one.logicalName === logicalName)) throw fail('KeyNameExists', edit.schemaName, edit.table)
  checkColumns(before, edit.columns)
  if (before.keys.length >= MAX_KEYS) throw fail('TooManyKeys', MAX_KEYS)
  // The reference gives them back sorted, whatever the order they were sent in (sync.md 1.7).
  const columns = [...edit.columns].sort()
  if (before.keys.some((one) => one.columns.join() === columns.join())) throw fail('KeyColumnsExist', edit.table)
  checkKeySize(before, columns)
  const key: AlternateKey = {
    logicalName,
    schemaName: edit.schemaName,
    metadataId: draft.newId(),
    displayName: edit.displayName,
    columns,
    status: 'Pending',
    jobId: draft.newId(),
  }
  const table = putTable(draft, { ...before, keys: [...before.keys, key] })
  draft.steps.push({ kind: 'build-key', table, key })
  return { metadataId: key.metadataId }
}

function checkColumns(table: Table, names: readonly string[]): void {
  if (names.length === 0) throw fail('InvalidMetadata', 'A key needs at least one column.')
  if (names.length > MAX_COLUMNS) throw fail('TooManyKeyColumns', MAX_COLUMNS)
  if (new Set(names).size !== names.length) throw fail('InvalidMetadata', 'A key cannot have the same column twice.')
  for (const name of names) checkColumn(columnOf(table, name))
}

function checkColumn(column: Column): void {
  const { logicalName, isValidForCreate, isValidForUpdate } = column
  if (!mayBeInKey(column.type)) throw fail('KeyColumnType', logicalName, COLUMN_TYPES[column.type].attributeType)
  if (!isValidForCreate && !isValidForUpdate) throw fail('KeyColumnNotForCreateAndUpdate', logicalName)
  if (!isValidForCreate) throw fail('KeyColumnNotForCreate', logicalName)
  if (!isValidForUpdate) throw fail('KeyColumnNotForUpdate', logicalName)
  if (column.isSecured) throw fail('InvalidMetadata', `The column ${logicalName} has column-level security and cannot be part of a key.`)
}

export function checkKeySize(table: Table, columns: readonly string[]): void {
  const bytes = columns.reduce((sum, name) => sum + (keyBytes(columnOf(table, name)) ?? 0), 0)
  if (bytes > MAX_BYTES) throw fail('KeyTooLarge', bytes, MAX_BYTES)
}

export function deleteKey(draft: Draft, edit: Extract<SchemaEdit, { kind: 'delete-key' }>): EditResult {
  const before = editableTable(draft, edit.table)
  const key = keyOf(before, edit.key)
  putTable(draft, { ...before, keys: before.keys.filter((one) => one !== key) })
  draft.steps.push({ kind: 'drop-key', table: before, key })
  draft.deleted.push({ kind: 'key', metadataId: key.metadataId, parent: before.metadataId })
  return { metadataId: key.metadataId }
}

/** A new job for a key whose job has failed (sync.md 1.6, rules 5 and 6). */
export function reactivateKey(draft: Draft, edit: Extract<SchemaEdit, { kind: 'reactivate-key' }>): EditResult {
  const before = editableTable(draft, edit.table)
  const key = keyOf(before, edit.key)
  if (key.status !== 'Failed') throw fail('KeyNotFailed', key.logicalName)
  const again: AlternateKey = { ...key, status: 'Pending', jobId: draft.newId() }
  draft.steps.push({ kind: 'build-key', table: replaceKey(draft, before, key, again), key: again })
  return { metadataId: key.metadataId }
}

export function setKeyStatus(draft: Draft, edit: Extract<SchemaEdit, { kind: 'set-key-status' }>): EditResult {
  const before = editableTable(draft, edit.table)
  const key = keyOf(before, edit.key)
  replaceKey(draft, before, key, { ...key, status: edit.status })
  return { metadataId: key.metadataId }
}

function replaceKey(draft: Draft, table: Table, key: AlternateKey, next: AlternateKey): Table {
  return putTable(draft, { ...table, keys: table.keys.map((one) => (one === key ? next : one)) })
}

function keyOf(table: Table, name: string): AlternateKey {
  const key = table.keys.find((one) => one.logicalName === name)
  if (!key) throw fail('MetadataNotFound', 'key', `${table.logicalName}.${name}`)
  return key
}
