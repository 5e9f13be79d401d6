/**
 * The people below a manager (`systemuser.parentsystemuserid`), where the organization has hierarchical security switched on: the direct
 * reports, and all down to the depth it is set to. Each with the teams they are in. Only people of the manager's own business unit and
 * the units below count, but the chain goes on through others. Disabled people count: their rows are still there to be managed.
 */
import type { Guid } from '../base/guid.ts'
import type { Rights } from '../plan/rights.ts'
import type { Schema } from '../schema/schema.ts'
import type { Ask, SqlRow } from './sql/connection.ts'
import { join, type Sql, sql } from './sql/sql.ts'
import { unitsAtOrBelow } from './unit-tree.ts'

type Reports = Rights['reports']
type Person = { readonly id: Guid; readonly unit: Guid | null }

const NOBODY: Reports = { direct: [], all: [] }
// The original's own default, where the organization's row says nothing.
const DEFAULT_DEPTH = 3
// Bound values of one statement.
const CHUNK = 500

export async function reportsOf(managerId: Guid, schema: Schema, ask: Ask): Promise<Reports> {
  const depth = await depthOf(schema, ask)
  if (depth === 0) return NOBODY
  const first = await peopleUnder([managerId], ask)
  if (first.length === 0) return NOBODY
  const isWithin = await withinUnitOf(managerId, ask)
  const direct = first.filter(isWithin).map(({ id }) => id)
  const all = new Set(direct)
  const seen = new Set<Guid>([managerId, ...first.map(({ id }) => id)])
  let level = first
  for (let reached = 1; reached < depth && level.length > 0; reached++) {
    const under = await peopleUnder(idsOf(level), ask)
    // `seen`: a loop in old data must not hold us.
    level = under.filter(({ id }) => !seen.has(id))
    for (const person of level) {
      seen.add(person.id)
      if (isWithin(person)) all.add(person.id)
    }
  }
  all.delete(managerId)
  return { direct: await withTeams(direct, ask), all: await withTeams([...all], ask) }
}

/** How many levels down; 0: hierarchical security is off. */
async function depthOf(schema: Schema, ask: Ask): Promise<number> {
  const columns = schema.tables.get('organization')?.columns
  if (!columns?.has('ishierarchicalsecuritymodelenabled') || !columns.has('maxdepthforhierarchicalsecuritymodel')) return 0
  const [row] = await ask(sql`select ishierarchicalsecuritymodelenabled as enabled, maxdepthforhierarchicalsecuritymodel as depth from organization`)
  if (!row || Number(row.enabled ?? 0) === 0) return 0
  return Number(row.depth ?? DEFAULT_DEPTH)
}

async function peopleUnder(managers: readonly Guid[], ask: Ask): Promise<readonly Person[]> {
  const rows = await inChunks(managers, (ids) =>
    ask(sql`select systemuserid as id, businessunitid as unit from systemuser where parentsystemuserid in (${ids})`),
  )
  return rows.map(({ id, unit }) => ({ id: id as Guid, unit: unit as Guid | null }))
}

/** Whether a person is in the manager's unit or one below it. */
async function withinUnitOf(managerId: Guid, ask: Ask): Promise<(person: Person) => boolean> {
  const [manager] = await ask(sql`select businessunitid as unit from systemuser where systemuserid = ${managerId}`)
  const units = manager ? await unitsAtOrBelow(manager.unit as Guid, ask) : new Set<Guid>()
  return ({ unit }) => unit !== null && units.has(unit)
}

async function withTeams(people: readonly Guid[], ask: Ask): Promise<readonly Guid[]> {
  const rows = await inChunks(people, (ids) => ask(sql`select distinct teamid as id from teammembership where systemuserid in (${ids})`))
  return [...people, ...new Set(rows.map(({ id }) => id as Guid))]
}

async function inChunks(ids: readonly Guid[], query: (ids: Sql) => SqlRow[] | Promise<SqlRow[]>): Promise<readonly SqlRow[]> {
  const rows: SqlRow[] = []
  for (let start = 0; start < ids.length; start += CHUNK) {
    rows.push(...(await query(join(ids.slice(start, start + CHUNK).map((id) => sql`${id}`)))))
  }
  return rows
}

function idsOf(people: readonly Person[]): readonly Guid[] {
  return people.map(({ id }) => id)
}
