/**
 * What a caller may do: for each privilege how far it reaches in rows, as roles, teams, shares and the hierarchy of managers give it.
 *
 * `accessTo(rights, account, 'Read')` is `'all'`, `undefined` (the privilege is missing), or the conditions of which a row has to meet
 * one: it belongs to one of `owners`, to one of `units`, or is shared with one of `principals`. Rights that are cut by those of an
 * impersonator have the conditions of both.
 */
import type { Guid } from '../base/guid.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import { type OtherPrivilege, privilegeId, privilegeName, type Right } from '../schema/privileges.ts'
import type { Table } from '../schema/table.ts'

/** How far one privilege reaches. */
export type Reach = {
  readonly isGlobal: boolean
  /** Rows of these business units: local and deep depth, already followed down the tree. */
  readonly units: readonly Guid[]
  /** Rows of these users and teams: basic depth. */
  readonly owners: readonly Guid[]
}

/** May a secured column be read, set on creation, changed? */
export type ColumnAccess = { readonly read: boolean; readonly create: boolean; readonly update: boolean }

export type Rights = {
  /** The System Administrator: everything, whatever roles say, and nothing is asked for. */
  readonly isFull: boolean
  /** By the privilege's name. */
  readonly reaches: ReadonlyMap<string, Reach>
  /** The user first, then their teams: whom rows are shared with. */
  readonly principals: readonly Guid[]
  /** People below the caller in the hierarchy, and their teams. `direct`: whose rows may be changed too; `all`: whose rows may be read. */
  readonly reports: { readonly direct: readonly Guid[]; readonly all: readonly Guid[] }
  /** `table.column` of the secured columns on which a profile of the caller's says something. */
  readonly columns: ReadonlyMap<string, ColumnAccess>
  /** Those of the one who acts for this caller: what is allowed must be allowed to both. */
  readonly cutBy: Rights | undefined
}

export const FULL_RIGHTS: Rights = {
  isFull: true,
  reaches: new Map(),
  principals: [],
  reports: { direct: [], all: [] },
  columns: new Map(),
  cutBy: undefined,
}

/** A row has to meet one of them. */
export type RowAccess = {
  readonly right: Right
  readonly units: readonly Guid[]
  readonly owners: readonly Guid[]
  /** With whom the row may be shared. Nothing is shared yet of a row that is about to be created. */
  readonly principals: readonly Guid[]
}

/** A row has to meet each of `every` (more than one where someone acts for another). */
export type Access = 'all' | { readonly every: readonly RowAccess[] }

/** Of a manager on rows of direct reports; on those further below only Read. */
const MANAGERS_RIGHTS: ReadonlySet<Right> = new Set(['Read', 'Write', 'Append', 'AppendTo'])
/** Bits of a share's mask (`AccessRights` of the organization service). */
export const SHARE_BITS: { readonly [right in Right]: number } = {
  Read: 1,
  Write: 2,
  Append: 4,
  AppendTo: 16,
  Create: 32,
  Delete: 65_536,
  Share: 262_144,
  Assign: 524_288,
}

/** Undefined: the privilege is missing. */
export function accessTo(rights: Rights, table: Table, right: Right): Access | undefined {
  const own = ownAccess(rights, table, right)
  if (!rights.cutBy || own === undefined) return own
  const other = accessTo(rights.cutBy, table, right)
  if (other === undefined || other === 'all') return other && own
  return own === 'all' ? other : { every: [...own.every, ...other.every] }
}

function ownAccess(rights: Rights, table: Table, right: Right): Access | undefined {
  if (rights.isFull) return 'all'
  const reach = rights.reaches.get(privilegeName(table, right))
  if (!reach) return undefined
  if (reach.isGlobal || table.ownership === 'organization' || table.ownership === 'none') return reach.isGlobal ? 'all' : undefined
  const { direct, all } = rights.reports
  const reports = right === 'Read' ? all : MANAGERS_RIGHTS.has(right) ? direct : []
  // A manager has what their people have: also what is shared with those.
  const principals = reports.length === 0 ? rights.principals : [...rights.principals, ...reports]
  return { every: [{ right, units: reach.units, owners: [...reach.owners, ...reports], principals }] }
}

/** For what is told of all rows at once, changes since a token: a deleted row has no owner any more, so rights on some rows are not enough (sync.md 4.8). */
export function demandAllRows(rights: Rights, table: Table): void {
  if (accessTo(rights, table, 'Read') !== 'all') throw missingPrivilege(rights, table, 'Read')
}

/** To be thrown where a privilege does not reach a row. Tells nothing of the row. */
export function accessDenied(rights: Rights, table: Table, right: Right): DataverseError {
  return fail('AccessDenied', rights.principals[0] ?? '', right, privilegeName(table, right), table.logicalName)
}

export function demandOther(rights: Rights, name: OtherPrivilege): void {
  if (!hasPrivilege(rights, name)) throw missingOther(rights, name)
}

/** Of privileges that are not about the rows of one table. */
function hasPrivilege(rights: Rights, name: OtherPrivilege): boolean {
  const own = rights.isFull || rights.reaches.has(name)
  return own && (rights.cutBy === undefined || hasPrivilege(rights.cutBy, name))
}

/** Why a table's rows cannot be read, created, …: to be thrown. */
export function missingPrivilege(rights: Rights, table: Table, right: Right): DataverseError {
  const name = privilegeName(table, right)
  return fail('MissingPrivilege', lacking(rights, name), name, privilegeId(name), table.logicalName)
}

function missingOther(rights: Rights, name: OtherPrivilege): DataverseError {
  return fail('MissingPrivilege', lacking(rights, name), name, privilegeId(name), '')
}

/** Of a caller that another acts for: the one who lacks it. */
function lacking({ isFull, reaches, principals, cutBy }: Rights, name: string): Guid | '' {
  return (isFull || reaches.has(name)) && cutBy ? lacking(cutBy, name) : (principals[0] ?? '')
}
