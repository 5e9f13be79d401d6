/**
 * Users as the command line makes them: for applications that get tokens from this server (with a secret), and for people and applications of
 * another issuer. They are rows of `systemuser`, written as any other; only the secrets stand elsewhere.
 */
import { Guid } from '../base/guid.ts'
import { assert } from '../base/assert.ts'
import { linkPair, pairsIn } from './link-pair.ts'
import { insertOwnRow, updateOwnRow } from './servers-rows.ts'
import type { SqlRow, Transaction } from './sql/connection.ts'
import { sql } from './sql/sql.ts'
import { type Moment, startWork } from './write-work.ts'

export type HashedSecret = { readonly salt: Uint8Array; readonly hash: Uint8Array; readonly cost: number }

export type NewUser = {
  readonly name: string
  /** `applicationid`: of an application. */
  readonly applicationId: Guid | undefined
  /** `azureactivedirectoryobjectid`: of a person, or of an application's principal. */
  readonly objectId: Guid | undefined
  readonly roles: readonly string[]
  /** Its name or id. Undefined: the root. */
  readonly businessUnit: string | undefined
  readonly secret: HashedSecret | undefined
}

export type ListedUser = {
  readonly id: string
  readonly name: string
  readonly applicationId: string | undefined
  readonly objectId: string | undefined
  readonly businessUnit: string
  readonly isDisabled: boolean
  readonly roles: readonly string[]
  /** When each was made. */
  readonly secrets: readonly string[]
}

// Of an application user: it signs in through the Web API alone (`systemuser.accessmode`).
const NON_INTERACTIVE = 4
const READ_WRITE = 0

/** What is wrong with the command, in words for whoever gave it. */
export class UserProblem extends Error {}

export async function addUser(tx: Transaction, moment: Moment, user: NewUser): Promise<Guid> {
  const { applicationId, objectId, name } = user
  for (const [column, id] of [
    ['applicationid', applicationId],
    ['azureactivedirectoryobjectid', objectId],
  ] as const) {
    if (id !== undefined && (await idOf(tx, id)) !== undefined) throw new UserProblem(`there is a user with the ${column} ${id} already`)
  }
  const unit = await findUnit(tx, user.businessUnit)
  const id = Guid.next()
  await insertOwnRow(tx, moment, 'systemuser', id, {
    lastname: name,
    domainname: `${id}@tidemark.localhost`,
    internalemailaddress: `${id}@tidemark.localhost`,
    businessunitid: { table: 'businessunit', id: unit },
    isdisabled: false,
    accessmode: applicationId === undefined ? READ_WRITE : NON_INTERACTIVE,
    ...(applicationId !== undefined && { applicationid: applicationId }),
    ...(objectId !== undefined && { azureactivedirectoryobjectid: objectId }),
  })
  for (const role of user.roles) await giveRole(tx, moment, id, await findRole(tx, role, unit))
  if (user.secret) await insertSecret(tx, moment, id, user.secret)
  return id
}

/** The application's id. Secrets so far end now, or at `oldUntil`. */
export async function addSecret(tx: Transaction, moment: Moment, user: string, secret: HashedSecret, oldUntil: string | undefined): Promise<string> {
  const id = await demandUser(tx, user)
  const row = await tx.get(sql`select applicationid from systemuser where systemuserid = ${id}`)
  if (!row?.applicationid) throw new UserProblem(`the user ${user} is no application: it has no applicationid`)
  if (oldUntil === undefined) await tx.run(sql`delete from tidemark_client_secret where "user" = ${id}`)
  else await tx.run(sql`update tidemark_client_secret set expireson = ${oldUntil} where "user" = ${id} and (expireson is null or expireson > ${oldUntil})`)
  await insertSecret(tx, moment, id, secret)
  return String(row.applicationid)
}

export async function setDisabled(tx: Transaction, moment: Moment, user: string, isDisabled: boolean): Promise<Guid> {
  const id = await demandUser(tx, user)
  await updateOwnRow(tx, moment, 'systemuser', id, { isdisabled: isDisabled })
  return id
}

