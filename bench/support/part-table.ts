/** The table that most figures use: eight columns of different types, an alternate key, change tracking. */
import { apiOf } from '../../test/support/api.ts'
import { column, makeKey, makeTable } from '../../test/support/make-table.ts'

export const PART = { name: 'new_part', set: 'new_parts', id: 'new_partid', key: 'new_number' } as const

export async function makePartTable(api: string): Promise<void> {
  const client = apiOf(api)
  await makeTable(
    client,
    'new_Part',
    [
      column.text('new_Number', { MaxLength: 40 }),
      column.whole('new_Stock'),
      column.money('new_Price'),
      column.double('new_Weight'),
      column.boolean('new_Active'),
      column.datetime('new_Checked', 'UserLocal'),
      column.text('new_Note', { MaxLength: 400 }),
    ],
    { ChangeTrackingEnabled: true },
  )
  await makeKey(client, PART.name, 'new_PartNumber', [PART.key])
}

/** `turn`: what makes an update of the same row another one. */
export function partBody(number: number, turn = 0): { readonly [column: string]: string | number | boolean } {
  return {
    new_name: `Part ${number}`,
    new_stock: (number * 7 + turn) % 1000,
    new_weight: number / 8,
    new_active: number % 3 === 0,
    new_checked: '2026-03-01T08:30:00Z',
    new_note: `Kept in aisle ${number % 40}, shelf ${number % 11}; turn ${turn}`,
  }
}

export const partPath = (number: number): string => `/api/data/v9.2/${PART.set}(${PART.key}='P-${number}')`

/** UpsertMultiple's body. */
export function partTargets(from: number, count: number, turn = 0): string {
  const rows = Array.from({ length: count }, (_, index) => ({
    '@odata.type': `Microsoft.Dynamics.CRM.${PART.name}`,
    '@odata.id': `${PART.set}(${PART.key}='P-${from + index}')`,
    ...partBody(from + index, turn),
  }))
  return JSON.stringify({ Targets: rows })
}

export async function upsertParts(api: string, count: number, turn = 0): Promise<void> {
  for (let from = 0; from < count; from += 1000) {
    const response = await fetch(`${api}/${PART.set}/Microsoft.Dynamics.CRM.UpsertMultiple`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: partTargets(from, Math.min(1000, count - from), turn),
    })
    if (response.status !== 204) throw new Error(`UpsertMultiple answered ${response.status}: ${await response.text()}`)
  }
}
