/**
 * The members of a body that name other rows: `nav@odata.bind` (existing rows) and nested objects (rows to create with this one).
 * `"primarycontactid@odata.bind": "/contacts(emailaddress1='a@b.c')"` is a question that the run answers inside its transaction.
 */
import { fail } from '../protocol/errors.ts'
import type { RowBody, RowReference } from '../protocol/row-json.ts'
import type { Column } from '../schema/column.ts'
import type { OneToMany } from '../schema/relationship.ts'
import type { Navigation, Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { bindReference } from './bind-address.ts'
import { assignLookup, type Chance, refuseFixedTable, type RowBinding } from './bind-row.ts'
import type { Attachment, WriteRow } from './write-plan.ts'
import { knownColumn } from './find-column.ts'

// Deeper than any model asks for; a bound is needed because each level is a call of its own.
const MAX_DEPTH = 16

type Many = Extract<Navigation, { readonly kind: 'many' | 'many-to-many' }>
type One = Extract<Navigation, { readonly kind: 'one' | 'owner' }>
type BindNewRow = (body: RowBody, table: Table, schema: Schema, chance: Chance, depth: number, parentColumn?: Column) => WriteRow

/** `references` null: `"nav@odata.bind": null`. */
export function bindBound(row: RowBinding, name: string, references: readonly RowReference[] | null, isCollection: boolean): void {
  const navigation = navigationOf(row, name)
  if (!navigation) throw fail('UndeclaredNavigation', row.table.entitySetName, name)
  if (isOne(navigation)) bindOne(row, navigation, references, isCollection)
  else bindMany(row, navigation, references, isCollection)
}

function bindMany(row: RowBinding, navigation: Many, references: readonly RowReference[] | null, isCollection: boolean): void {
  refuseOnUpdate(row, navigation.name)
  if (!references || !isCollection) throw fail('BadPayload', row.table.entitySetName, `'${navigation.name}' holds many rows; give it an array of references.`)
  for (const reference of references) row.attachments.push(bindExisting(row, navigation, reference))
}

/** Nested rows: created with this one. An object with nothing but `@odata.id` names an existing row. */
export function bindNested(row: RowBinding, name: string, rows: readonly RowBody[], isCollection: boolean, bindNewRow: BindNewRow): void {
  const navigation = navigationOf(row, name)
  if (!navigation) throw fail('UnknownColumn', row.table.entitySetName, row.table.logicalName, name)
  const reference = isOne(navigation) && !isCollection ? onlyReference(rows) : undefined
  if (isOne(navigation) && reference) bindOne(row, navigation, [reference], false)
  else createNested(row, navigation, rows, isCollection, bindNewRow)
}

function onlyReference(rows: readonly RowBody[]): RowReference | undefined {
  return rows.length === 1 && rows[0]?.members.length === 0 ? rows[0].id : undefined
}

function createNested(row: RowBinding, navigation: Navigation, rows: readonly RowBody[], isCollection: boolean, bindNewRow: BindNewRow): void {
  refuseOnUpdate(row, navigation.name)
  if (row.depth >= MAX_DEPTH) throw fail('BadPayload', row.table.entitySetName, `Rows are nested more than ${MAX_DEPTH} deep.`)
  if (isOne(navigation)) {
    createOne(row, navigation, rows, isCollection, bindNewRow)
    return
  }
  if (!isCollection) throw fail('BadPayload', row.table.entitySetName, `'${navigation.name}' holds many rows; give it an array.`)
  for (const nested of rows) row.attachments.push(bindChild(row, navigation, nested, bindNewRow))
}

function navigationOf(row: RowBinding, name: string): Navigation | undefined {
  return row.schema.navigations.get(row.table.logicalName)?.get(name)
}

function isOne(navigation: Navigation): navigation is One {
  return navigation.kind === 'one' || navigation.kind === 'owner'
}

/** The rows that a single-valued navigation may point at: any owner's table, or its relationship's. */
function targetsOf(navigation: One): readonly string[] {
  return navigation.kind === 'owner' ? navigation.column.targets : [navigation.target.logicalName]
}

function refuseOnUpdate(row: RowBinding, name: string): void {
  // The original's rule and, but for the property's name, its words: an update binds single-valued navigations only.
  if (row.verb !== 'create') throw fail('BadPayload', row.table.entitySetName, `Deep update of navigation properties is not allowed: '${name}'.`)
}

function bindOne(row: RowBinding, navigation: One, references: readonly RowReference[] | null, isCollection: boolean): void {
  const { name, column } = navigation
  if (references === null) {
    assignLookup(row, column, name, { column, value: null })
    return
  }
  const reference = references[0]
  if (isCollection || !reference || references.length > 1)
    throw fail('BadPayload', row.table.entitySetName, `'${name}' points at one row; give it one reference.`)
  assignLookup(row, column, name, { column, find: bindReference(reference, row.schema, targetsOf(navigation)) })
}

function createOne(row: RowBinding, navigation: One, rows: readonly RowBody[], isCollection: boolean, bindNewRow: BindNewRow): void {
  const { name, column } = navigation
  const nested = rows[0]
  if (isCollection || !nested || rows.length > 1) throw fail('BadPayload', row.table.entitySetName, `'${name}' points at one row; give it one object.`)
  if (navigation.kind === 'owner')
    throw fail('BadPayload', row.table.entitySetName, `'${name}' names an existing user or team; give it with '${name}@odata.bind'.`)
  assignLookup(row, column, name, { column, create: bindNewRow(nested, navigation.target, row.schema, row.chance, row.depth + 1) })
}

function bindChild(row: RowBinding, navigation: Many, nested: RowBody, bindNewRow: BindNewRow): Attachment {
  if (nested.id && nested.members.length === 0) return bindExisting(row, navigation, nested.id)
  if (navigation.kind === 'many-to-many') {
    const { relationship, side } = navigation
    return { kind: 'create-linked', relationship, side, other: bindNewRow(nested, navigation.target, row.schema, row.chance, row.depth + 1) }
  }
  const { relationship, target } = navigation
  const column = childColumn(target, relationship, 'Create')
  return { kind: 'create-child', relationship, child: bindNewRow(nested, target, row.schema, row.chance, row.depth + 1, column) }
}

/** The lookup by which rows of `target` hang on their parent; not one that the server keeps, as `createdby` is. */
export function childColumn(target: Table, relationship: OneToMany, message: 'Create' | 'Update'): Column {
  const column = knownColumn(target, relationship.referencingColumn)
  refuseFixedTable(target, message)
  const isSettable = message === 'Create' ? column.isValidForCreate : column.isValidForUpdate
  if (!isSettable) throw fail('ReadOnlyColumn', target.entitySetName, relationship.referencedNavigation)
  return column
}

function bindExisting(row: RowBinding, navigation: Many, reference: RowReference): Attachment {
  const address = bindReference(reference, row.schema, [navigation.target.logicalName])
  if (navigation.kind === 'many-to-many') return { kind: 'bind-linked', relationship: navigation.relationship, side: navigation.side, other: address }
  childColumn(navigation.target, navigation.relationship, 'Update')
  return { kind: 'bind-child', relationship: navigation.relationship, child: address }
}
