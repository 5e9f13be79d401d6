/**
 * A bulk deletion as rows: the system job (`asyncoperation`), which clients poll and cancel, and its `bulkdeleteoperation`, which keeps
 * the queries and counts. What a step has deleted and how far it has got are written in one transaction: a server that is killed goes on
 * where it was, and counts nothing twice.
 */
import type { Guid } from '../base/guid.ts'
import { DataverseError } from '../protocol/errors.ts'
import type { Caller } from '../plan/caller.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import type { Value } from '../plan/value.ts'
import { demandOther } from '../plan/rights.ts'
import type { StartBulkDelete } from '../plan/write-plan.ts'
import type { Table } from '../schema/table.ts'
import { demandRight } from './access.ts'
import { deleteFound } from './delete-row.ts'
import type { AskedCaller } from './load-caller.ts'
import { JOB_STATES, type JobState } from './job-states.ts'
import { insertOwnRow, updateOwnRow } from './servers-rows.ts'
import type { Transaction } from './sql/connection.ts'
import { sql } from './sql/sql.ts'
import { type Moment, startWork } from './write-work.ts'

const BULK_DELETE = 13

export type After = readonly (string | number | null)[] | undefined

export type BulkDeleteJob = {
  readonly jobId: Guid
  readonly operationId: Guid
  /** Who has asked for it, not the job's owner, which can be changed: what they may not see or delete stays. */
  readonly asker: AskedCaller
  /** FetchXML. */
  readonly queries: readonly string[]
  /** Which of them is worked at, and behind which row. */
  readonly index: number
  readonly after: After
  readonly deleted: number
  readonly failed: number
}

export async function startBulkDelete(plan: StartBulkDelete, tx: Transaction, moment: Moment): Promise<WriteOutcome> {
  const { jobId, operationId, name, queries, startAt, table } = plan
  demandOther(moment.caller.rights, 'prvBulkDelete')
  for (const right of ['Read', 'Delete'] as const) demandRight(table, right, moment.caller.rights)
  const [statecode, statuscode] = startAt === undefined ? JOB_STATES.waiting : JOB_STATES.postponed
  await insertOwnRow(tx, moment, 'asyncoperation', jobId, {
    name,
    operationtype: BULK_DELETE,
    primaryentitytype: table.logicalName,
    messagename: 'BulkDelete',
    depth: 1,
    ...(startAt !== undefined && { postponeuntil: startAt }),
  })
  await insertOwnRow(tx, moment, 'bulkdeleteoperation', operationId, {
    name,
    asyncoperationid: { table: 'asyncoperation', id: jobId },
    orderedquerysetxml: queries.join('\n'),
    processingqeindex: 0,
    successcount: 0,
    failurecount: 0,
    isrecurring: false,
    ...(startAt !== undefined && { nextrun: startAt }),
  })
  if (startAt !== undefined) await setStates(tx, moment, jobId, operationId, { statecode, statuscode })
  return { kind: 'job-started', jobId }
}

export type Pending = { readonly jobId: Guid; readonly startAt: string | undefined }

/** Jobs that are to be run, now or later. One that a client has suspended waits until it is made ready again. */
export async function pendingBulkDeletes(tx: Transaction): Promise<readonly Pending[]> {
  const rows = await tx.all(sql`
    select asyncoperationid as id, statecode, postponeuntil from asyncoperation
    where operationtype = ${BULK_DELETE} and (statecode in (0, 2) or (statecode = 1 and postponeuntil is not null)) order by createdon, asyncoperationid`)
  return rows.map((row) => ({ jobId: row.id as Guid, startAt: Number(row.statecode) === 1 ? String(row.postponeuntil) : undefined }))
}

/** Undefined: it is canceled, suspended or gone. A job that begins is said to. */
export async function takeBulkDelete(jobId: Guid, tx: Transaction, moment: Moment): Promise<BulkDeleteJob | undefined> {
  const row = await tx.get(sql`
    select o.bulkdeleteoperationid as id, o.orderedquerysetxml as queries, o.processingqeindex as place, o.successcount as deleted, o.failurecount as failed,
      a.statecode, a.statuscode, a.data, a.postponeuntil, a.createdby as asker, a.createdonbehalfby as sender
    from asyncoperation as a join bulkdeleteoperation as o on o.asyncoperationid = a.asyncoperationid where a.asyncoperationid = ${jobId}${tx.dialect.forUpdate}`)
  if (!row) return undefined
  const operationId = row.id as Guid
  if (Number(row.statecode) === 3) {
    await settleCanceled(jobId, operationId, Number(row.statuscode), tx, moment)
    return undefined
  }
  if (Number(row.statecode) === 1 && row.postponeuntil === null) return undefined
  if (Number(row.statecode) !== 2) await begin(jobId, operationId, tx, moment)
  return {
    jobId,
    operationId,
    asker: askerOf(row.asker as Guid, (row.sender ?? undefined) as Guid | undefined),
    // No text inside of FetchXML holds a bare `<`.
    queries: String(row.queries).split(/\n?(?=<fetch[\s>])/),
    index: Number(row.place),
    after: afterOf(row.data),
    deleted: Number(row.deleted),
    failed: Number(row.failed),
  }
}

