/** A new definition says nothing that its type does not know: a mistyped `MaxLenght` would otherwise be a limit that is not there. */
import { fail } from '../../protocol/errors.ts'
import type { Body } from './metadata-body.ts'
import type { MetadataType } from './metadata-types.ts'

/** Control information (`@odata.type`) and bindings (`GlobalOptionSet@odata.bind`) are others' to read. */
export function refuseUnknownMembers(body: Body, type: MetadataType | undefined): void {
  if (!type) return
  for (const member of Object.keys(body)) {
    if (!member.includes('@') && !type.properties.has(member) && !type.navigations.has(member)) throw fail('UnknownProperty', type.name, member)
  }
}
