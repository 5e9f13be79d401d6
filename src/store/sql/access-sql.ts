/**
 * The rows that a caller's rights reach, as a condition: what belongs to them or their teams, to their business units, or is shared
 * with them. `("ownerid" in (?, ?) or "owningbusinessunit" in (?) or "accountid" in (select "objectid" from "principalobjectaccess" …))`
 */
import { type Access, type RowAccess, SHARE_BITS } from '../../plan/rights.ts'
import { isPrincipal } from '../../schema/principal.ts'
import type { Table } from '../../schema/table.ts'
import type { Dialect } from './dialect.ts'
import { columnOf } from './folded.ts'
import { join, type Sql, sql, verbatim } from './sql.ts'

/** `alias` stands for a row of the table. */
export function accessSql(access: Exclude<Access, 'all'>, table: Table, alias: string, dialect: Dialect): Sql {
  return join(
    access.every.map((one) => rowAccessSql(one, table, alias, dialect)),
    ' and ',
  )
}

function rowAccessSql(access: RowAccess, table: Table, alias: string, dialect: Dialect): Sql {
  const { units, owners, principals } = access
  const unit = unitColumn(table)
  const owner = ownerColumn(table)
  const reached: Sql[] = []
  // The unit first: where there are units at all, most rows that are seen are seen for theirs.
  if (unit !== undefined && units.length > 0) reached.push(dialect.isOneOf(columnOf(alias, unit), units))
  if (owner !== undefined && owners.length > 0) reached.push(dialect.isOneOf(columnOf(alias, owner), owners))
  if (table.ownership === 'user' && principals.length > 0) reached.push(sharedSql(access, table, alias, dialect))
  return reached.length === 0 ? verbatim('false') : sql`(${join(reached, ' or ')})`
}

function sharedSql({ principals, right }: RowAccess, table: Table, alias: string, dialect: Dialect): Sql {
  const isWithCaller = dialect.isOneOf(sql`a.principalid`, principals)
  const mask = sql`((coalesce(a.accessrightsmask, 0) | coalesce(a.inheritedaccessrightsmask, 0)) & ${SHARE_BITS[right]}) <> 0`
  const id = columnOf(alias, table.primaryIdColumn)
  const shares = sql`from principalobjectaccess as a where ${isWithCaller} and ${mask}`
  // A pointer is shared with its activity, of whatever kind it is; rows of other tables may have the same id.
  if (table.logicalName === 'activitypointer') return sql`(${id}, ${columnOf(alias, 'activitytypecode')}) in (select a.objectid, a.objecttypecode ${shares})`
  return sql`${id} in (select a.objectid ${shares} and a.objecttypecode = ${table.logicalName})`
}

/** The unit that a row belongs to; a unit belongs to itself, by its own id. */
function unitColumn({ ownership }: Table): string | undefined {
  return ownership === 'user' ? 'owningbusinessunit' : ownership === 'business' ? 'businessunitid' : undefined
}

/** A user is their own, their settings too, and a team its members'. */
function ownerColumn(table: Table): string | undefined {
  if (table.ownership === 'user') return 'ownerid'
  return isPrincipal(table) || table.logicalName === 'usersettings' ? table.primaryIdColumn : undefined
}
