/** What roles hold, as rows say it now: of a role, of a user with their teams, of a team. Rights for requests are `load-rights.ts`. */
import { DEPTHS } from '../schema/privilege-depth.ts'
import { rolesOf } from './principal-roles.ts'
import { join, type Sql, sql } from './sql/sql.ts'

/** `kind`: the table; `id`: a value, or a query for it. */
export type Holder = { readonly kind: string; readonly id: Sql }

/** The privileges that each of these has, and the widest depth: `privilegeid`, `name`, `mask`, and the `unit` it belongs to. */
export function heldPrivileges(holder: Holder): Sql {
  return sql`
    select g."privilegeid", p."name", max(g."privilegedepthmask") as "mask", max(${unitOf(holder)}) as "unit"
    from "role" r join "roleprivileges" g on g."roleid" = coalesce(r."parentrootroleid", r."roleid") join "privilege" p on p."privilegeid" = g."privilegeid"
    where r."roleid" in (${holder.kind === 'role' ? holder.id : rolesOf(holder)})
    group by g."privilegeid", p."name"`
}

/** As `RolePrivilege` values, each the JSON of one. */
export function heldPrivilegesJson(holder: Holder): Sql {
  const depths = join(
    DEPTHS.map(({ mask, member }) => sql`when ${mask} then ${member}`),
    ' ',
  )
  return sql`
    select '{"Depth":"' || (case h."mask" ${depths} end) || '","PrivilegeId":"' || h."privilegeid" || '","BusinessUnitId":"' || h."unit"
      || '","PrivilegeName":"' || h."name" || '","RecordFilterId":"00000000-0000-0000-0000-000000000000","RecordFilterUniqueName":""}' as "json"
    from (${heldPrivileges(holder)}) h order by h."name"`
}

function unitOf({ kind, id }: Holder): Sql {
  if (kind === 'role') return sql`r."businessunitid"`
  if (kind === 'team') return sql`(select t."businessunitid" from "team" t where t."teamid" = ${id})`
  return sql`(select u."businessunitid" from "systemuser" u where u."systemuserid" = ${id})`
}
