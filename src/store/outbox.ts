/**
 * The outbox: what a write has left to be done after it, kept in the same transaction. Each entry has a system job (`asyncoperation`) in
 * which people see how it goes, and by which they cancel it or ask for another try. A job that a killed server was at is begun again.
 */
import { formatInstant } from '../base/date-time.ts'
import type { Guid } from '../base/guid.ts'
import type { Value } from '../plan/value.ts'
import { JOB_STATES } from './job-states.ts'
import { insertOwnRow, updateOwnRow } from './servers-rows.ts'
import type { Transaction } from './sql/connection.ts'
import { sql } from './sql/sql.ts'
import type { Moment } from './write-work.ts'

/** `asyncoperation.operationtype`: a system event. */
const SYSTEM_EVENT = 1

/** `statecode` of a job. */
const [READY] = JOB_STATES.waiting
const [SUSPENDED] = JOB_STATES.postponed
const [COMPLETED] = JOB_STATES.canceled

/** Who does it: each kind has a deliverer of its own, so that one does not wait for the other. */
export type EntryKind = 'code' | 'webhook'

export type NewEntry = {
  readonly jobId: Guid
  readonly kind: EntryKind
  /** JSON. */
  readonly handler: string
  readonly context: string
  /** Of the job's row. */
  readonly columns: { readonly [column: string]: Value }
}

export type Entry = { readonly jobId: Guid; readonly handler: string; readonly context: string /** This one counted. */; readonly attempt: number }

export async function insertEntry({ jobId, kind, handler, context, columns }: NewEntry, due: number, tx: Transaction, moment: Moment): Promise<void> {
  await insertOwnRow(tx, moment, 'asyncoperation', jobId, { operationtype: SYSTEM_EVENT, retrycount: 0, ...columns })
  await tx.run(sql`insert into tidemark_outbox (job, handler, context, due) values (${jobId}, ${`${kind} ${handler}`}, ${context}, ${due})`)
}

/** When the next entry is due, in milliseconds. */
export async function nextDue(kind: EntryKind, tx: Transaction): Promise<number | undefined> {
  const due = (await tx.get(sql`select min(due) as due from tidemark_outbox where due is not null and handler like ${`${kind} %`}`))?.due
  return due === null || due === undefined ? undefined : Number(due)
}

/** What somebody has made ready again (`statecode` Ready), though its time has not come or it was given up. */
export async function wakeResumed(now: number, tx: Transaction): Promise<void> {
  await tx.run(sql`
    update tidemark_outbox set due = ${now}, attempts = 0
    where (due is null or due > ${now}) and job in (select asyncoperationid from asyncoperation where operationtype = ${SYSTEM_EVENT} and statecode = ${READY})`)
}

/** So many at the most, besides those `underWay`. `now` and `due` are milliseconds. */
type Taking = { readonly kind: EntryKind; readonly limit: number; readonly underWay: ReadonlySet<Guid> }

/** Begins entries that are due, but for those of `underWay`. What was canceled or deleted meanwhile is dropped, what was suspended waits. */
export async function takeDue({ kind, limit, underWay }: Taking, now: number, tx: Transaction, moment: Moment): Promise<readonly Entry[]> {
  const rows = await tx.all(sql`
    select job, handler, context, attempts from tidemark_outbox where due <= ${now} and handler like ${`${kind} %`}
    order by due limit ${limit + underWay.size}${tx.dialect.forUpdate}`)
  const taken: Entry[] = []
  for (const row of rows) {
    const jobId = row.job as Guid
    if (underWay.has(jobId) || taken.length >= limit) continue
    const state = await tx.get(sql`select statecode, postponeuntil from asyncoperation where asyncoperationid = ${jobId}${tx.dialect.forUpdate}`)
    if (!state || Number(state.statecode) === COMPLETED) await drop(jobId, tx)
    else if (Number(state.statecode) === SUSPENDED && state.postponeuntil === null)
      await tx.run(sql`update tidemark_outbox set due = null where job = ${jobId}`)
    else taken.push({ jobId, handler: String(row.handler).slice(kind.length + 1), context: String(row.context), attempt: Number(row.attempts) + 1 })
  }
  for (const entry of taken) await begin(entry, tx, moment)
  return taken
}

async function begin({ jobId, attempt }: Entry, tx: Transaction, moment: Moment): Promise<void> {
  const [statecode, statuscode] = JOB_STATES.running
  await tx.run(sql`update tidemark_outbox set attempts = ${attempt} where job = ${jobId}`)
  const columns = { statecode, statuscode, startedon: moment.now, postponeuntil: null, retrycount: attempt - 1 }
  await updateOwnRow(tx, moment, 'asyncoperation', jobId, columns)
}

async function drop(jobId: Guid, tx: Transaction): Promise<void> {
  await tx.run(sql`delete from tidemark_outbox where job = ${jobId}`)
}

export async function finishEntry(jobId: Guid, tx: Transaction, moment: Moment): Promise<void> {
  const [statecode, statuscode] = JOB_STATES.succeeded
  await drop(jobId, tx)
  await updateOwnRow(tx, moment, 'asyncoperation', jobId, { statecode, statuscode, completedon: moment.now, message: null, errorcode: null })
}

export type Failure = { readonly message: string /** `0x80050201`. */; readonly code: string }

/** `due`: of the next try. */
export async function postponeEntry(jobId: Guid, failure: Failure, due: number, tx: Transaction, moment: Moment): Promise<void> {
  const [statecode, statuscode] = JOB_STATES.postponed
  await tx.run(sql`update tidemark_outbox set due = ${due} where job = ${jobId}`)
  await updateOwnRow(tx, moment, 'asyncoperation', jobId, { statecode, statuscode, postponeuntil: formatInstant(new Date(due)), ...told(failure) })
}

/** The entry is kept, in case somebody makes the job ready again. */
export async function failEntry(jobId: Guid, failure: Failure, tx: Transaction, moment: Moment): Promise<void> {
  const [statecode, statuscode] = JOB_STATES.failed
  await tx.run(sql`update tidemark_outbox set due = null where job = ${jobId}`)
  await updateOwnRow(tx, moment, 'asyncoperation', jobId, { statecode, statuscode, completedon: moment.now, ...told(failure) })
}

/** Of `asyncoperation.message` and `friendlymessage`. */
const MAX_MESSAGE = 100_000

function told({ message, code }: Failure): { readonly [column: string]: Value } {
  const text = message.slice(0, MAX_MESSAGE)
  return { message: text, friendlymessage: text, errorcode: Number.parseInt(code, 16) | 0 }
}
