/** With whom a row is shared: whoever may read the row may know. */
import { ALL_RIGHTS, rightsIn } from '../plan/access-mask.ts'
import type { ReadOutcome, SharedWith } from '../plan/outcome.ts'
import type { ReadAccess, ReadShares } from '../plan/read-plan.ts'
import { type Access, accessTo, FULL_RIGHTS } from '../plan/rights.ts'
import type { RowAddress } from '../plan/row-address.ts'
import type { Table } from '../schema/table.ts'
import type { Guid } from '../base/guid.ts'
import { textOf } from './json-page.ts'
import { placeSql } from './sql/address-sql.ts'
import { accessSql } from './sql/access-sql.ts'
import type { PageQuery, Readable } from './sql/connection.ts'
import { columnOf } from './sql/folded.ts'
import type { ReadScope } from './sql/read-scope.ts'
import { selectPresence } from './sql/select-rows.ts'
import { type Sql, sql } from './sql/sql.ts'

// A row shared with more people than this is better owned by a team of theirs.
const MAX_SHARES = 5000

export async function runShares({ address }: ReadShares, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const { from, condition } = placeSql({ address, steps: [] }, 'r', scope)
  const share = sql`'["' || a.principaltypecode || '","' || a.principalid || '",' || (coalesce(a.accessrightsmask, 0) | coalesce(a.inheritedaccessrightsmask, 0)) || ']'`
  const shares = sql`
    select ${share} as json from ${from} join principalobjectaccess as a on a.objectid = ${columnOf('r', address.table.primaryIdColumn)} and a.objecttypecode = ${kindOf(address.table)}
    where ${condition} order by a.principalid`
  const [found, page] = await readable.pages([selectPresence(address, scope), { sql: shares, limit: MAX_SHARES }])
  if (!found || found.rowCount === 0 || !page) return { kind: 'missing', address }
  const rows: readonly (readonly [string, Guid, number])[] = JSON.parse(`[${textOf(page.json)}]`)
  return { kind: 'shares', shares: rows.map(([table, id, mask]): SharedWith => ({ principal: { table, id }, rights: rightsIn(mask) })) }
}

/** A pointer's shares are those of its activity. */
function kindOf({ logicalName }: Table): Sql {
  return logicalName === 'activitypointer' ? columnOf('r', 'activitytypecode') : sql`${logicalName}`
}

/** With the principal's rights, and the very conditions of reads and writes: one for each right. */
export async function runAccess({ address, rights }: ReadAccess, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const [seen] = await readable.pages([selectPresence(address, scope)])
  if (seen?.rowCount !== 1) return { kind: 'missing', address }
  const open = ALL_RIGHTS.map((right) => ({ right, access: accessTo(rights, address.table, right) }))
  const queries = open.flatMap(({ access }) => (access === undefined || access === 'all' ? [] : [accessQuery(address, access, scope)]))
  const pages = await readable.pages(queries)
  let next = 0
  const held = open.filter(({ access }) => {
    if (access === undefined || access === 'all') return access === 'all'
    return (pages[next++]?.rowCount ?? 0) > 0
  })
  return { kind: 'access', rights: held.map(({ right }) => right) }
}

function accessQuery(address: RowAddress, access: Exclude<Access, 'all'>, scope: ReadScope): PageQuery {
  const { from, condition } = placeSql({ address, steps: [] }, 'r', { ...scope, rights: FULL_RIGHTS })
  return { sql: sql`select '' as json from ${from} where ${condition} and ${accessSql(access, address.table, 'r', scope.dialect)}`, limit: 1 }
}
