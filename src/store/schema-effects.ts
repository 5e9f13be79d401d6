/** What an edit of the schema does to rows, in its own transaction: jobs of key indexes, the messages a table supports, old tombstones. */
import type { Caller } from '../plan/caller.ts'
import type { MigrationStep } from '../schema/schema-edit.ts'
import type { Schema } from '../schema/schema.ts'
import { deleteMessageFilters, insertKeyJob, insertMessageFilters, setJobState } from './job-rows.ts'
import type { Transaction } from './sql/connection.ts'
import { sql } from './sql/sql.ts'

type Moment = { readonly now: string; readonly caller: Caller }

export async function applySchemaEffects(tx: Transaction, schema: Schema, steps: readonly MigrationStep[], moment: Moment): Promise<void> {
  for (const step of steps) await applyStep(tx, schema, step, moment)
}

async function applyStep(tx: Transaction, schema: Schema, step: MigrationStep, moment: Moment): Promise<void> {
  switch (step.kind) {
    case 'build-key':
      return insertKeyJob(tx, schema, step.table, step.key, moment)
    case 'drop-key':
      // Deleting a key cancels a job that is queued or running (sync.md 1.6).
      if (step.key.jobId && (step.key.status === 'Pending' || step.key.status === 'InProgress')) {
        await setJobState(tx, schema, step.key.jobId, 'canceled', undefined, moment)
      }
      return
    case 'create-table':
      return insertMessageFilters(tx, schema, step.table, moment)
    case 'drop-table':
      // Tokens name the table by its id, so none of an older table of this name can ask for them.
      await tx.run(sql`delete from tidemark_tombstone where "table" = ${step.table.logicalName}`)
      return deleteMessageFilters(tx, schema, step.table, moment)
    default:
      return
  }
}
