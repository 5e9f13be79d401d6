/** Which privilege an edit of the schema takes: those of customizers, `prvCreateEntity`, `prvWriteAttribute` … */
import type { OtherPrivilege } from '../schema/privileges.ts'
import type { SchemaEdit } from '../schema/schema-edit.ts'
import { demandOther, type Rights } from './rights.ts'

const PRIVILEGES: { readonly [kind in SchemaEdit['kind']]: OtherPrivilege } = {
  'create-table': 'prvCreateEntity',
  'update-table': 'prvWriteEntity',
  'delete-table': 'prvDeleteEntity',
  'create-column': 'prvCreateAttribute',
  'update-column': 'prvWriteAttribute',
  'delete-column': 'prvDeleteAttribute',
  // A key is part of its table's definition.
  'create-key': 'prvWriteEntity',
  'delete-key': 'prvWriteEntity',
  'reactivate-key': 'prvWriteEntity',
  'set-key-status': 'prvWriteEntity',
  'create-lookup': 'prvCreateRelationship',
  'create-many-to-many': 'prvCreateRelationship',
  'update-relationship': 'prvWriteRelationship',
  'delete-relationship': 'prvDeleteRelationship',
  'create-choice': 'prvCreateAttribute',
  'update-choice': 'prvWriteAttribute',
  'delete-choice': 'prvDeleteAttribute',
  'edit-option': 'prvWriteAttribute',
}

export function demandEdit(edit: SchemaEdit, rights: Rights): void {
  demandOther(rights, PRIVILEGES[edit.kind])
}
