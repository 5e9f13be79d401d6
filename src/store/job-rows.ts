/**
 * Background jobs as people see them: rows of `asyncoperation`. An alternate key's index has one; clients poll it (sync.md 1.6).
 * Also the rows of `sdkmessagefilter` by which clients ask what a table supports.
 */
import { Guid } from '../base/guid.ts'
import { assert } from '../base/assert.ts'
import type { Caller } from '../plan/caller.ts'
import type { Value } from '../plan/value.ts'
import type { WriteRow } from '../plan/write-plan.ts'
import { Label } from '../schema/label.ts'
import type { Schema } from '../schema/schema.ts'
import type { AlternateKey, Table } from '../schema/table.ts'
import { deleteFound } from './delete-row.ts'
import { JOB_STATES, type JobState } from './job-states.ts'
import type { Transaction } from './sql/connection.ts'
import { rowOf, writeOwn } from './servers-rows.ts'
import { sql } from './sql/sql.ts'
import { asServer, ownMoment, startWork } from './write-work.ts'

type Moment = { readonly now: string; readonly caller: Caller }

const ENTITY_KEY_INDEX_CREATION = 63

export async function insertKeyJob(tx: Transaction, schema: Schema, table: Table, key: AlternateKey, { now, caller }: Moment): Promise<void> {
  assert(key.jobId, 'a key that is to be built has a job')
  const row = rowOf(schema, 'asyncoperation', key.jobId, {
    name: `Create index for ${Label.text(key.displayName) || key.schemaName} for table ${table.logicalName}`,
    operationtype: ENTITY_KEY_INDEX_CREATION,
    primaryentitytype: table.logicalName,
    statecode: 0,
    statuscode: 0,
    startedon: now,
    depth: 1,
    messagename: 'CreateEntityKey',
  })
  await writeOwn(row, tx, ownMoment({ now, caller }, schema))
}

/** A job whose row a client has deleted is no error: the samples delete failed jobs before they reactivate the key. */
export async function setJobState(tx: Transaction, schema: Schema, jobId: Guid, state: JobState, message: string | undefined, moment: Moment): Promise<void> {
  const [statecode, statuscode] = JOB_STATES[state]
  const values: Record<string, Value> = { statecode, statuscode }
  if (statecode === 3) values.completedon = moment.now
  if (message !== undefined) values.friendlymessage = message
  const row: WriteRow = { ...rowOf(schema, 'asyncoperation', jobId, values), verb: 'update' }
  await writeOwn(row, tx, ownMoment(moment, schema))
}

const MESSAGES = ['Create', 'Retrieve', 'RetrieveMultiple', 'Update', 'Delete', 'Upsert', 'CreateMultiple', 'UpdateMultiple', 'UpsertMultiple'] as const

/** Of two rows, and so of no one table: steps are registered for them without a filter. */
const MESSAGES_OF_PAIRS = ['Associate', 'Disassociate'] as const

/** Stable ids: the same message has the same id on every server. */
const messageId = (message: string): Guid => Guid.fromName(`sdkmessage:${message}`)

async function insertMessage(message: string, tx: Transaction, schema: Schema, moment: Moment): Promise<void> {
  const row = rowOf(schema, 'sdkmessage', messageId(message), { name: message })
  await writeOwn(row, tx, ownMoment(moment, schema))
}

/** An older database has none of them. */
export async function insertMessagesOfPairs(tx: Transaction, schema: Schema, moment: Moment): Promise<void> {
  for (const message of MESSAGES_OF_PAIRS) await insertMessage(message, tx, schema, moment)
}

export async function insertMessages(tx: Transaction, schema: Schema, moment: Moment): Promise<void> {
  for (const message of MESSAGES) await insertMessage(message, tx, schema, moment)
  await insertMessagesOfPairs(tx, schema, moment)
  for (const table of schema.tables.values()) await insertMessageFilters(tx, schema, table, moment)
}

export async function insertMessageFilters(tx: Transaction, schema: Schema, table: Table, moment: Moment): Promise<void> {
  if (table.isIntersect) return
  for (const message of MESSAGES) {
    const row = rowOf(schema, 'sdkmessagefilter', Guid.fromName(`sdkmessagefilter:${message}:${table.metadataId}`), {
      primaryobjecttypecode: table.logicalName,
      sdkmessageid: { table: 'sdkmessage', id: messageId(message) },
    })
    await writeOwn(row, tx, ownMoment(moment, schema))
  }
}

export async function deleteMessageFilters(tx: Transaction, schema: Schema, table: Table, moment: Moment): Promise<void> {
  const filters = schema.tables.get('sdkmessagefilter')
  assert(filters, 'there is no table sdkmessagefilter')
  const rows = await tx.all(sql`select sdkmessagefilterid from sdkmessagefilter where primaryobjecttypecode = ${table.logicalName}`)
  const work = asServer(startWork(tx, ownMoment(moment, schema)))
  for (const row of rows) {
    const address = { by: 'id', table: filters, id: row.sdkmessagefilterid as Guid } as const
    await deleteFound({ kind: 'delete-row', table: filters, address, precondition: { kind: 'none' } }, work)
  }
}
