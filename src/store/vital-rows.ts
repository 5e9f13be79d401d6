/** What the organization cannot do without: it is neither deleted nor disabled. Nor is an owner deleted whose rows would belong to nobody. */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { SYSTEM_ADMINISTRATOR } from '../schema/standard-roles.ts'
import type { Table } from '../schema/table.ts'
import { refuseDeletingPermission } from './column-permission-rules.ts'
import { readColumns } from './find-row.ts'
import { IS_DISABLED } from './find-caller.ts'
import { parentUnitColumn } from './hierarchy.ts'
import { ownerOf } from './owner-columns.ts'
import type { Values } from './resolve-lookups.ts'
import type { SqlRow } from './sql/connection.ts'
import { name, sql } from './sql/sql.ts'
import { refuseDeletingDefaultTeam } from './unit-rules.ts'
import { unitsAtOrBelow } from './unit-tree.ts'
import type { Work } from './write-work.ts'
import { isPrincipal } from '../schema/principal.ts'
import { takeTurn } from './row-locks.ts'

/** There is one, or one for each user, who takes it away with them. */
const NEVER_DELETED: ReadonlySet<string> = new Set(['organization', 'usersettings'])

export async function refuseDeletingVital(table: Table, id: Guid, work: Work): Promise<void> {
  if (NEVER_DELETED.has(table.logicalName)) throw fail('NotSupported', `The method 'Delete' for entities of type '${table.logicalName}'`)
  if (await isRootUnit(table, id, work)) throw fail('RootBusinessUnit')
  if (table.logicalName === 'systemuser' && id === work.moment.caller.userId)
    throw fail('CannotDeleteReferenced', table.logicalName, 'the caller: nobody deletes themselves')
  if (table.logicalName === 'systemuser' && (await isLastAdministrator(id, work))) throw fail('LastAdministratorRole')
  await refuseDeletingDefaultTeam(table, id, work)
  await refuseDeletingPermission(table, id, work)
  if (!isPrincipal(table)) return
  const owned = await ownedTable(id, work)
  if (owned) throw fail('CannotDeleteReferenced', table.logicalName, `rows of ${owned.logicalName} that it owns`)
}

export async function refuseDisablingVital(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  const isDisabled = table.columns.get('isdisabled')
  if (!isDisabled || values.get(isDisabled) !== true) return
  if (await isRootUnit(table, id, work)) throw fail('RootBusinessUnit')
  if (table.logicalName === 'systemuser' && (await isLastAdministrator(id, work))) throw fail('OnlyAdministrator')
  if (table.logicalName === 'businessunit' && (await holdsAllAdministrators(id, work))) throw fail('OnlyAdministrator')
}

/** Whether no other enabled user has the System Administrator role. Where nobody has it, it is the caller who is it. */
export async function isLastAdministrator(id: Guid, work: Work): Promise<boolean> {
  const holders = await administrators(work)
  return holders.length === 0 ? id === work.moment.caller.userId : holders.length === 1 && holders[0]?.id === id
}

/** Whether this unit and those below it have every administrator in them. */
async function holdsAllAdministrators(unit: Guid, work: Work): Promise<boolean> {
  const [holders, units] = [await administrators(work), await unitsAtOrBelow(unit, work.tx.all)]
  return holders.length > 0 && holders.every((holder) => units.has(holder.unit as Guid))
}

/** Those who are enabled, by roles of their own. Whoever asks may take one away: one after the other. */
async function administrators(work: Work): Promise<SqlRow[]> {
  await takeTurn(work)
  return await work.tx.all(sql`
    select distinct u.systemuserid as id, u.businessunitid as unit
    from systemuserroles as h join role as r on r.roleid = h.roleid join systemuser as u on u.systemuserid = h.systemuserid
    where r.roletemplateid = ${SYSTEM_ADMINISTRATOR} and not ${IS_DISABLED}`)
}

/** A table with rows that this user or team owns. */
export async function ownedTable(id: Guid, work: Work): Promise<Table | undefined> {
  for (const table of work.moment.schema.tables.values()) {
    const owner = ownerOf(table)?.owner
    if (!owner) continue
    if (await work.tx.get(sql`select 1 as "one" from ${name(table.logicalName)} where ${name(owner.logicalName)} = ${id} limit 1`)) return table
  }
  return undefined
}

async function isRootUnit(table: Table, id: Guid, work: Work): Promise<boolean> {
  const parent = parentUnitColumn(table)
  return parent !== undefined && (await readColumns(table, id, [parent], work))?.get(parent) === null
}
