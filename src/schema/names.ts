/**
 * Dataverse's rules for names: `new_BankAccount` has the logical name `new_bankaccount` and the entity set `new_bankaccounts`.
 * Every custom name starts with a publisher's prefix; any prefix is accepted, whether or not a publisher with it exists.
 */
import { fail } from '../protocol/errors.ts'

export type NamedThing = 'table' | 'column' | 'key' | 'choice' | 'relationship'

/** Lengths of the name columns in the published reference, pages `entity`, `attribute` and `relationship`. */
const LONGEST: { readonly [K in NamedThing]: number } = { table: 128, column: 128, key: 128, choice: 128, relationship: 255 }

/** The prefix: two to eight letters and digits, a letter first. */
const CUSTOM_NAME = /^[A-Za-z][A-Za-z0-9]{1,7}_[A-Za-z0-9_]+$/
/** Microsoft's own Python client names a relationship after the tables it connects: `systemuser_new_order_new_BuyerId`. */
const RELATIONSHIP_NAME = /^[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+$/
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

export function logicalNameOf(schemaName: string): string {
  return schemaName.toLowerCase()
}

/** Refuses a schema name that no custom thing may have, and a logical name that is not its lower case. */
export function checkCustomName(thing: NamedThing, schemaName: string, logicalName?: string): void {
  if (schemaName.length > LONGEST[thing]) throw fail('InvalidSchemaName', schemaName, `it is longer than ${LONGEST[thing]} characters`)
  if (!(thing === 'relationship' ? RELATIONSHIP_NAME : CUSTOM_NAME).test(schemaName)) throw fail('InvalidSchemaName', schemaName, whyNot(schemaName))
  // Reserved: the publisher page of the reference refuses a customization prefix that starts so.
  if (/^mscrm/i.test(schemaName)) throw fail('InvalidSchemaName', schemaName, "the prefix 'mscrm' is reserved")
  // A table is an SQL table of its name, and these are the store's own and SQLite's.
  const own = thing === 'table' ? /^(?:tidemark|sqlite)(?=_)/i.exec(schemaName)?.[0].toLowerCase() : undefined
  if (own) throw fail('InvalidSchemaName', schemaName, `the prefix '${own}' is reserved`)
  if (logicalName !== undefined && logicalName !== logicalNameOf(schemaName)) {
    throw fail('InvalidSchemaName', logicalName, `the logical name has to be '${logicalNameOf(schemaName)}'`)
  }
}

function whyNot(name: string): string {
  if (name === '') return 'it is empty'
  if (!/^[A-Za-z0-9_]*$/.test(name)) return 'it may hold letters, digits and underscores only'
  return 'it has to start with a publisher prefix of two to eight letters and digits, a letter first, and an underscore'
}

export function checkNavigationName(name: string): void {
  if (!IDENTIFIER.test(name) || name.length > LONGEST.relationship) throw fail('InvalidSchemaName', name, 'it is no name of a navigation property')
}

/** `territory` → `territories`, `box` → `boxes`, else `s` (webapi.md 9.2). */
export function pluralOf(name: string): string {
  if (/y$/i.test(name)) return `${name.slice(0, -1)}ies`
  return /(s|x|z|ch|sh)$/i.test(name) ? `${name}es` : `${name}s`
}

/** The entity set name of a new table. The plural of one table can be that of another: then `<name>set`, `<name>set2` … */
export function freeSetName(logicalName: string, isTaken: (name: string) => boolean): string {
  const plural = pluralOf(logicalName)
  if (!isTaken(plural)) return plural
  let name = `${logicalName}set`
  for (let count = 2; isTaken(name); count++) name = `${logicalName}set${count}`
  return name
}

/** The single-valued navigation property of a custom lookup (webapi.md 1.2): its schema name, and the target where there can be several. */
export function lookupNavigation(lookupSchemaName: string, target: string, isPolymorphic: boolean): string {
  return isPolymorphic ? `${lookupSchemaName}_${target}` : lookupSchemaName
}
