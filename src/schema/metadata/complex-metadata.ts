/**
 * Definitions as values inside the answer of a function: the `Complex…` twins of the types, with nested definitions as members
 * (`Attributes`, `OptionSet`). Only what is asked for is shown; `MetadataId`, `LogicalName` and `HasChanged` always.
 */
import { fail } from '../../protocol/errors.ts'
import { NAMESPACE } from '../../protocol/names.ts'
import type { Schema } from '../schema.ts'
import { type MetadataItem, membersOf, relatedItem, typeNameOf } from './metadata-item.ts'
import type { MetadataObject, MetadataValue } from './metadata-object.ts'
import type { MetadataType } from './metadata-types.ts'

/** `undefined`: all members. */
export type Wanted = ReadonlySet<string> | undefined

export function wants(wanted: Wanted, member: string): boolean {
  return wanted === undefined || wanted.has(member)
}

/** `hasChanged` is null where nobody asked for changes. Nested definitions, `OptionSet` excepted, are the caller's to add. */
export function complexMembers(item: MetadataItem, wanted: Wanted, hasChanged: boolean | null, schema: Schema): { [member: string]: MetadataValue } {
  const all = membersOf(item)
  const members: { [member: string]: MetadataValue } = { ...annotationOf(item) }
  for (const member of wanted === undefined ? Object.keys(all) : ['MetadataId', 'LogicalName', ...wanted]) {
    const value = all[member]
    if (value !== undefined) members[member] = value
  }
  if (item.kind === 'column' && wants(wanted, 'OptionSet')) {
    const optionSet = relatedItem(item, schema)
    if (optionSet) members.OptionSet = membersOf(optionSet)
  }
  members.HasChanged = hasChanged
  return members
}

/** Refuses a name that no definition of the type, nor of one derived from it, has. */
export function checkMember(type: MetadataType, member: string): void {
  const types = [type, ...type.derived.values()]
  if (!types.some(({ properties, navigations }) => properties.has(member) || navigations.has(member))) throw fail('UnknownProperty', type.name, member)
}

const annotations = new Map<string, MetadataObject>()

/** Only columns come in lists of several types; a primary id has none (see `metadata-query.ts`). */
function annotationOf(item: MetadataItem): MetadataObject | undefined {
  const name = typeNameOf(item)
  if (item.kind !== 'column' || name === 'UniqueIdentifierAttributeMetadata') return undefined
  const known = annotations.get(name) ?? { '@odata.type': `#${NAMESPACE}.Complex${name}` }
  annotations.set(name, known)
  return known
}
