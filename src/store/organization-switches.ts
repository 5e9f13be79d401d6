/**
 * What the organization has chosen about owners and moves. Most of it stands in `orgdborgsettings`, as in Dataverse:
 * `<OrgSettings><EnableOwnershipAcrossBusinessUnits>true</…></OrgSettings>`. Read where it is asked for, once in a write.
 */
import { DataverseError } from '../protocol/errors.ts'
import { parseXml } from '../protocol/xml-reader.ts'
import { readColumns } from './find-row.ts'
import type { Work } from './write-work.ts'

export type Switches = {
  /** Who loses a row by an assignment gets it shared. */
  readonly sharesWithPreviousOwner: boolean
  /** Users and teams own rows of units other than theirs, and have roles of such. */
  readonly ownsAcrossUnits: boolean
  readonly keepsRoles: boolean
  /** Undefined where nothing is said. Counts only where rows may be owned across units. */
  readonly movesRowsToOwnersUnit: boolean | undefined
}

const NONE: Switches = { sharesWithPreviousOwner: false, ownsAcrossUnits: false, keepsRoles: false, movesRowsToOwnersUnit: undefined }

const known = new WeakMap<Work, Switches>()

export async function switchesOf(work: Work): Promise<Switches> {
  const before = known.get(work)
  if (before) return before
  const switches = await readSwitches(work)
  known.set(work, switches)
  return switches
}

async function readSwitches(work: Work): Promise<Switches> {
  const table = work.moment.schema.tables.get('organization')
  const [sharing, settings] = [table?.columns.get('sharetopreviousowneronassign'), table?.columns.get('orgdborgsettings')]
  if (!table || !sharing || !settings) return NONE
  const row = await readColumns(table, work.moment.caller.organizationId, [sharing, settings], work)
  const named = settingsIn(row?.get(settings))
  const ownsAcrossUnits = named.get('EnableOwnershipAcrossBusinessUnits') === 'true'
  const moves = named.get('AlwaysMoveRecordToOwnerBusinessUnit')
  return {
    sharesWithPreviousOwner: row?.get(sharing) === true,
    ownsAcrossUnits,
    keepsRoles: ownsAcrossUnits || named.get('DoNotRemoveRolesOnChangeBusinessUnit') === 'true',
    movesRowsToOwnersUnit: moves === undefined ? undefined : moves === 'true',
  }
}

/** A client writes this column: what is no XML says nothing. */
function settingsIn(text: unknown): ReadonlyMap<string, string> {
  if (typeof text !== 'string' || text === '') return new Map()
  try {
    return new Map(parseXml(text).children.map((element) => [element.name, element.text.trim().toLowerCase()]))
  } catch (cause) {
    if (cause instanceof DataverseError) return new Map()
    throw cause
  }
}
