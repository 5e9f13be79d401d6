/**
 * Schema + edit → the next schema, the steps that bring the SQL tables there, and what the answer tells. Pure: an edit that cannot be
 * is refused with a word of the catalogue, and nothing has changed.
 *
 * The table in a step is as it is after that step; where something is dropped, as it was before.
 */
import { unreachable } from '../base/assert.ts'
import type { Guid } from '../base/guid.ts'
import { createChoice, deleteChoice, editOption, updateChoice } from './edit-choice.ts'
import { createColumn, deleteColumn } from './edit-column.ts'
import { closeDraft, type Deleted, type Draft, openDraft } from './edit-draft.ts'
import { createKey, deleteKey, reactivateKey, setKeyStatus } from './edit-key.ts'
import { createManyToMany } from './edit-many-to-many.ts'
import { createLookup, deleteRelationship, updateRelationship } from './edit-relationship.ts'
import { followSecurity } from './edit-security.ts'
import { createTable, deleteTable, updateTable } from './edit-table.ts'
import type { Schema } from './schema.ts'
import type { EditResult, MigrationStep, SchemaEdit } from './schema-edit.ts'
import { updateColumn } from './update-column.ts'

export type EditedSchema = {
  readonly schema: Schema
  readonly steps: readonly MigrationStep[]
  readonly result: EditResult
  readonly deleted: readonly Deleted[]
}

export function editSchema(schema: Schema, edit: SchemaEdit, moment: { readonly now: string; readonly newId: () => Guid }): EditedSchema {
  const draft = openDraft(schema, moment.now, moment.newId)
  const result = apply(draft, edit)
  followSecurity(draft, schema)
  return { schema: closeDraft(draft, schema.version + 1), steps: draft.steps, result, deleted: draft.deleted }
}

function apply(draft: Draft, edit: SchemaEdit): EditResult {
  switch (edit.kind) {
    case 'create-table':
      return createTable(draft, edit)
    case 'update-table':
      return updateTable(draft, edit)
    case 'delete-table':
      return deleteTable(draft, edit)
    case 'create-column':
      return createColumn(draft, edit)
    case 'update-column':
      return updateColumn(draft, edit)
    case 'delete-column':
      return deleteColumn(draft, edit)
    case 'create-key':
      return createKey(draft, edit)
    case 'delete-key':
      return deleteKey(draft, edit)
    case 'reactivate-key':
      return reactivateKey(draft, edit)
    case 'set-key-status':
      return setKeyStatus(draft, edit)
    case 'create-lookup':
      return createLookup(draft, edit)
    case 'create-many-to-many':
      return createManyToMany(draft, edit)
    case 'update-relationship':
      return updateRelationship(draft, edit)
    case 'delete-relationship':
      return deleteRelationship(draft, edit)
    case 'create-choice':
      return createChoice(draft, edit)
    case 'update-choice':
      return updateChoice(draft, edit)
    case 'delete-choice':
      return deleteChoice(draft, edit)
    case 'edit-option':
      return editOption(draft, edit)
    default:
      return unreachable(edit)
  }
}
