/** The open write transaction: the connection's statements, the version counter, the schema as this transaction sees it. */
import { Guid } from '../../base/guid.ts'
import type { Deleted } from '../../schema/edit-draft.ts'
import type { MigrationStep } from '../../schema/schema-edit.ts'
import type { Schema } from '../../schema/schema.ts'
import { migrationSql } from '../sql/define-table.ts'
import { sql } from '../sql/sql.ts'
import { storedName } from '../sql/storage-names.ts'
import { openBudget } from './budget.ts'
import { saveSchemaSql } from '../definitions.ts'
import { sqliteDialect } from './dialect.ts'
import type { Connection } from './driver.ts'
import { sqlitePositions } from './position.ts'
import type { WriteTransaction } from '../write-lane.ts'

/** What lives longer than a transaction. The counter runs ahead of the file's; a version that was rolled back is not given again. `security` changes whenever rights may have. */
export type WriterState = { schema: Schema; version: bigint; security: number; audits: boolean }

export function writeTransaction(connection: Connection, state: WriterState): WriteTransaction {
  const budget = openBudget(connection.database, 0)
  let depth = 0
  let jobId: Guid | undefined

  async function savepoint<T>(work: () => Promise<T>): Promise<T> {
    const { schema, security, audits } = state
    if (depth === 0) jobId = undefined
    const label = `job_${++depth}`
    connection.step(`savepoint ${label}`)
    try {
      const result = await work()
      connection.step(`release ${label}`)
      return result
    } catch (error) {
      // After a full disk or an I/O error SQLite has rolled back everything by itself: the group sees to that.
      if (connection.isInTransaction()) connection.execute(`rollback to ${label}; release ${label}`)
      state.schema = schema
      state.audits = audits
      // What was loaded in between saw what is undone now.
      if (state.security !== security) state.security++
      throw error
    } finally {
      depth--
    }
  }
  async function changeSchema(next: Schema, steps: readonly MigrationStep[], deleted: readonly Deleted[] = []): Promise<void> {
    // The rows that a first start makes name each other (the root business unit, its first user): looked at when they are committed.
    if (state.schema.tables.size === 0) connection.execute('pragma defer_foreign_keys = on')
    for (const step of steps) runStep(connection, step, next)
    for (const statement of saveSchemaSql(state.schema, next, deleted)) connection.run(statement)
    state.schema = next
    connection.forgetStatements()
  }
  return {
    dialect: sqliteDialect,
    positions: sqlitePositions,
    get: connection.get,
    all: connection.all,
    run: connection.run,
    pages: connection.pages,
    within: (milliseconds) => ({
      dialect: sqliteDialect,
      positions: sqlitePositions,
      isBudgeted: true,
      pages: (queries) => budget.spendUpTo(milliseconds, () => connection.pages(queries)),
    }),
    nextVersion: () => sql`${++state.version}`,
    securityChanged: () => {
      state.security++
    },
    security: () => state.security,
    audits: () => state.audits,
    setAudits: (isOn) => {
      state.audits = isOn
    },
    jobId: () => {
      jobId ??= Guid.next()
      return jobId
    },
    savepoint,
    schema: () => state.schema,
    changeSchema,
  }
}

function runStep(connection: Connection, step: MigrationStep, next: Schema): void {
  const existing = 'table' in step ? columnsOf(connection, step.table.logicalName) : new Set<string>()
  for (const statement of migrationSql(step, next, sqliteDialect, existing)) connection.run(statement)
}

/** The columns that the SQL table has, whatever the schema says. */
export function columnsOf(connection: Pick<Connection, 'all'>, table: string): ReadonlySet<string> {
  return new Set(connection.all(sql`select name from pragma_table_info(${storedName(table)})`).map((row) => String(row.name)))
}
