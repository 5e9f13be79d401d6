/**
 * A property path to a column: `name`, `_primarycontactid_value`, `primarycontactid/createdby/fullname`.
 * Each name but the last is a navigation to one row, or a cast to the type that the row has. The owner, a user or a team, has a type
 * only by a cast: `ownerid/Microsoft.Dynamics.CRM.systemuser/fullname` is `owninguser/fullname`.
 */
import { type DataverseError, fail } from '../protocol/errors.ts'
import { NAMESPACE, typeNameOf } from '../protocol/names.ts'
import { isPolymorphic } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { ColumnPath, LookupStep } from './bound-filter.ts'
import { getColumn } from './find-column.ts'
import { getNavigation } from './navigation.ts'

const NO_STEPS: readonly LookupStep[] = []

export function bindPath(path: readonly string[], table: Table, schema: Schema): ColumnPath {
  const name = path.at(-1) ?? ''
  if (path.length === 1) return ownColumn(table, name)
  const steps = bindSteps(path.slice(0, -1), table, schema)
  const target = steps.at(-1)?.target ?? table
  return shortened(steps, table, { steps, table: target, column: getColumn(target, name) })
}

/** `primarycontactid/createdby/`: tells apart the links that a query follows. */
export function linkText(steps: readonly LookupStep[]): string {
  return steps.map((step) => `${step.relationship.referencingNavigation}/`).join('')
}

/** `primarycontactid/createdby/fullname`. */
export function pathText(path: ColumnPath): string {
  return linkText(path.steps) + path.column.logicalName
}

export function samePath(a: ColumnPath, b: ColumnPath): boolean {
  return a.column === b.column && a.steps.length === b.steps.length && a.steps.every((step, index) => step.relationship === b.steps[index]?.relationship)
}

function ownColumn(table: Table, name: string): ColumnPath {
  return { steps: NO_STEPS, table, column: getColumn(table, name) }
}

function bindSteps(names: readonly string[], table: Table, schema: Schema): readonly LookupStep[] {
  const steps: LookupStep[] = []
  let from = table
  for (let at = 0; at < names.length; at++) {
    const name = names[at] ?? ''
    if (typeNameOf(name) === from.logicalName) continue
    const navigation = getNavigation(schema, from, name)
    const found = navigation.kind === 'owner' ? getNavigation(schema, from, ownerLookup(name, names[++at])) : navigation
    if (found.kind !== 'one') throw fail('NotSupported', `A path through the collection-valued navigation property '${name}'`)
    steps.push({ column: found.column, target: found.target, relationship: found.relationship })
    from = found.target
  }
  return steps
}

/** The lookup that holds the owner where it is of the type behind its name. */
function ownerLookup(name: string, cast = ''): string {
  const type = typeNameOf(cast)
  if (type === 'systemuser') return 'owninguser'
  if (type === 'team') return 'owningteam'
  throw ownerWithoutType(name)
}

function ownerWithoutType(name: string): DataverseError {
  const instead = `write '${name}/${NAMESPACE}.systemuser/…' or 'owninguser/…' for users, '${name}/${NAMESPACE}.team/…' or 'owningteam/…' for teams`
  return fail('UnsupportedClause', `A path through '${name}' is not supported, as it leads to a user or a team: ${instead}.`)
}

/** `primarycontactid/contactid` is the lookup's own value: no need to follow it. Not so where it might point at another table. */
function shortened(steps: readonly LookupStep[], table: Table, path: ColumnPath): ColumnPath {
  const last = steps.at(-1)
  if (!last || isPolymorphic(last.column) || path.column.logicalName !== last.target.primaryIdColumn) return path
  return { steps: steps.slice(0, -1), table: steps.at(-2)?.target ?? table, column: last.column }
}
