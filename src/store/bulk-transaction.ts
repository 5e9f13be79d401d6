/**
 * A bulk write where each statement is a journey (PostgreSQL): the rows it names are found, and locked in the order of their ids, by one statement;
 * what it inserts and updates is gathered and goes over by one statement for each shape of row. Everything between is as for a single row.
 *
 * Whatever is read meanwhile sees what was written before: what is gathered of a table goes over before a statement that names the table.
 * Versions are given out beforehand, after the locks: a row's version never goes back, because who wrote it before us has ended, and who writes
 * it after us waits.
 */
import type { Guid } from '../base/guid.ts'
import { assert } from '../base/assert.ts'
import type { Table } from '../schema/table.ts'
import { EngineError, type InsertPlace, type Transaction, type WriteBehind } from './sql/connection.ts'
import { VERSION_COLUMN } from './sql/define-table.ts'
import type { Dialect } from './sql/dialect.ts'
import type { StoredColumn } from './sql/recordset.ts'
import { join, name, type Sql, type SqlValue, sql, verbatim } from './sql/sql.ts'
import { asRefusal } from './unique-violation.ts'

type Gathered = {
  readonly kind: 'insert' | 'update'
  readonly table: Table
  readonly columns: readonly StoredColumn[]
  readonly yieldsTo: InsertPlace['yieldsTo']
  /** Of one object a row: the column's number to its value. */
  readonly rows: { readonly text: string; readonly order: string }[]
}

/** Hears of each write before it is gathered, or done at once. */
export type Wrote = (kind: Gathered['kind'], table: Table, columns: readonly StoredColumn[], values: readonly SqlValue[]) => void

export type BulkTransaction = { readonly tx: Transaction; readonly flush: () => Promise<void> }

export type BulkOptions = {
  /** Ids of rows that are locked already. */
  readonly locked: ReadonlySet<Guid>
  /** Gives out as many as it is asked for, ascending. */
  readonly versions: (count: number) => Promise<bigint[]>
  /** Rows that will be written, about. */
  readonly expected: number
  readonly wrote: Wrote
}

export function bulkTransaction(tx: Transaction, { locked, versions, expected, wrote }: BulkOptions): BulkTransaction {
  const gathered: Gathered[] = []
  const gatheredIds = new Set<Guid>()
  const own = new Set<Guid>()
  let free: bigint[] = []
  const recordset = tx.dialect.recordset
  assert(recordset, 'an engine that gathers writes reads them from one text')
  const rows = recordset

  async function nextVersion(): Promise<bigint> {
    if (free.length === 0) free = (await versions(Math.max(expected, 16))).reverse()
    return free.pop() as bigint
  }

  function gather(kind: Gathered['kind'], table: Table, columns: readonly StoredColumn[], values: readonly SqlValue[], { yieldsTo, order }: InsertPlace): void {
    const alike = gathered.find((group) => group.kind === kind && group.table === table && group.columns === columns && group.yieldsTo === yieldsTo)
    const group = alike ?? { kind, table, columns, yieldsTo, rows: [] }
    if (!alike) gathered.push(group)
    group.rows.push({ text: rowText(values), order })
  }

  const behind: WriteBehind = {
    insert: async (table, columns, values, id, place) => {
      wrote('insert', table, columns, values)
      const version = await nextVersion()
      gather('insert', table, columns, [...values, version], place)
      gatheredIds.add(id)
      own.add(id)
      return version
    },
    update: async (table, columns, values, id) => {
      wrote('update', table, columns, values)
      if (!locked.has(id) && !own.has(id)) return undefined
      if (gatheredIds.has(id)) await flush()
      const version = await nextVersion()
      gather('update', table, columns, [...values, version, id], { yieldsTo: undefined, order: id })
      gatheredIds.add(id)
      return version
    },
  }

  async function flush(): Promise<void> {
    if (gathered.length === 0) return
    const groups = gathered.splice(0)
    gatheredIds.clear()
    // A row may point at one that comes later.
    if (groups.length > 1) await tx.run(sql`set constraints all deferred`)
    for (const group of groups) await write(group)
    if (groups.length > 1) await tx.run(sql`set constraints all immediate`)
  }

  async function write(group: Gathered): Promise<void> {
    try {
      const count = await tx.run(statementOf(group, rows, tx.dialect))
      // Whoever took a row away meanwhile: the lane begins again.
      if (count !== group.rows.length) throw new EngineError('serializationFailure', undefined, new Error('a row of a bulk write has gone'))
    } catch (error) {
      throw yields(group, error) ? new EngineError('serializationFailure', undefined, error) : asRefusal(group.table, error)
    }
  }

  /** Before a statement that may see what is gathered, or that takes a version of its own, behind which no earlier one may be given out. */
  async function before(...statements: readonly Sql[]): Promise<void> {
    if (gathered.length > 0 && statements.some((statement) => gathered.some(({ table }) => names(statement, table)))) await flush()
    if (statements.some(takesVersion)) free = []
  }
  const after =
    <T>(work: (statement: Sql) => T | Promise<T>) =>
    async (statement: Sql): Promise<T> => {
      await before(statement)
      return await work(statement)
    }
  return {
    tx: {
      ...tx,
      behind,
      get: after(tx.get),
      all: after(tx.all),
      run: after(tx.run),
      pages: async (queries) => {
        await before(...queries.map((query) => query.sql))
        return await tx.pages(queries)
      },
      savepoint: async (work) => {
        await flush()
        return await tx.savepoint(async () => {
          const result = await work()
          await flush()
          return result
        })
      },
    },
    flush,
  }
}

