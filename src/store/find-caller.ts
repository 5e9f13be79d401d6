/** The user that a token is about, as the rows say now: whoever is disabled, or gone, is nobody at once. */
import type { Guid } from '../base/guid.ts'
import type { Ask, SqlRow } from './sql/connection.ts'
import { sql } from './sql/sql.ts'

export type FoundUser = {
  readonly id: Guid
  /** Or in a disabled business unit, or below one. */
  readonly isDisabled: boolean
}

/** By which columns: `userId` with `applicationId` for a token of this server's own. */
export type UserNames = {
  readonly userId?: Guid | undefined
  readonly objectId?: Guid | undefined
  readonly applicationId?: Guid | undefined
}

/** An application is looked for by its id first, since that is what administrators give. Two users of the same id are nobody. */
export async function findUser(all: Ask, { userId, objectId, applicationId }: UserNames): Promise<FoundUser | undefined> {
  if (userId !== undefined) return one(await all(sql`${USERS} where u.systemuserid = ${userId} and u.applicationid = ${applicationId ?? null}`))
  const application = applicationId === undefined ? [] : await all(sql`${USERS} where u.applicationid = ${applicationId} limit 2`)
  if (application.length > 0) return one(application)
  return objectId === undefined ? undefined : one(await all(sql`${USERS} where u.azureactivedirectoryobjectid = ${objectId} limit 2`))
}

/** A user, `u`, is disabled with their business unit too, and that with any unit above it. */
export const IS_DISABLED = sql`(coalesce(u.isdisabled, 0) = 1 or exists (
  with recursive places(id) as (
    select u.businessunitid union select b.parentbusinessunitid from businessunit as b join places on b.businessunitid = places.id
  )
  select 1 from places join businessunit as d on d.businessunitid = places.id where d.isdisabled = 1))`

export const USERS = sql`select u.systemuserid as id, u.businessunitid as unit, ${IS_DISABLED} as isdisabled from systemuser as u`

function one(rows: readonly SqlRow[]): FoundUser | undefined {
  const [row] = rows
  return row && rows.length === 1 ? { id: row.id as Guid, isDisabled: Boolean(row.isdisabled) } : undefined
}

/** Hashed, of an enabled application user; those that have expired are left out. */
export async function findSecrets(
  all: Ask,
  user: Guid,
  now: string,
): Promise<{ readonly salt: Uint8Array; readonly hash: Uint8Array; readonly cost: number }[]> {
  const rows = await all(sql`select salt, hash, cost from tidemark_client_secret where "user" = ${user} and (expireson is null or expireson > ${now})`)
  return rows.map((row) => ({ salt: row.salt as Uint8Array, hash: row.hash as Uint8Array, cost: Number(row.cost) }))
}
