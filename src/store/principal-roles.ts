/** Which roles a user or a team has, by the rows that say so. */
import type { Reference } from '../plan/value.ts'
import { type Sql, sql } from './sql/sql.ts'

/** `team.teamtype`: has what is shared with it, and neither roles nor rows of its own. */
export const ACCESS_TEAM = 1

/** A query for the ids of roles: those of a user and of the teams they are in, or those of a team. `id`: a value, or a query for it. */
export function rolesOf({ kind, id }: { readonly kind: Reference['table']; readonly id: Sql }): Sql {
  if (kind === 'team') return sql`select "roleid" from "teamroles" where "teamid" = ${id}`
  return sql`
    select "roleid" from "systemuserroles" where "systemuserid" = ${id}
    union select h."roleid" from "teamroles" h join "teammembership" m on m."teamid" = h."teamid" where m."systemuserid" = ${id}`
}
