/**
 * A property path to a column: `name`, `_primarycontactid_value`, `primarycontactid/createdby/fullname`.
 * Each name but the last is a navigation to one row.
 */
import { fail } from '../protocol/errors.ts'
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
  for (const name of names) {
    const navigation = getNavigation(schema, from, name)
    if (navigation.kind === 'owner') throw fail('NotSupported', `A path through '${name}'`)
    if (navigation.kind !== 'one') throw fail('NotSupported', `A path through the collection-valued navigation property '${name}'`)
    steps.push({ column: navigation.column, target: navigation.target, relationship: navigation.relationship })
    from = navigation.target
  }
  return steps
}

/** `primarycontactid/contactid` is the lookup's own value: no need to follow it. Not so where it might point at another table. */
function shortened(steps: readonly LookupStep[], table: Table, path: ColumnPath): ColumnPath {
  const last = steps.at(-1)
  if (!last || isPolymorphic(last.column) || path.column.logicalName !== last.target.primaryIdColumn) return path
  return { steps: steps.slice(0, -1), table: steps.at(-2)?.target ?? table, column: last.column }
}
