/**
 * What an edit changes in column-level security, whichever edit it is: a column that is secured from now on has to be one that can be,
 * and the store is told of each column that begins or ends to be secured: its permissions come and go with it.
 */
import type { Draft } from './edit-draft.ts'
import type { Schema } from './schema.ts'
import { checkSecurable } from './secured-columns.ts'
import type { Table } from './table.ts'

export function followSecurity(draft: Draft, before: Schema): void {
  for (const [name, table] of draft.tables) {
    const old = before.tables.get(name)
    if (old === table) continue
    for (const column of added(table, old)) {
      checkSecurable(table, column)
      draft.steps.push({ kind: 'secure-column', table, column })
    }
  }
  for (const [name, table] of before.tables) {
    const next = draft.tables.get(name)
    if (next === table) continue
    for (const column of added(table, next)) draft.steps.push({ kind: 'unsecure-column', table, column })
  }
}

/** Secured here, and not there. */
function added(table: Table, other: Table | undefined) {
  return [...table.columns.values()].filter((column) => column.isSecured && !other?.columns.get(column.logicalName)?.isSecured)
}
