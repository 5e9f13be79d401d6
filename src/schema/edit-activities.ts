/**
 * A table that has activities is one that tasks and the like may be regarding: each activity table's `regardingobjectid` gains it as
 * a target, with a relationship `new_widget_Tasks`. When the table goes, they let go of it.
 */
import { assert } from '../base/assert.ts'
import { isLookup, type LookupColumn } from './column.ts'
import { relateSystemLookup } from './edit-column.ts'
import { type Draft, oneToManys, putColumn, tableOf } from './edit-draft.ts'
import { forgetTarget } from './edit-relationship.ts'
import type { Table } from './table.ts'

const REGARDING = 'regardingobjectid'

/** What an activity may be regarding by now. */
export function regardingTargets(draft: Draft): readonly string[] {
  return regardingOf(tableOf(draft, 'activitypointer'))?.targets ?? []
}

export function offerRegarding(draft: Draft, target: Table): void {
  for (const activity of [...draft.tables.values()].filter((table) => table.isActivity)) {
    const regarding = regardingOf(activity)
    if (!regarding || regarding.targets.includes(target.logicalName)) continue
    const column: LookupColumn = { ...regarding, targets: [...regarding.targets, target.logicalName] }
    relateSystemLookup(draft, putColumn(draft, activity, column), column, [target.logicalName])
  }
}

/** Of every system lookup of another table that points at the one that goes. */
export function forgetRegarding(draft: Draft, target: Table): void {
  for (const one of oneToManys(draft)) {
    if (one.referencedTable !== target.logicalName || one.referencingTable === target.logicalName) continue
    const table = tableOf(draft, one.referencingTable)
    const column = table.columns.get(one.referencingColumn)
    assert(column && isLookup(column), `${one.schemaName} stands on no lookup`)
    forgetTarget(draft, table, column, one)
  }
}

function regardingOf(table: Table): LookupColumn | undefined {
  const column = table.columns.get(REGARDING)
  return column && isLookup(column) ? column : undefined
}