export async function listUsers(tx: Transaction, now: string): Promise<ListedUser[]> {
  const users = await tx.all(sql`
    select u.systemuserid as id, u.fullname as name, u.applicationid, u.azureactivedirectoryobjectid as objectid, b.name as unit, u.isdisabled
    from systemuser u left join businessunit b on b.businessunitid = u.businessunitid order by u.createdon, u.systemuserid`)
  const roles = grouped(
    await tx.all(sql`select ur.systemuserid as id, r.name as text from systemuserroles ur join role r on r.roleid = ur.roleid order by r.name`),
  )
  const secrets = grouped(
    await tx.all(sql`select "user" as id, createdon as text from tidemark_client_secret where expireson is null or expireson > ${now} order by createdon`),
  )
  return users.map((user) => ({
    id: String(user.id),
    name: String(user.name ?? ''),
    applicationId: textOf(user.applicationid),
    objectId: textOf(user.objectid),
    businessUnit: String(user.unit ?? ''),
    isDisabled: Boolean(user.isdisabled),
    roles: roles.get(String(user.id)) ?? [],
    secrets: secrets.get(String(user.id)) ?? [],
  }))
}

function grouped(rows: readonly SqlRow[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const { id, text } of rows) groups.set(String(id), [...(groups.get(String(id)) ?? []), String(text)])
  return groups
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

async function insertSecret(tx: Transaction, { now }: Moment, user: Guid, { salt, hash, cost }: HashedSecret): Promise<void> {
  // Those of users that are gone, or that have ended.
  await tx.run(sql`delete from tidemark_client_secret where expireson <= ${now} or "user" not in (select systemuserid from systemuser)`)
  await tx.run(
    sql`insert into tidemark_client_secret (id, "user", salt, hash, cost, createdon) values (${Guid.next()}, ${user}, ${salt}, ${hash}, ${cost}, ${now})`,
  )
}

async function demandUser(tx: Transaction, user: string): Promise<Guid> {
  const given = Guid.parse(user)
  const id = given && (await idOf(tx, given))
  if (id === undefined) throw new UserProblem(`there is no user with the id ${user}: user list shows all`)
  return id
}

/** By any of the three ids that name a user. */
async function idOf(tx: Transaction, id: Guid): Promise<Guid | undefined> {
  const row = await tx.get(
    sql`select systemuserid from systemuser where systemuserid = ${id} or applicationid = ${id} or azureactivedirectoryobjectid = ${id} limit 1`,
  )
  return row?.systemuserid as Guid | undefined
}

async function findUnit(tx: Transaction, given: string | undefined): Promise<Guid> {
  if (given === undefined) {
    const root = await tx.get(sql`select businessunitid from businessunit where parentbusinessunitid is null`)
    assert(root, 'there is no root business unit')
    return root.businessunitid as Guid
  }
  const units = await tx.all(sql`select businessunitid from businessunit where businessunitid = ${Guid.parse(given) ?? null} or name = ${given} limit 2`)
  if (units.length !== 1)
    throw new UserProblem(units.length === 0 ? `there is no business unit ${given}` : `there are several business units ${given}: give its id`)
  return units[0]?.businessunitid as Guid
}

/** Each business unit has its own copy of a role. */
async function findRole(tx: Transaction, given: string, unit: Guid): Promise<Guid> {
  const roles = await tx.all(sql`select roleid, name from role where businessunitid = ${unit} order by name`)
  const found = roles.find((role) => role.roleid === Guid.parse(given) || String(role.name).toLowerCase() === given.toLowerCase())
  if (!found) throw new UserProblem(`there is no role ${given} in that business unit; there are: ${roles.map((role) => role.name).join(', ')}`)
  return found.roleid as Guid
}

async function giveRole(tx: Transaction, moment: Moment, user: Guid, role: Guid): Promise<void> {
  const relationship = pairsIn('systemuserroles', { moment })
  assert(relationship, 'users have no roles')
  await linkPair(relationship, 1, user, role, startWork(tx, moment))
}
