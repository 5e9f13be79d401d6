/** What profiles say of secured columns to a user: their own profiles and those of their teams, together. */
import type { Guid } from '../base/guid.ts'
import type { ColumnAccess } from '../plan/rights.ts'
import type { Ask } from './sql/connection.ts'
import { join, sql } from './sql/sql.ts'

/** `principals`: the user and their teams. By `table.column`. */
export async function loadColumnRights(principals: readonly Guid[], ask: Ask): Promise<ReadonlyMap<string, ColumnAccess>> {
  const ids = join(principals.map((id) => sql`${id}`))
  const profiles = sql`select fieldsecurityprofileid from systemuserprofiles where systemuserid in (${ids})
    union select fieldsecurityprofileid from teamprofiles where teamid in (${ids})`
  const rows = await ask(sql`select entityname, attributelogicalname, max(canread) as canread, max(cancreate) as cancreate, max(canupdate) as canupdate
    from fieldpermission where fieldsecurityprofileid in (${profiles}) group by entityname, attributelogicalname`)
  return new Map(
    rows.map((row) => [
      `${row.entityname}.${row.attributelogicalname}`,
      { read: isAllowed(row.canread), create: isAllowed(row.cancreate), update: isAllowed(row.canupdate) },
    ]),
  )
}

/** The choice `field_security_permission_type`: 0 not allowed, 4 allowed. */
export const ALLOWED = 4

function isAllowed(value: unknown): boolean {
  return Number(value ?? 0) === ALLOWED
}
