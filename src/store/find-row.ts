/**
 * Finds the row that an address names, inside the transaction: by its id, or by an alternate key. A key is compared as its index
 * holds it (folded text), and the index's condition, that no key column is null, is repeated, or the planner scans the table.
 */
import type { Guid } from '../base/guid.ts'
import type { RowAddress } from '../plan/row-address.ts'
import type { Reference, Value } from '../plan/value.ts'
import { type Column, isPolymorphic } from '../schema/column.ts'
import type { AlternateKey, Table } from '../schema/table.ts'
import { perTable } from './per-table.ts'
import type { RowLock } from './row-locks.ts'
import type { SqlRow } from './sql/connection.ts'
import { VERSION_COLUMN } from './sql/define-table.ts'
import type { Dialect } from './sql/dialect.ts'
import { keyIndexColumns } from './sql/key-index.ts'
import { join, name, nothing, type Sql, type SqlValue, sql } from './sql/sql.ts'
import { storedName, targetColumn } from './sql/storage-names.ts'
import { encodeKeyValue } from './sql/write-row.ts'
import type { Work } from './write-work.ts'

/** What every write has to know of the row it changes. */
export type FoundRow = {
  readonly id: Guid
  readonly version: bigint
  readonly state: number | undefined
  readonly owner: Reference | undefined
}

/** As it stays until the commit: a row that is only pointed at is asked for with `forReference`. */
export async function findRow(address: RowAddress, work: Work, lock: RowLock = 'forUpdate'): Promise<FoundRow | undefined> {
  const known = work.found && lock === 'forUpdate' ? work.found.get(addressName(address, work.tx.dialect)) : undefined
  if (known !== undefined) return known ?? undefined
  const suffix = work.tx.dialect[lock]
  const row = await work.tx.get(address.by === 'id' ? byId(address.table, address.id, suffix) : byKey(address, work, suffix))
  return row && foundRow(address.table, row)
}

/** The id alone, for rows that are only pointed at. */
export async function findId(address: RowAddress, work: Work): Promise<Guid | undefined> {
  if (address.by === 'id' && work.existing.has(`${address.table.logicalName}:${address.id}`)) return address.id
  const found = await findRow(address, work, 'forReference')
  if (found) work.existing.add(`${address.table.logicalName}:${found.id}`)
  return found?.id
}

/** Some columns of one row, decoded. Undefined: there is no such row. */
export async function readColumns(table: Table, id: Guid, columns: readonly Column[], work: Work, lock?: RowLock): Promise<Map<Column, Value> | undefined> {
  const suffix = lock ? work.tx.dialect[lock] : nothing
  const stored = columns.flatMap((column) => (isPolymorphic(column) ? [column.logicalName, targetColumn(column.logicalName)] : [column.logicalName]))
  const row = await work.tx.get(sql`select ${join(stored.map(name))} from ${name(table.logicalName)} where ${name(table.primaryIdColumn)} = ${id}${suffix}`)
  return row && new Map(columns.map((column) => [column, decodeColumn(row, column, work)]))
}

function decodeColumn(row: SqlRow, column: Column, work: Work): Value {
  const stored = row[storedName(column.logicalName)] ?? null
  return isPolymorphic(column) ? referenceOf(row, column.logicalName) : work.tx.dialect.decode(column, stored)
}

function referenceOf(row: SqlRow, column: string): Reference | null {
  const id = row[storedName(column)]
  return id ? { table: row[targetColumn(column)] as string, id: id as Guid } : null
}

type Lookups = { readonly byId: readonly string[]; readonly byKey: Map<AlternateKey, readonly string[]> }

/** The statements' constant text, made once for each table and key, and for what it ends with. */
const textsOf = perTable(() => new Map<Sql, Lookups>())

function lookupsOf(table: Table, suffix: Sql): Lookups {
  const texts = textsOf(table)
  let lookups = texts.get(suffix)
  if (!lookups) {
    lookups = { byId: sql`${selectFound(table)} ${name(table.primaryIdColumn)} = ${null}${suffix}`.chunks, byKey: new Map() }
    texts.set(suffix, lookups)
  }
  return lookups
}

function byId(table: Table, id: Guid, suffix: Sql): Sql {
  return { chunks: lookupsOf(table, suffix).byId, values: [id] }
}

function byKey({ table, key, parts }: Extract<RowAddress, { by: 'key' }>, work: Work, suffix: Sql): Sql {
  const { byKey: known } = lookupsOf(table, suffix)
  let chunks = known.get(key)
  if (!chunks) {
    chunks = sql`${keyText(table, key)}${suffix}`.chunks
    known.set(key, chunks)
  }
  return { chunks, values: keyValues({ key, parts }, work.tx.dialect) }
}

/** As the key's index holds them, in its order. */
export function keyValues({ key, parts }: Pick<Extract<RowAddress, { by: 'key' }>, 'key' | 'parts'>, dialect: Dialect): readonly SqlValue[] {
  return key.columns.map((column) => {
    const part = parts.find((one) => one.column.logicalName === column)
    return part ? encodeKeyValue(dialect, part.column, part.value) : null
  })
}

/** The same for two addresses that say the same. */
export function addressName(address: RowAddress, dialect: Dialect): string {
  if (address.by === 'id') return address.id
  return labelOf(address.key, keyValues(address, dialect))
}

/** `["new_bykey","value",…]` */
export function labelOf(key: AlternateKey, values: readonly SqlValue[]): string {
  return JSON.stringify([key.logicalName, ...values.map(String)])
}

function keyText(table: Table, key: AlternateKey): Sql {
  const columns = keyIndexColumns(table, key).map(name)
  const conditions = [...columns.map((column) => sql`${column} = ${null}`), ...columns.map((column) => sql`${column} is not null`)]
  return sql`${selectFound(table)} ${join(conditions, ' and ')}`
}

function selectFound(table: Table): Sql {
  return sql`select ${join(foundColumns(table))} from ${name(table.logicalName)} where`
}

/** What `foundRow` reads. */
export function foundColumns(table: Table): readonly Sql[] {
  const { columns } = table
  const owner = columns.get('ownerid')?.type === 'owner' ? ['ownerid', targetColumn('ownerid')] : []
  const state = columns.get('statecode')?.type === 'state' ? ['statecode'] : []
  return [table.primaryIdColumn, VERSION_COLUMN, ...state, ...owner].map(name)
}

export function foundRow(table: Table, row: SqlRow): FoundRow {
  const state = row.statecode
  return {
    id: row[storedName(table.primaryIdColumn)] as Guid,
    version: BigInt(row[VERSION_COLUMN] as number | bigint),
    state: state === undefined || state === null ? undefined : Number(state),
    owner: referenceOf(row, 'ownerid') ?? undefined,
  }
}
