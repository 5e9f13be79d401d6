/**
 * Which status may follow which: an option of a status column may list them, and where its table enforces that, rows keep to it
 * («Define custom state model transitions» of the developer guide). On the wire the list is a text of XML.
 */
import type { Option } from './choice.ts'
import type { Table } from './table.ts'

/** Where a status says nothing, it leads to every other. */
export function leadsTo(table: Table, from: number, to: number): boolean {
  const column = table.columns.get('statuscode')
  if (!table.enforcesTransitions || column?.type !== 'status' || from === to) return true
  return column.options.find((option) => option.value === from)?.transitions?.includes(to) ?? true
}

/** `<allowedtransitions xmlns="…"><allowedtransition sourcestatusid="1" tostatusid="6" /></allowedtransitions>` */
export function transitionData({ value, transitions }: Option): string | null {
  if (!transitions) return null
  const each = transitions.map((to) => `<allowedtransition sourcestatusid="${value}" tostatusid="${to}" />`)
  return `<allowedtransitions xmlns="http://schemas.microsoft.com/crm/2009/WebServices">${each.join('')}</allowedtransitions>`
}
