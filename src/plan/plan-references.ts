/**
 * `$ref` requests → plans. `POST accounts(a)/Account_Tasks/$ref` adds to a collection, `PUT contacts(c)/parentcustomerid_account/$ref`
 * points a lookup at a row, `DELETE` takes away: from a collection the row named by `?$id=` or `nav(key)`, else the lookup's value.
 */
import { fail } from '../protocol/errors.ts'
import type { RowReference } from '../protocol/row-json.ts'
import type { Navigation, Schema } from '../schema/schema.ts'
import { bindReference } from './bind-address.ts'
import { childColumn } from './bind-navigation.ts'
import { type Chance, refuseFixedTable } from './bind-row.ts'
import { isToMany, linkOf, type ToMany } from './navigation.ts'
import type { RowAddress } from './row-address.ts'
import type { Assignment, Link, WriteRow } from './write-plan.ts'

/** POST. `other` comes from the body's `@odata.id`. */
export function planAddReference(row: RowAddress, navigationName: string, other: RowReference, schema: Schema): Link {
  const navigation = navigationOf(row, navigationName, schema)
  if (!isToMany(navigation)) throw fail('MethodNotAllowed', 'POST', 'GET, PUT, DELETE')
  return { kind: 'link', row, other: bindReference(other, schema, [navigation.target.logicalName]), link: changedLink(navigation) }
}

/** PUT, on a single-valued navigation. */
export function planSetReference(row: RowAddress, navigationName: string, other: RowReference, schema: Schema, chance: Chance): WriteRow {
  const navigation = navigationOf(row, navigationName, schema)
  if (isToMany(navigation)) throw fail('MethodNotAllowed', 'PUT', 'GET, POST, DELETE')
  const targets = navigation.kind === 'owner' ? navigation.column.targets : [navigation.target.logicalName]
  return planLookup(row, navigation, { column: navigation.column, find: bindReference(other, schema, targets) }, chance)
}

/** DELETE. `other`: what `?$id=` names, or the address in `nav(key)`; undefined on a single-valued navigation. */
export function planRemoveReference(
  row: RowAddress,
  navigationName: string,
  other: RowReference | RowAddress | undefined,
  schema: Schema,
  chance: Chance,
): WriteRow | Link {
  const navigation = navigationOf(row, navigationName, schema)
  if (!isToMany(navigation)) {
    if (other) throw fail('BadRequest', `'${navigationName}' points at one row; leave out which one to remove.`)
    if (navigation.column.type === 'owner') throw fail('MissingOwner', row.table.logicalName)
    if (navigation.column.requiredLevel === 'SystemRequired') throw fail('RequiredColumn', navigation.column.logicalName)
    return planLookup(row, navigation, { column: navigation.column, value: null }, chance)
  }
  if (!other) throw fail('BadRequest', `Name the row to remove from '${navigationName}': with ?$id=, or as ${navigationName}(<id>)/$ref.`)
  const address = 'by' in other ? other : bindReference(other, schema, [navigation.target.logicalName])
  return { kind: 'unlink', row, other: address, link: changedLink(navigation) }
}

function navigationOf(row: RowAddress, name: string, schema: Schema): Navigation {
  const navigation = schema.navigations.get(row.table.logicalName)?.get(name)
  if (!navigation) throw fail('UnknownResource', name)
  return navigation
}

/** A child hangs on its parent by a lookup of its own, which has to be one that a client may change. */
function changedLink(navigation: ToMany): Link['link'] {
  if (navigation.kind === 'many') childColumn(navigation.target, navigation.relationship, 'Update')
  return linkOf(navigation)
}

function planLookup(row: RowAddress, navigation: Extract<Navigation, { readonly kind: 'one' | 'owner' }>, assignment: Assignment, chance: Chance): WriteRow {
  const { table } = row
  refuseFixedTable(table, 'Update')
  if (!navigation.column.isValidForUpdate) throw fail('ReadOnlyColumn', table.entitySetName, navigation.name)
  if (row.by === 'key' && row.key.columns.includes(navigation.column.logicalName)) {
    throw fail('BadRequest', `'${navigation.name}' is part of the key in the URL; address the row by its id to change it.`)
  }
  return {
    kind: 'write-row',
    table,
    verb: 'update',
    address: row,
    precondition: { kind: 'none' },
    assignments: [assignment],
    attachments: [],
    newId: chance.newId(),
    returns: undefined,
  }
}
