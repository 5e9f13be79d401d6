/**
 * Which columns of a row a new row takes over that is made from it (`InitializeFrom`): a new contact has the address of its account.
 * Dataverse keeps such mappings for each pair of tables in `entitymap` and `attributemap`, with a set of its own for standard tables.
 * Here a pair has the lookup to the source, the currency, and what `STANDARD` names; nothing of it can be changed.
 */
import { type Column, isLookup } from './column.ts'
import type { OneToMany } from './relationship.ts'
import type { Schema } from './schema.ts'
import type { Table } from './table.ts'

export type Mapping = {
  readonly from: Column
  readonly to: Column
  /** The new row's lookup to the row it is made from. */
  readonly isParent: boolean
}

const ADDRESS = [
  'name addresstypecode freighttermscode shippingmethodcode line1 line2 line3 city county stateorprovince country postalcode',
  'postofficebox telephone1 telephone2 telephone3 fax upszone utcoffset latitude longitude',
]
  .join(' ')
  .split(' ')
  .map((part) => `address1_${part}`)
const CONTACT_DATA = [...ADDRESS, 'telephone1', 'fax', 'websiteurl', 'paymenttermscode']

/** `source target`: columns of the same name and type. */
const STANDARD: { readonly [pair: string]: readonly string[] } = {
  'account contact': CONTACT_DATA,
  'account account': CONTACT_DATA,
  'contact account': CONTACT_DATA,
  'contact contact': CONTACT_DATA,
}

/** Undefined where no relationship leads from the target to the source: such a pair has no mapping. */
export function mappingsBetween(source: Table, target: Table, schema: Schema): readonly Mapping[] | undefined {
  const parents = parentsOf(source, target, schema)
  const id = source.columns.get(source.primaryIdColumn)
  if (parents.length === 0 || !id) return undefined
  const lookups = parents.flatMap(({ referencingColumn }): Mapping[] => {
    const to = target.columns.get(referencingColumn)
    return to && isLookup(to) ? [{ from: id, to, isParent: true }] : []
  })
  const same = ['transactioncurrencyid', ...(STANDARD[`${source.logicalName} ${target.logicalName}`] ?? [])]
  return [...lookups, ...same.flatMap((name) => sameColumn(source, target, name))]
}

/**
 * Relationships that a client may fill. Of the standard ones between two tables it is one that counts: the hierarchy, the parent's,
 * else the first; a custom one has always a mapping of its lookup.
 */
function parentsOf(source: Table, target: Table, schema: Schema): readonly OneToMany[] {
  const all = (schema.referencing.get(target.logicalName) ?? []).filter((one) => {
    return one.referencedTable === source.logicalName && target.columns.get(one.referencingColumn)?.filledBy === 'client'
  })
  const standard = all.filter((one) => !one.isCustom)
  const main = standard.find((one) => one.isHierarchical) ?? standard.find((one) => one.cascade.reparent === 'Cascade') ?? standard[0]
  return [...(main ? [main] : []), ...all.filter((one) => one.isCustom)]
}

function sameColumn(source: Table, target: Table, name: string): readonly Mapping[] {
  const [from, to] = [source.columns.get(name), target.columns.get(name)]
  if (!from || !to || from.type !== to.type) return []
  return [{ from, to, isParent: false }]
}
