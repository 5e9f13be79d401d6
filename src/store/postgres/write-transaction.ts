/** The open write transaction: the connection's statements, versions from the sequence, the schema as this transaction sees it. */
import { Guid } from '../../base/guid.ts'
import type { Deleted } from '../../schema/edit-draft.ts'
import type { MigrationStep } from '../../schema/schema-edit.ts'
import type { Schema } from '../../schema/schema.ts'
import { saveSchemaSql } from '../definitions.ts'
import { EngineError, type SqlRow } from '../sql/connection.ts'
import { migrationSql, referencesSql } from '../sql/define-table.ts'
import { sql } from '../sql/sql.ts'
import { storedName } from '../sql/storage-names.ts'
import { OverBudget, type WriteTransaction } from '../write-lane.ts'
import { cancelBuilds } from './build-key.ts'
import { postgresDialect } from './dialect.ts'
import type { Known } from './known-state.ts'
import { postgresPositions } from './position.ts'
import { NeedsSchemaAlone } from './schema-lock.ts'
import type { Session } from './session.ts'

/** What a transaction knows of the database; a savepoint that is undone puts it back. */
export type TransactionState = { schema: Schema; security: number; audits: boolean; failure: EngineError | undefined; hasStamped: boolean }

export type OpenTransaction = WriteTransaction & {
  readonly state: Readonly<TransactionState>
  /** Before the commit: others learn that rights may be others. Gives what this server knows from the commit on. */
  readonly finish: () => Promise<Partial<Known>>
}

/** By what a savepoint was left with: the failed statement behind it. The transaction goes on, unless that is passed on. */
const undoneBy = new WeakMap<Error, EngineError>()

/** Of what a job threw: a refusal, say, that the failure was put into words by. */
export function failureBehind(thrown: unknown): EngineError | undefined {
  return thrown instanceof Error ? undoneBy.get(thrown) : undefined
}

/** Rights that a transaction has changed are its own until the commit: each change has a number that no other transaction has. */
let changes = 0

/** `session`: in the open transaction; its failures are told to `state`. `isSchemaAlone`: it holds the schema's lock for itself. */
export function writeTransaction(session: Session, state: TransactionState, isSchemaAlone: boolean): OpenTransaction {
  const { get, all, run, pages } = session
  let depth = 0
  let jobId: Guid | undefined
  let hasChangedSecurity = false
  let hasChangedSchema = false
  let hasSetAudits = false

  async function savepoint<T>(work: () => Promise<T>): Promise<T> {
    const before = { ...state }
    const hadSetAudits = hasSetAudits
    const label = `part_${++depth}`
    await session.execute(`savepoint ${label}`)
    try {
      const result = await work()
      await session.execute(`release ${label}`)
      return result
    } catch (error) {
      await session.execute(`rollback to ${label}; release ${label}`)
      const { security, failure } = state
      Object.assign(state, before)
      hasSetAudits = hadSetAudits
      if (failure && error instanceof Error) undoneBy.set(error, failure)
      // What was loaded in between saw what is undone now.
      if (security !== before.security) state.security = -++changes
      throw error
    } finally {
      depth--
    }
  }
  function keepOthersOut(): void {
    if (!isSchemaAlone) throw new NeedsSchemaAlone()
  }
  async function changeSchema(next: Schema, steps: readonly MigrationStep[], deleted: readonly Deleted[] = []): Promise<void> {
    keepOthersOut()
    const isFirst = state.schema.tables.size === 0
    await cancelBuilds(session, [...new Set(steps.flatMap((step) => ('table' in step ? [step.table.logicalName] : [])))])
    for (const step of steps) {
      const existing = 'table' in step ? await columnsOf(session, step.table.logicalName) : new Set<string>()
      for (const statement of migrationSql(step, next, postgresDialect, existing)) await run(statement)
    }
    for (const step of steps) for (const statement of referencesSql(step, next, postgresDialect)) await run(statement)
    for (const statement of saveSchemaSql(state.schema, next, deleted)) await run(statement)
    // The rows that a first start makes name each other (the root business unit, its first user): looked at when they are committed.
    if (isFirst) await session.execute('set constraints all deferred')
    state.schema = next
    hasChangedSchema = true
  }
  /** The statement's own limit; in a savepoint, since a statement that is stopped undoes what stands before it. */
  async function pagesWithin(milliseconds: number, queries: Parameters<Session['pages']>[0]) {
    try {
      return await savepoint(async () => {
        await session.execute(`set local statement_timeout = ${Math.max(1, Math.ceil(milliseconds))}`)
        const found = await pages(queries)
        await session.execute('set local statement_timeout = 0')
        return found
      })
    } catch (error) {
      throw error instanceof EngineError && error.failure === 'timedOut' ? new OverBudget() : error
    }
  }
  return {
    dialect: postgresDialect,
    positions: postgresPositions,
    get,
    all,
    run,
    pages,
    within: (milliseconds) => ({ dialect: postgresDialect, positions: postgresPositions, pages: (queries) => pagesWithin(milliseconds, queries) }),
    nextVersion: () => {
      state.hasStamped = true
      return sql`nextval('tidemark_version')`
    },
    takeVersions: async (count) => {
      state.hasStamped = true
      const rows = await all(sql`select nextval('tidemark_version') as version from generate_series(1, ${count})`)
      return rows.map((row) => BigInt(String(row.version)))
    },
    securityChanged: () => {
      hasChangedSecurity = true
      state.security = -++changes
    },
    security: () => state.security,
    audits: () => state.audits,
    setAudits: (isOn) => {
      state.audits = isOn
      hasSetAudits = true
      hasChangedSecurity = true
    },
    jobId: () => {
      jobId ??= Guid.next()
      return jobId
    },
    keepOthersOut,
    savepoint,
    schema: () => state.schema,
    changeSchema,
    state,
    finish: async () => {
      // A table that is dropped may have held the last stamp there was: what tokens have seen is told by this one then (incarnation.ts).
      if (hasChangedSchema) await session.execute('update tidemark_guard set writer = pg_current_xact_id()')
      const { schema } = state
      if (!hasChangedSecurity) return { schema }
      const audits = hasSetAudits ? `, audits = ${state.audits}` : ''
      const answers = await session.execute(`update tidemark_state set security = security + 1${audits} returning security, audits`)
      const [now] = answers[0] as [SqlRow]
      return { schema, security: Number(now.security), audits: now.audits === 1 }
    },
  }
}

/** The columns that the SQL table has, whatever the schema says. */
async function columnsOf({ all }: Pick<Session, 'all'>, table: string): Promise<ReadonlySet<string>> {
  const rows = await all(
    sql`select column_name::text as name from information_schema.columns where table_schema = current_schema() and table_name = ${storedName(table)}`,
  )
  return new Set(rows.map((row) => String(row.name)))
}
