/** The tree of business units, from one of them up and down. `union` drops what was seen, so that a loop in old data ends. */
import type { Guid } from '../base/guid.ts'
import type { Ask, SqlRow } from './sql/connection.ts'
import { sql } from './sql/sql.ts'

export async function unitsAtOrBelow(unit: Guid, ask: Ask): Promise<ReadonlySet<Guid>> {
  return idsIn(
    await ask(sql`
      with recursive tree(id) as (
        select businessunitid from businessunit where businessunitid = ${unit}
        union select b.businessunitid from businessunit as b join tree on b.parentbusinessunitid = tree.id
      )
      select id from tree`),
  )
}

export async function unitsAtOrAbove(unit: Guid, ask: Ask): Promise<ReadonlySet<Guid>> {
  return idsIn(
    await ask(sql`
      with recursive tree(id) as (
        select businessunitid from businessunit where businessunitid = ${unit}
        union select b.parentbusinessunitid from businessunit as b join tree on b.businessunitid = tree.id where b.parentbusinessunitid is not null
      )
      select id from tree`),
  )
}

function idsIn(rows: readonly SqlRow[]): ReadonlySet<Guid> {
  return new Set(rows.map(({ id }) => id as Guid))
}
