/**
 * The messages that Update has taken the place of (sync.md 5.1), by name or bound to a row. Each is refused with the Update to send
 * instead: they are in no `$metadata`, but old programs call them.
 */
import { fail } from '../protocol/errors.ts'

const ID = '<id>'
const UNIT = `{"businessunitid@odata.bind":"/businessunits(${ID})"}`

const UPDATES: { readonly [message: string]: string } = {
  Assign: `PATCH <entity set>(${ID}) {"ownerid@odata.bind":"/systemusers(${ID})"} or "/teams(${ID})"`,
  SetState: `PATCH <entity set>(${ID}) {"statecode":<state>,"statuscode":<status>}`,
  SetParentSystemUser: `PATCH systemusers(${ID}) {"parentsystemuserid@odata.bind":"/systemusers(${ID})"}`,
  SetParentTeam: `PATCH teams(${ID}) ${UNIT}`,
  SetParentBusinessUnit: `PATCH businessunits(${ID}) {"parentbusinessunitid@odata.bind":"/businessunits(${ID})"}`,
  SetBusinessEquipment: `PATCH equipments(${ID}) {"businessunitid_businessunit@odata.bind":"/businessunits(${ID})"}`,
  SetBusinessSystemUser: `PATCH systemusers(${ID}) ${UNIT}`,
  // No message's name, but the documentation's for the one above.
  SetBusinessUnit: `PATCH systemusers(${ID}) ${UNIT}`,
}

export function isDeprecated(message: string): boolean {
  return Object.hasOwn(UPDATES, message)
}

export function refuseDeprecated(message: string): void {
  const update = isDeprecated(message) ? UPDATES[message] : undefined
  if (update) throw fail('DeprecatedMessage', message, update)
}
