/**
 * What an edit of the schema does to rows, in its own transaction: jobs of key indexes, the messages a table supports, permissions on
 * secured columns, old tombstones.
 */
import type { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import type { Relationship } from '../schema/relationship.ts'
import type { MigrationStep } from '../schema/schema-edit.ts'
import type { Schema } from '../schema/schema.ts'
import { deletePermissionsOn, insertAdminPermission } from './column-permissions.ts'
import { deleteMessageFilters, insertKeyJob, insertMessageFilters, setJobState } from './job-rows.ts'
import { deletePrivileges, insertPrivileges } from './privilege-rows.ts'
import { rowOf, writeOwn } from './servers-rows.ts'
import type { Transaction } from './sql/connection.ts'
import { name, sql } from './sql/sql.ts'
import { targetColumn } from './sql/storage-names.ts'
import { ownMoment, startWork } from './write-work.ts'

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
      await insertPrivileges([step.table], startWork(tx, ownMoment(moment, schema)))
      return insertMessageFilters(tx, schema, step.table, moment)
    case 'drop-table':
      // Tokens name the table by its id, so none of an older table of this name can ask for them.
      await tx.run(sql`delete from tidemark_tombstone where "table" = ${step.table.logicalName}`)
      await tx.run(sql`delete from "principalobjectaccess" where "objecttypecode" = ${step.table.logicalName}`)
      await deletePrivileges(step.table, startWork(tx, ownMoment(moment, schema)))
      return deleteMessageFilters(tx, schema, step.table, moment)
    case 'secure-column':
      return insertAdminPermission(tx, step.table, step.column, ownMoment(moment, schema))
    case 'unsecure-column':
      return deletePermissionsOn(tx, step.table, step.column, ownMoment(moment, schema))
    case 'forget-relationship':
      return unlinkRows(tx, schema, step.relationship, moment)
    default:
      return
  }
}

/** Rows that point at a table that goes: their lookup, which can point at other tables still, is emptied through the write path. */
async function unlinkRows(tx: Transaction, schema: Schema, relationship: Relationship, moment: Moment): Promise<void> {
  if (relationship.kind !== 'one-to-many') return
  const table = schema.tables.get(relationship.referencingTable)
  const column = table?.columns.get(relationship.referencingColumn)
  if (!table || !column) return
  const { logicalName, primaryIdColumn } = table
  const target = name(targetColumn(column.logicalName))
  const rows = await tx.all(sql`select ${name(primaryIdColumn)} as id from ${name(logicalName)} where ${target} = ${relationship.referencedTable}`)
  for (const { id } of rows) {
    const row = rowOf(schema, logicalName, id as Guid, { [column.logicalName]: null })
    await writeOwn({ ...row, verb: 'update' }, tx, ownMoment(moment, schema))
  }
}
