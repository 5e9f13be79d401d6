/**
 * Navigation properties by name: `primarycontactid` leads to one row, `Account_Tasks` to many, `ownerid` to a user or a team.
 * Names are case-sensitive. A type cast in a path (`Microsoft.Dynamics.CRM.account`) is refused.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import { NAMESPACE } from '../protocol/names.ts'
import type { ManyToMany } from '../schema/relationship.ts'
import type { Navigation, Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { ChildLink } from './read-plan.ts'

export type ToMany = Extract<Navigation, { readonly kind: 'many' | 'many-to-many' }>

export function isToMany(navigation: Navigation): navigation is ToMany {
  return navigation.kind === 'many' || navigation.kind === 'many-to-many'
}

export function findNavigation(schema: Schema, table: Table, name: string): Navigation | undefined {
  if (name.includes('.')) throw fail('NotSupported', `The type cast '${excerpt(name)}'`)
  return schema.navigations.get(table.logicalName)?.get(name)
}

export function getNavigation(schema: Schema, table: Table, name: string): Navigation {
  const navigation = findNavigation(schema, table, name)
  if (!navigation) throw fail('UnknownProperty', table.logicalName, name)
  return navigation
}

/** A cast to the table itself, or from `activitypointer` to an activity, whose rows have the same ids and lookups. */
export function castTo(schema: Schema, table: Table, name: string): Table {
  if (name === table.logicalName) return table
  const target = table.logicalName === 'activitypointer' ? schema.tables.get(name) : undefined
  if (!target?.isActivity) throw fail('UnknownResource', excerpt(`${NAMESPACE}.${name}`))
  return target
}

/** How the rows of a collection-valued navigation belong to the row it starts from. */
export function linkOf(navigation: ToMany): ChildLink {
  if (navigation.kind === 'many') return { kind: 'one-to-many', relationship: navigation.relationship }
  return { kind: 'many-to-many', relationship: navigation.relationship, side: navigation.side }
}

/** The many-to-many relationship whose pairs an intersect table holds. */
export function relationshipOf(schema: Schema, intersect: Table): ManyToMany | undefined {
  for (const one of schema.relationships.values()) {
    if (one.kind === 'many-to-many' && one.intersectTable === intersect.logicalName) return one
  }
  return undefined
}
