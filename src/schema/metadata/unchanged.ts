/**
 * An update sends the whole definition back. Members equal to what is there, or left out, say nothing; a changed one that this server
 * cannot change is refused by name, never passed over.
 */
import { fail } from '../../protocol/errors.ts'
import type { JsonValue } from '../../protocol/row-json.ts'
import { asObject, type Body } from './metadata-body.ts'
import { isMetadataList, isMetadataObject, type MetadataObject, type MetadataValue } from './metadata-object.ts'

/**
 * Said by the server alone and of no consequence when sent back: clients keep definitions for a while, and their copies go stale.
 * Nested definitions are edited at their own addresses.
 */
const PASSED_OVER: ReadonlySet<string> = new Set(
  [
    ['MetadataId', 'HasChanged', 'CreatedOn', 'ModifiedOn', 'IntroducedVersion', 'ColumnNumber', 'DaysSinceRecordLastModified', 'Privileges', 'Settings'],
    ['Options', 'TrueOption', 'FalseOption', 'DatabaseLength', 'AssociatedMenuConfiguration', 'Entity1AssociatedMenuConfiguration'],
    ['Entity2AssociatedMenuConfiguration', 'RelationshipAttributes', 'RelationshipBehavior', 'IsValidForAdvancedFind'],
  ].flat(),
)

/** `changeable`: those the caller reads itself. Members that `current` does not have are passed over. */
export function refuseOtherChanges(body: Body, current: MetadataObject, changeable: ReadonlySet<string>): void {
  for (const [member, wanted] of Object.entries(body)) {
    const known = current[member]
    if (known === undefined || wanted === null || changeable.has(member) || PASSED_OVER.has(member)) continue
    if (!isSame(wanted, known)) throw fail('InvalidMetadata', `The member '${member}' cannot be changed.`)
  }
}

function isSame(wanted: JsonValue, known: MetadataValue): boolean {
  const object = asObject(wanted)
  // A managed property, or a wrapped enumeration: its value counts, not who may change it.
  if (isMetadataObject(known)) return object === undefined || !('Value' in known) || !('Value' in object) || object.Value === known.Value
  if (isMetadataList(known)) return Array.isArray(wanted) && isSameSet(wanted, known)
  return wanted === known || (wanted === '' && known === null)
}

function isSameSet(wanted: readonly JsonValue[], known: readonly MetadataValue[]): boolean {
  return wanted.length === known.length && known.every((value) => wanted.includes(value as JsonValue))
}
