/**
 * Runs a planned write inside an open transaction: the semantics of writing, once, for every engine. What fails is thrown, and the
 * caller rolls back; a row that is not there is an outcome. The order of statements is that of the plan.
 */
import type { Guid } from '../base/guid.ts'
import { assert, unreachable } from '../base/assert.ts'
import type { JsonText, WriteOutcome } from '../plan/outcome.ts'
import type { WritePlan } from '../plan/plan.ts'
import { accessDenied } from '../plan/rights.ts'
import { rowMissing } from '../plan/row-address.ts'
import type { Bulk, WriteRow } from '../plan/write-plan.ts'
import { bulkTransaction } from './bulk-transaction.ts'
import { startBulkDelete } from './bulk-delete-job.ts'
import { changeMembers } from './change-members.ts'
import { changePrivileges } from './change-privileges.ts'
import { deleteHistory } from './delete-history.ts'
import { deleteFound } from './delete-row.ts'
import { findRows, forgettingKeys } from './find-rows.ts'
import { linkRows } from './link-rows.ts'
import { mergeRows } from './merge-rows.ts'
import { runRead } from './run-read.ts'
import { shareRows } from './share-rows.ts'
import type { Transaction } from './sql/connection.ts'
import { writeOne } from './write-one.ts'
import { type Moment, startWork, type Work } from './write-work.ts'

export async function runWrite(plan: WritePlan, tx: Transaction, moment: Moment): Promise<WriteOutcome> {
  switch (plan.kind) {
    case 'write-row':
      return writeRow(plan, startWork(tx, moment))
    case 'delete-row':
      return deleteFound(plan, startWork(tx, moment))
    case 'link':
    case 'unlink':
      return linkRows(plan, startWork(tx, moment))
    case 'merge':
      return mergeRows(plan, startWork(tx, moment))
    case 'share':
      return shareRows(plan, startWork(tx, moment))
    case 'delete-history':
      return deleteHistory(plan, startWork(tx, moment))
    case 'change-privileges':
      return changePrivileges(plan, startWork(tx, moment))
    case 'change-members':
      return changeMembers(plan, startWork(tx, moment))
    case 'start-bulk-delete':
      return startBulkDelete(plan, tx, moment)
    case 'bulk':
      return runBulk(plan, tx, moment)
    default:
      return unreachable(plan)
  }
}

async function writeRow(plan: WriteRow, work: Work): Promise<WriteOutcome> {
  const written = await writeOne(plan, work)
  if (written.kind === 'missing') return written
  assert(written.kind !== 'ignored', 'a single row was written before')
  return { ...written, row: await readBack(plan, written.id, work) }
}

/** The row as it is after the write, in the same transaction. */
async function readBack({ returns, table }: WriteRow, id: Guid, work: Work): Promise<JsonText | undefined> {
  if (!returns) return undefined
  const outcome = await runRead({ ...returns, address: { by: 'id', table, id } }, work.tx, { ...work.moment, rights: work.moment.caller.rights })
  // It may have been assigned out of its writer's sight.
  if (outcome.kind !== 'row') throw accessDenied(work.moment.caller.rights, table, 'Read')
  return outcome.json
}

/** All rows or none: the first that fails, or is missing, fails the whole. */
async function runBulk(asked: Bulk, tx: Transaction, moment: Moment): Promise<WriteOutcome> {
  const { takeVersions } = tx
  const isGathered = takeVersions && asked.action !== 'delete' && asked.rows.length > 1 && !moment.events
  return isGathered ? runGathered(asked, tx, moment, takeVersions) : runRows(asked, startBulk(asked, tx, moment))
}

function startBulk({ action }: Bulk, tx: Transaction, moment: Moment): Work {
  return startWork(tx, moment, action === 'create' ? undefined : action === 'upsert' ? 'refuse' : 'ignore')
}

async function runGathered(plan: Bulk, tx: Transaction, moment: Moment, takeVersions: NonNullable<Transaction['takeVersions']>): Promise<WriteOutcome> {
  const [first] = plan.rows
  assert(first, 'a bulk write has rows')
  const addresses = plan.rows.flatMap((row) => row.address ?? [])
  const { found, ids } = await findRows(first.table, addresses, startWork(tx, moment))
  const wrote = forgettingKeys(first.table, found)
  const bulk = bulkTransaction(tx, { locked: ids, versions: takeVersions, expected: plan.rows.length, wrote })
  const outcome = await runRows(plan, { ...startBulk(plan, bulk.tx, moment), found })
  await bulk.flush()
  return outcome
}

async function runRows(asked: Bulk, work: Work): Promise<WriteOutcome> {
  const { moment } = work
  const begun = await moment.events?.beginBulk(asked, work)
  const plan = begun?.plan ?? asked
  const ids: Guid[] = []
  if (plan.action === 'delete') {
    for (const row of plan.rows) {
      const outcome = await deleteFound(row, work)
      if (outcome.kind === 'missing') throw rowMissing(outcome.address)
    }
    return { kind: 'bulk-done', ids }
  }
  for (const row of plan.rows) {
    const written = await writeOne(row, work)
    if (written.kind === 'missing') throw rowMissing(written.address)
    if (written.kind !== 'ignored') ids.push(written.id)
  }
  await begun?.afterwards()
  return { kind: 'bulk-done', ids }
}
