/**
 * The one writer. Jobs are committed in groups: one transaction, a savepoint for each job, one durable commit for all.
 * Measured: durable writes reach 3.3 times the rate of one transaction each.
 *
 * A job that throws is undone alone, its schema edits too. When the commit itself fails (a full disk), every job of the group is rejected;
 * when it is refused (a reference to nothing), the jobs are committed one by one.
 * Because there is one writer, the order of versions is the order of commits: a version is a position (C1).
 */
import { assert } from '../../base/assert.ts'
import { systemClock, type Clock } from '../../base/clock.ts'
import { formatInstant } from '../../base/date-time.ts'
import type { Schema } from '../../schema/schema.ts'
import { sql } from '../sql/sql.ts'
import type { Job, RunJob } from '../write-lane.ts'
import { checkpoints } from './checkpoint.ts'
import { SELECT_SCHEMA, schemaOf } from '../definitions.ts'
import type { Connection } from './driver.ts'
import { openForWriting, type Durability } from './open.ts'
import { writeTransaction, type WriterState } from './write-transaction.ts'

export type Writer = {
  /** As last committed. */
  readonly schema: () => Schema
  /** Another number whenever what is committed of rights and steps may be other. */
  readonly security: () => number
  /** One group after the other: the next begins when this one's promise has settled. It never rejects. */
  readonly runGroup: (jobs: readonly Job[]) => Promise<PromiseSettledResult<unknown>[]>
  readonly close: () => void
}

export type WriterOptions = { readonly durability?: Durability; readonly clock?: Clock }

/** A point of the clock a second is enough to tell how old a version is. */
const CLOCK_STEP_MS = 1000

export function openWriter(path: string, { durability = 'full', clock = systemClock }: WriterOptions = {}): Writer {
  const connection = openForWriting(path, durability)
  const state: WriterState = { schema: schemaOf(connection.all(SELECT_SCHEMA)), version: connection.version, security: 0, audits: readAudits(connection) }
  const transaction = writeTransaction(connection, state)
  const checkpoint = checkpoints(connection)
  let committed: WriterState = { ...state }
  let clockedAt = 0

  async function runJobs(jobs: readonly Job[]): Promise<PromiseSettledResult<unknown>[]> {
    const settled: PromiseSettledResult<unknown>[] = []
    for (const job of jobs) {
      const result = await settle(() => transaction.savepoint(() => job(transaction, jobs.length === 1)))
      // A full disk or an I/O error has ended the transaction: what earlier jobs did is gone too.
      if (!connection.isInTransaction()) throw result.status === 'rejected' ? result.reason : new Error('the transaction was ended by a job')
      settled.push(result)
    }
    return settled
  }

  /** Once a group, not once a row: the counter, and where it stands at this time. */
  function writeCounter(): void {
    if (state.version === committed.version) return
    connection.run(sql`update tidemark_counter set version = ${state.version}`)
    const now = clock.now()
    if (now.getTime() - clockedAt < CLOCK_STEP_MS) return
    clockedAt = now.getTime()
    connection.run(sql`insert into tidemark_clock (version, at) values (${state.version}, ${formatInstant(now)})`)
  }

  /**
   * A reference that is deferred is checked by the commit alone (the schema's own are not, but at the first start), and one job's broken
   * one must not cost the others theirs: then each is tried by itself.
   */
  async function runGroup(jobs: readonly Job[]): Promise<PromiseSettledResult<unknown>[]> {
    const { settled, isRefused } = await commitTogether(jobs)
    if (!isRefused || jobs.length === 1) return settled
    const alone: PromiseSettledResult<unknown>[] = []
    for (const job of jobs) alone.push(...(await commitTogether([job])).settled)
    return alone
  }

  async function commitTogether(jobs: readonly Job[]): Promise<{ readonly settled: PromiseSettledResult<unknown>[]; readonly isRefused: boolean }> {
    assert(!connection.isInTransaction(), 'a group began while another was open')
    let settled: PromiseSettledResult<unknown>[] = []
    let isCommitting = false
    try {
      checkpoint.beforeGroup()
      connection.step('begin immediate')
      settled = await runJobs(jobs)
      writeCounter()
      isCommitting = true
      connection.step('commit')
    } catch (reason) {
      // A refused commit leaves the transaction open; a full disk or an I/O error has ended it.
      const isRefused = isCommitting && connection.isInTransaction()
      if (connection.isInTransaction()) connection.execute('rollback')
      state.schema = committed.schema
      state.audits = committed.audits
      if (state.security !== committed.security) state.security++
      // A job that had failed by itself keeps its own reason.
      return { settled: jobs.map((_, index) => (settled[index]?.status === 'rejected' ? settled[index] : { status: 'rejected', reason })), isRefused }
    }
    committed = { ...state }
    checkpoint.afterCommit()
    return { settled, isRefused: false }
  }

  function close(): void {
    checkpoint.close()
    connection.close()
  }
  return { schema: () => committed.schema, security: () => committed.security, runGroup, close }
}

/** Each job in a group of its own, where nobody else has a lane. */
export function runAlone(writer: Writer): RunJob {
  return async <T>(job: Job<T>): Promise<T> => {
    const [result] = await writer.runGroup([job])
    if (result?.status === 'fulfilled') return result.value as T
    throw result?.reason
  }
}

/** Before the very first start there is no organization. */
function readAudits(connection: Pick<Connection, 'all'>): boolean {
  const isThere = connection.all(sql`select 1 from pragma_table_info('organization') where name = 'isauditenabled'`).length > 0
  return isThere && connection.all(sql`select 1 from organization where isauditenabled = 1`).length > 0
}

async function settle<T>(work: () => Promise<T>): Promise<PromiseSettledResult<T>> {
  try {
    return { status: 'fulfilled', value: await work() }
  } catch (reason) {
    return { status: 'rejected', reason }
  }
}
