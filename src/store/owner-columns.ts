/**
 * What follows from the owner: `owninguser` or `owningteam`, and `owningbusinessunit`, the unit that the owner belongs to.
 * Also the names that stand beside polymorphic lookups (`owneridtype`, `parentcustomeridtype`, `regardingobjecttypecode`),
 * and a contact's `accountid` and `parentcontactid`, which are its customer once more.
 */
import { fail } from '../protocol/errors.ts'
import { isReference, type Reference, type Value } from '../plan/value.ts'
import { type Column, isPolymorphic, type LookupColumn } from '../schema/column.ts'
import { CUSTOMER_COLUMNS, typeColumnOf } from '../schema/derived-columns.ts'
import type { Table } from '../schema/table.ts'
import { readColumns } from './find-row.ts'
import { perTable } from './per-table.ts'
import type { Values } from './resolve-lookups.ts'
import { referenceName, type Work } from './write-work.ts'

type OwnerColumns = { readonly owner: Column; readonly user: Column | undefined; readonly team: Column | undefined; readonly unit: Column | undefined }

export const ownerOf = perTable((table): OwnerColumns | undefined => {
  const owner = table.columns.get('ownerid')
  if (owner?.type !== 'owner') return undefined
  return { owner, user: table.columns.get('owninguser'), team: table.columns.get('owningteam'), unit: table.columns.get('owningbusinessunit') }
})

/** Sets what follows from the owner among `values`; does nothing where it is not among them. */
export async function followOwner(table: Table, values: Values, work: Work, keepsUnit = false): Promise<void> {
  const columns = ownerOf(table)
  const owner = columns && values.get(columns.owner)
  if (!columns || owner === undefined) return
  if (!isReference(owner)) throw fail('MissingOwner', table.logicalName)
  if (columns.user) values.set(columns.user, owner.table === 'systemuser' ? owner : null)
  if (columns.team) values.set(columns.team, owner.table === 'team' ? owner : null)
  if (columns.unit && !keepsUnit) values.set(columns.unit, knownUnit(owner, work) ?? (await readUnit(owner, work)))
}

/** The caller's own unit came with the request. */
function knownUnit(owner: Reference, { moment, units }: Work): Reference | undefined {
  const { caller } = moment
  if (owner.id === caller.userId && owner.table === 'systemuser') return { table: 'businessunit', id: caller.businessUnitId }
  return units.get(referenceName(owner))
}

async function readUnit(owner: Reference, work: Work): Promise<Value> {
  const table = work.moment.schema.tables.get(owner.table)
  const column = table?.columns.get('businessunitid')
  const found = table && column && (await readColumns(table, owner.id, [column], work))
  const unit = column && found?.get(column)
  if (!unit || !isReference(unit)) return null
  work.units.set(referenceName(owner), unit)
  return unit
}

const companions = perTable((table): readonly (readonly [LookupColumn, Column])[] =>
  [...table.columns.values()].filter(isPolymorphic).flatMap((lookup) => {
    const beside = typeColumnOf(table, lookup)
    return beside ? [[lookup, beside] as const] : []
  }),
)

export function followLookups(table: Table, values: Values): void {
  for (const [lookup, beside] of companions(table)) {
    const value = values.get(lookup)
    if (value !== undefined) values.set(beside, isReference(value) ? value.table : null)
  }
  if (table.logicalName === 'contact') followCustomer(table, values)
}

function followCustomer(table: Table, values: Values): void {
  const customer = table.columns.get('parentcustomerid')
  const value = customer && values.get(customer)
  if (value === undefined) return
  for (const [name, target] of CUSTOMER_COLUMNS) {
    const column = table.columns.get(name)
    if (column?.filledBy === 'server') values.set(column, isReference(value) && value.table === target ? value : null)
  }
}
