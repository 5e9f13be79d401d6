/** A table of parts with columns of many types, a key, a lookup to accounts and pairs with contacts: what generated requests are about. */
import type { Api } from './api.ts'
import { column, makeKey, makeLookup, makeManyToMany, makeTable } from './make-table.ts'

export async function makeParts(api: Api): Promise<void> {
  const columns = [
    column.text('new_Number', { MaxLength: 40 }),
    column.whole('new_Stock'),
    column.decimal('new_Price', { Precision: 2 }),
    column.boolean('new_Sold'),
  ]
  await makeTable(api, 'new_Part', [...columns, column.datetime('new_Day', 'DateOnly'), column.choice('new_Grade', { 1: 'Fine', 2: 'Coarse' })], {
    ChangeTrackingEnabled: true,
  })
  await makeKey(api, 'new_part', 'new_PartNumber', ['new_number'])
  await makeLookup(api, { from: 'new_part', to: 'account', SchemaName: 'new_MakerId' })
  await makeManyToMany(api, 'new_part', 'contact', 'new_part_contact')
}
