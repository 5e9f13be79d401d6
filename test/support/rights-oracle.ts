/**
 * What security roles allow, told from the documentation alone («Security concepts in Microsoft Dataverse», «How access to a record is
 * determined», «Security roles and privileges») and from none of this server's code: the other half of the matrix test.
 */

export type Right = 'Create' | 'Read' | 'Write' | 'Delete' | 'Append' | 'AppendTo' | 'Assign' | 'Share'
export type Depth = 'none' | 'basic' | 'local' | 'deep' | 'global'

export const DEPTHS: readonly Depth[] = ['none', 'basic', 'local', 'deep', 'global']

/**
 * Who a row belongs to, seen by a user of the unit *own*: themself, a team of theirs (which is of another unit), a colleague of their unit,
 * somebody of a unit below it, of a unit two below, of one beside it, of the one above it. Or somebody of the unit beside, who has shared
 * it with the user, or with a team of theirs, for everything; or, `half shared`, for everything but the right that is tried.
 */
export type Place = 'self' | 'team' | 'unit' | 'below' | 'far below' | 'beside' | 'above' | 'shared' | 'shared with team' | 'half shared'

export const PLACES: readonly Place[] = ['self', 'team', 'unit', 'below', 'far below', 'beside', 'above', 'shared', 'shared with team', 'half shared']

/** Each depth has what the one before it has. */
const ADDED: Record<Depth, readonly Place[]> = {
  none: [],
  basic: ['self', 'team', 'shared', 'shared with team'],
  local: ['unit'],
  deep: ['below', 'far below'],
  global: ['beside', 'above', 'half shared'],
}

export function reaches(depth: Depth, place: Place): boolean {
  return DEPTHS.slice(0, DEPTHS.indexOf(depth) + 1).some((one) => ADDED[one].includes(place))
}

/** A share is of a row that is there: creating is about who is to own the row. */
export function isPlaceToCreate(place: Place): boolean {
  return !place.includes('shared')
}
