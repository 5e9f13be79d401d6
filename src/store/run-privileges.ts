/** The privileges that a role has, or a user or a team has through roles: whoever may read that row may know. */
import type { ReadOutcome } from '../plan/outcome.ts'
import type { ReadPrivileges } from '../plan/read-plan.ts'
import { heldPrivilegesJson } from './held-privileges.ts'
import { textOf } from './json-page.ts'
import { placeSql } from './sql/address-sql.ts'
import type { Readable } from './sql/connection.ts'
import { columnOf } from './sql/folded.ts'
import type { ReadScope } from './sql/read-scope.ts'
import { selectPresence } from './sql/select-rows.ts'
import { sql } from './sql/sql.ts'

// Ten for each of thousands of tables.
const MAX_PRIVILEGES = 100_000

export async function runPrivileges({ address }: ReadPrivileges, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const { from, condition } = placeSql({ address, steps: [] }, 'a', scope)
  const id = sql`(select ${columnOf('a', address.table.primaryIdColumn)} from ${from} where ${condition})`
  const [found, page] = await readable.pages([
    selectPresence(address, scope),
    { sql: heldPrivilegesJson({ kind: address.table.logicalName, id }), limit: MAX_PRIVILEGES },
  ])
  if (!found || found.rowCount === 0 || !page) return { kind: 'missing', address }
  return { kind: 'privileges', json: textOf(page.json) }
}