/** Whether nobody has gone on with it in between. */
export function isAtSamePlace(one: BulkDeleteJob, other: BulkDeleteJob): boolean {
  return one.index === other.index && JSON.stringify(one.after) === JSON.stringify(other.after)
}

function askerOf(userId: Guid, sender: Guid | undefined): AskedCaller {
  return sender === undefined ? { userId } : { userId: sender, actsFor: { by: 'id', id: userId } }
}

async function begin(jobId: Guid, operationId: Guid, tx: Transaction, moment: Moment): Promise<void> {
  const [statecode, statuscode] = JOB_STATES.running
  await updateOwnRow(tx, moment, 'asyncoperation', jobId, { statecode, statuscode, startedon: moment.now, postponeuntil: null })
  await updateOwnRow(tx, moment, 'bulkdeleteoperation', operationId, { statecode, statuscode, nextrun: null })
}

/** The client has said so in the job's row; the rest of it is ours. */
async function settleCanceled(jobId: Guid, operationId: Guid, statuscode: number, tx: Transaction, moment: Moment): Promise<void> {
  await updateOwnRow(tx, moment, 'asyncoperation', jobId, { completedon: moment.now })
  await updateOwnRow(tx, moment, 'bulkdeleteoperation', operationId, { statecode: 3, statuscode })
}

/** A client can write this column: what is no list of ours counts as nothing, and the query is begun anew. */
function afterOf(data: unknown): After {
  if (typeof data !== 'string') return undefined
  try {
    const parsed: unknown = JSON.parse(data)
    return Array.isArray(parsed) && parsed.every((value) => value === null || ['string', 'number'].includes(typeof value)) ? parsed : undefined
  } catch {
    return undefined
  }
}

export type Found = {
  readonly table: Table
  readonly ids: readonly Guid[]
  /** Where the next page begins; undefined: this was the query's last. */
  readonly next: After
}

/** Deletes a page in the name of who has asked for it. A row that cannot be deleted is counted and passed over; one that is gone already is neither. */
export async function deletePage(job: BulkDeleteJob, { table, ids, next }: Found, asker: Caller, tx: Transaction, moment: Moment): Promise<void> {
  let [deleted, failed] = [0, 0]
  let reason: string | undefined
  for (const id of ids) {
    try {
      const plan = { kind: 'delete-row', table, address: { by: 'id', table, id }, precondition: { kind: 'none' } } as const
      const outcome = await tx.savepoint(() => deleteFound(plan, startWork(tx, { ...moment, caller: asker })))
      if (outcome.kind === 'deleted') deleted++
    } catch (cause) {
      if (!(cause instanceof DataverseError)) throw cause
      failed++
      reason ??= cause.message
    }
  }
  const index = next === undefined ? job.index + 1 : job.index
  const counts = { successcount: job.deleted + deleted, failurecount: job.failed + failed, processingqeindex: index }
  await updateOwnRow(tx, moment, 'bulkdeleteoperation', job.operationId, counts)
  const progress: Record<string, Value> = { data: next === undefined ? null : JSON.stringify(next) }
  if (reason !== undefined && job.failed === 0) progress.message = reason
  await updateOwnRow(tx, moment, 'asyncoperation', job.jobId, progress)
}

export async function finishBulkDelete(job: BulkDeleteJob, state: JobState, message: string | undefined, tx: Transaction, moment: Moment): Promise<void> {
  const [statecode, statuscode] = JOB_STATES[state]
  const text = message ?? `${job.deleted} deleted, ${job.failed} could not be deleted.`
  await updateOwnRow(tx, moment, 'asyncoperation', job.jobId, { statecode, statuscode, friendlymessage: text, completedon: moment.now })
  await updateOwnRow(tx, moment, 'bulkdeleteoperation', job.operationId, { statecode, statuscode })
}

async function setStates(tx: Transaction, moment: Moment, jobId: Guid, operationId: Guid, states: { readonly [column: string]: Value }): Promise<void> {
  await updateOwnRow(tx, moment, 'asyncoperation', jobId, states)
  await updateOwnRow(tx, moment, 'bulkdeleteoperation', operationId, states)
}
