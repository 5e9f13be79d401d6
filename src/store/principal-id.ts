/**
 * Users and teams have their ids from one pool: who owns a row, whom it is shared with and who has a profile is told by the id alone. A team
 * with the id of a user would give its members all that is the user's.
 */
import { isPrincipal } from '../schema/principal.ts'
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Table } from '../schema/table.ts'
import { name, sql } from './sql/sql.ts'
import type { Work } from './write-work.ts'
import { takeTurn } from './row-locks.ts'

/** `id`: of a user or a team that is about to be created; `ours`: the one that nobody else has. */
export async function refuseTakenId(table: Table, id: Guid, ours: Guid, work: Work): Promise<void> {
  const { tx, moment } = work
  if (id !== ours) await takeTurn(work)
  for (const other of moment.schema.tables.values()) {
    if (other === table || !isPrincipal(other)) continue
    const taken = await tx.get(sql`select 1 as "one" from ${name(other.logicalName)} where ${name(other.primaryIdColumn)} = ${id}`)
    if (taken) throw fail('DuplicateRow')
  }
}
