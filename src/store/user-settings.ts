/**
 * A user's settings (`usersettings`): a row with the user's own id, made with the user and deleted with them. Everyone begins with UTC and
 * English of the United States.
 */
import { UTC_CODE } from '../base/time-zone-codes.ts'
import type { Guid } from '../base/guid.ts'
import type { Value } from '../plan/value.ts'
import { insertBare } from './bare-rows.ts'
import type { Transaction } from './sql/connection.ts'
import { sql } from './sql/sql.ts'
import { updateRow } from './sql/write-row.ts'
import { type Moment, startWork, type Work } from './write-work.ts'

const ENGLISH = 1033

const FIRST_VALUES: Readonly<Record<string, Value>> = {
  timezonecode: UTC_CODE,
  timezonebias: 0,
  localeid: ENGLISH,
  uilanguageid: ENGLISH,
  helplanguageid: ENGLISH,
  currencydecimalprecision: 2,
  pricingdecimalprecision: 2,
  currencysymbol: '$',
  decimalsymbol: '.',
  numberseparator: ',',
  dateformatstring: 'M/d/yyyy',
  dateseparator: '/',
  timeformatstring: 'h:mm tt',
  timeseparator: ':',
  amdesignator: 'AM',
  pmdesignator: 'PM',
  paginglimit: 50,
  workdaystarttime: '08:00',
  workdaystoptime: '17:00',
}

/** Nothing in a schema that has no such table. */
export async function insertSettings(userId: Guid, unitId: Guid | null, work: Work): Promise<void> {
  if (!work.moment.schema.tables.has('usersettings')) return
  await insertBare('usersettings', { ...FIRST_VALUES, systemuserid: userId, businessunitid: unitId }, work)
}

/** They belong to the unit that their user is in now. */
export async function moveSettings(userId: Guid, unitId: Guid, { tx, moment }: Work): Promise<void> {
  const table = moment.schema.tables.get('usersettings')
  const unit = table?.columns.get('businessunitid')
  if (table && unit) await updateRow(tx, table, userId, new Map([[unit, unitId]]))
}

/** For users of a database from before there were settings. */
export async function insertMissingSettings(tx: Transaction, moment: Moment): Promise<void> {
  const work = startWork(tx, moment)
  const users = await tx.all(sql`select systemuserid, businessunitid from systemuser where systemuserid not in (select systemuserid from usersettings)`)
  for (const user of users) await insertSettings(user.systemuserid as Guid, user.businessunitid as Guid | null, work)
}
