/**
 * What an empty server has: its organization, root business unit and that unit's team, base currency, an administrator (the caller
 * where authentication is off), a publisher and the default solution, and the standard security roles.
 */
import type { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import { FULL_RIGHTS } from '../plan/rights.ts'
import type { Value } from '../plan/value.ts'
import type { Schema } from '../schema/schema.ts'
import { DEFAULT_RETENTION_DAYS } from './retention.ts'
import { FISCAL_QUARTERS, NAMED_BY_START } from './calendar-settings.ts'
import { runWrite } from './run-write.ts'
import { keepSecurityRows } from './security-rows.ts'
import { rowOf } from './servers-rows.ts'
import type { Transaction } from './sql/connection.ts'
import { ownMoment, startWork } from './write-work.ts'

const NAME = 'Tidemark'

type Moment = { readonly now: string; readonly newId: () => Guid }

/** Order matters only to people: references are checked when the transaction commits. */
export async function writeFirstRows(tx: Transaction, schema: Schema, { now, newId }: Moment): Promise<Caller> {
  const caller: Caller = { userId: newId(), businessUnitId: newId(), organizationId: newId(), rights: FULL_RIGHTS }
  const currency = newId()
  const create = async (table: string, id: Guid, values: { readonly [column: string]: Value }) => {
    await runWrite(rowOf(schema, table, id, values), tx, ownMoment({ now, caller }, schema))
  }
  const unit = { table: 'businessunit', id: caller.businessUnitId }
  const administrator = { table: 'systemuser', id: caller.userId }
  await create('organization', caller.organizationId, {
    name: NAME,
    expirechangetrackingindays: DEFAULT_RETENTION_DAYS,
    languagecode: 1033,
    localeid: 1033,
    basecurrencyid: { table: 'transactioncurrency', id: currency },
    basecurrencysymbol: '$',
    basecurrencyprecision: 2,
    pricingdecimalprecision: 2,
    fiscalcalendarstart: '1900-01-01T00:00:00Z',
    fiscalperiodtype: FISCAL_QUARTERS,
    fiscalyeardisplaycode: NAMED_BY_START,
    fiscalyearperiodconnect: ' ',
    // Off until an administrator wants it, as documented, though the column's own default is the other.
    ishierarchicalsecuritymodelenabled: false,
    maxdepthforhierarchicalsecuritymodel: 3,
  })
  await create('businessunit', caller.businessUnitId, { name: NAME, isdisabled: false, organizationid: { table: 'organization', id: caller.organizationId } })
  await create('systemuser', caller.userId, {
    firstname: 'System',
    lastname: 'Administrator',
    domainname: 'administrator@tidemark.localhost',
    internalemailaddress: 'administrator@tidemark.localhost',
    businessunitid: unit,
    isdisabled: false,
  })
  await create('transactioncurrency', currency, {
    currencyname: 'US Dollar',
    isocurrencycode: 'USD',
    currencysymbol: '$',
    currencyprecision: 2,
    exchangerate: '1',
  })
  await create('team', newId(), { name: NAME, teamtype: 0, isdefault: true, businessunitid: unit, administratorid: administrator })
  const publisher = newId()
  await create('publisher', publisher, {
    uniquename: 'DefaultPublisher',
    friendlyname: 'Default Publisher',
    customizationprefix: 'new',
    customizationoptionvalueprefix: 10000,
  })
  await create('solution', newId(), {
    uniquename: 'Default',
    friendlyname: 'Default Solution',
    version: '1.0',
    publisherid: { table: 'publisher', id: publisher },
  })
  await keepSecurityRows(startWork(tx, ownMoment({ now, caller }, schema)))
  return caller
}