/** The row that another has put there is found when the lane begins again. */
function yields({ yieldsTo }: Gathered, error: unknown): boolean {
  return yieldsTo !== undefined && error instanceof EngineError && error.failure === 'uniqueViolation' && (error.index ?? null) === yieldsTo
}

function statementOf({ kind, table, columns, rows }: Gathered, recordset: NonNullable<Dialect['recordset']>, { stamp, columnType }: Dialect): Sql {
  const json = `[${inOrder(rows).join(',')}]`
  const versionType = 'bigint'
  const numbered = (all: readonly string[]) => all.map((type, index) => ({ name: String(index), type }))
  const types = columns.map(({ type }) => type)
  const given = columns.map((_, index) => sql`x.${name(String(index))}`)
  const version = sql`x.${name(String(columns.length))}`
  if (kind === 'insert') {
    const names = join([...columns.map((column) => name(column.name)), name(VERSION_COLUMN)])
    return sql`insert into ${name(table.logicalName)} (${names}) select ${join([...given, version])} from ${recordset('x', numbered([...types, versionType]), json)}`
  }
  const idColumn = table.columns.get(table.primaryIdColumn)
  assert(idColumn, 'a table has an id')
  const sets = columns.map((column, index) => sql`${name(column.name)} = ${given[index] ?? verbatim('null')}`)
  const stamped = stamp ? [sql`${name(stamp.column)} = ${stamp.value}`] : []
  const id = sql`x.${name(String(columns.length + 1))}`
  return sql`update ${name(table.logicalName)} as t set ${join([...sets, sql`${name(VERSION_COLUMN)} = ${version}`, ...stamped])}
    from ${recordset('x', numbered([...types, versionType, columnType(idColumn)]), json)} where t.${name(table.primaryIdColumn)} = ${id}`
}

function inOrder(rows: Gathered['rows']): readonly string[] {
  return rows.sort((one, other) => (one.order < other.order ? -1 : 1)).map(({ text }) => text)
}

/** One object of what is not null; whole numbers beyond 2^53 as text, which the column's type reads as well. */
function rowText(values: readonly SqlValue[]): string {
  let text = ''
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    if (value === null || value === undefined) continue
    text += `${text === '' ? '' : ','}"${index}":${typeof value === 'bigint' ? `"${value}"` : JSON.stringify(value)}`
  }
  return `{${text}}`
}

function names(statement: Sql, { logicalName }: Table): boolean {
  return statement.chunks.some((chunk) => chunk.includes(logicalName))
}

function takesVersion(statement: Sql): boolean {
  return statement.chunks.some((chunk) => chunk.includes('nextval('))
}
