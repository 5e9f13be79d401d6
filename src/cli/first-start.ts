/**
 * Makes an empty database a server: the standard tables, then the first rows. On later starts it reads who is who, and adds the standard
 * tables that have come with a newer program, with the rows that belong to them.
 */
import { assert } from '../base/assert.ts'
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import { FULL_RIGHTS } from '../plan/rights.ts'
import { Schema } from '../schema/schema.ts'
import { withNewTables } from '../schema/new-standard-tables.ts'
import { systemDefinitions } from '../schema/system-tables.ts'
import type { Table } from '../schema/table.ts'
import type { OrganizationFacts } from '../server/app.ts'
import { insertAdminPermissions, insertAdminProfile } from '../store/column-permissions.ts'
import { writeFirstRows } from '../store/first-rows.ts'
import { insertMessageFilters, insertMessages, insertMessagesOfPairs } from '../store/job-rows.ts'
import { keepSecurityRows } from '../store/security-rows.ts'
import { renewAccessIndexes } from '../store/sql/access-index.ts'
import { sql } from '../store/sql/sql.ts'
import { insertTimeZones } from '../store/time-zone-rows.ts'
import { insertMissingSettings } from '../store/user-settings.ts'
import { insertStandardViews } from '../store/standard-views.ts'
import type { RunJob, WriteTransaction } from '../store/write-lane.ts'
import { ownMoment, startWork } from '../store/write-work.ts'

export type FirstStart = { readonly caller: Caller; readonly organization: OrganizationFacts }

/** Clients gate features on it (webapi.md 13.6): above 9.1.0.20918. */
const DATAVERSE_VERSION = '9.2.24014.198'

/** `run`: each job in a transaction of its own, and no other server's beside it. */
export async function firstStart(run: RunJob): Promise<FirstStart> {
  await run(makeStandardTables)
  const facts = await run(readFacts)
  await run((tx) => addNewTables(tx, tx.schema(), facts.caller))
  return facts
}

async function makeStandardTables(tx: WriteTransaction): Promise<void> {
  if (tx.schema().tables.size > 0) return
  const schema = Schema.of(1, systemDefinitions())
  await createTables(tx, schema, [...schema.tables.values()])
  const now = formatInstant(systemClock.now())
  const caller = await writeFirstRows(tx, schema, { now, newId: Guid.next })
  await insertMessages(tx, schema, { now, caller })
  await insertStandardViews(tx, schema, { now, caller })
  await insertTimeZones(tx, schema, { now, caller })
  await insertAdminProfile(tx, ownMoment({ now, caller }, schema))
}

async function addNewTables(tx: WriteTransaction, before: Schema, caller: Caller): Promise<void> {
  const { schema, added } = withNewTables(before, systemDefinitions()) ?? { schema: before, added: [] }
  const moment = { now: formatInstant(systemClock.now()), caller }
  if (added.length > 0) await createTables(tx, schema, added)
  await keepSecurityRows(startWork(tx, ownMoment(moment, schema)))
  for (const table of added) await insertMessageFilters(tx, schema, table, moment)
  if (added.some((table) => table.logicalName === 'sdkmessageprocessingstep')) await insertMessagesOfPairs(tx, schema, moment)
  if (added.some((table) => table.logicalName === 'usersettings')) await insertMissingSettings(tx, ownMoment(moment, schema))
  if (added.some((table) => table.logicalName === 'timezonedefinition')) await insertTimeZones(tx, schema, moment)
  if (added.some((table) => table.logicalName === 'fieldsecurityprofile')) {
    await insertAdminProfile(tx, ownMoment(moment, schema))
    for (const table of before.tables.values()) for (const statement of renewAccessIndexes(table)) await tx.run(statement)
  } else await insertAdminPermissions(tx, added, ownMoment(moment, schema))
  if (added.some((table) => table.logicalName === 'savedquery')) await insertStandardViews(tx, schema, moment)
}

function createTables(tx: WriteTransaction, schema: Schema, tables: readonly Table[]): Promise<void> {
  return tx.changeSchema(
    schema,
    tables.map((table) => ({ kind: 'create-table', table })),
    [],
  )
}

async function readFacts(tx: WriteTransaction): Promise<FirstStart> {
  const organization = await tx.get(sql`select organizationid, name from organization`)
  const unit = await tx.get(sql`select businessunitid from businessunit where parentbusinessunitid is null`)
  // The administrator wrote the organization's row, as its own creator.
  const administrator = await tx.get(sql`select createdby from organization`)
  assert(organization && unit && administrator, 'the first rows are missing')
  const name = String(organization.name)
  return {
    caller: {
      userId: administrator.createdby as Guid,
      businessUnitId: unit.businessunitid as Guid,
      organizationId: organization.organizationid as Guid,
      rights: FULL_RIGHTS,
    },
    organization: {
      organizationId: organization.organizationid as Guid,
      friendlyName: name,
      uniqueName: name.toLowerCase().replace(/[^a-z0-9]/g, ''),
      version: DATAVERSE_VERSION,
    },
  }
}
