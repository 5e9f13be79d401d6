/**
 * Insert, update and delete of one row. `insert into "account" ("accountid", "name", "name$fold", …, "versionnumber") values (…)`
 * The text for a set of columns is made once and its chunks are shared by all statements of that shape, so that a row costs no more
 * than encoding its values, and drivers find their prepared statement. Every write takes a new version.
 */
import type { Guid } from '../../base/guid.ts'
import { fold } from '../../base/fold.ts'
import { assert } from '../../base/assert.ts'
import { isReference, type Value } from '../../plan/value.ts'
import { type Column, isPolymorphic } from '../../schema/column.ts'
import type { AlternateKey, Table } from '../../schema/table.ts'
import { perTable } from '../per-table.ts'
import { SECURITY_TABLES } from '../security-tables.ts'
import type { InsertPlace, Transaction, WriteBehind } from './connection.ts'
import { VERSION_COLUMN } from './define-table.ts'
import type { Dialect } from './dialect.ts'
import { keyIndexColumns, shadowedColumns } from './key-index.ts'
import type { StoredColumn } from './recordset.ts'
import { join, name, type Sql, type SqlValue, sql, verbatim } from './sql.ts'
import { foldedColumn, keyIndex, targetColumn } from './storage-names.ts'

/** Each column once; the version is never among them. */
export type RowValues = ReadonlyMap<Column, Value>

/** Which clash of an insert gives `undefined` and not an error: none, the primary id's, or one alternate key's. */
export type Yielding = 'none' | 'id' | AlternateKey

/** What a column is stored as: itself, and beside it perhaps its target's table or its folded text. */
type Part = { readonly column: Column; readonly kind: 'value' | 'table' | 'fold' }
type Shape = {
  readonly engine: Dialect['engine']
  readonly verb: string
  readonly columns: readonly Column[]
  readonly chunks: readonly string[]
  readonly parts: readonly Part[]
}

/** By table, then by a hash of the columns' numbers: a row must not pay for a name of its shape. */
const shapesOf = perTable(() => new Map<number, Shape[]>())
// A bound on what odd clients can make us keep; the shapes that one application sends are far fewer.
const MAX_SHAPES = 500
const shadowed = perTable((table) => new Set(shadowedColumns(table)))

/** The new row's version; undefined where the insert yielded to a row that is there. */
export function insertRow(tx: Transaction, table: Table, values: RowValues, yielding: Yielding = 'none'): Promise<bigint | undefined> {
  noteSecurity(tx, table)
  if (tx.behind) return insertBehind(tx, tx.behind, table, values, yielding)
  const version = tx.nextVersion()
  const verb = yielding === 'none' ? 'insert' : yielding === 'id' ? 'insert unless id' : `insert unless ${yielding.logicalName}`
  const { chunks, parts } = shapeOf(table, tx.dialect, verb, values, (columns) => insertText(table, columns, version, yielding))
  return runVersioned(tx, { chunks, values: encodeAll(tx.dialect, parts, values, version.values) }, version)
}

/** The row's new version; undefined where there is no such row, or none of one of `versions`. */
export function updateRow(tx: Transaction, table: Table, id: Guid, values: RowValues, versions?: readonly bigint[]): Promise<bigint | undefined> {
  noteSecurity(tx, table)
  if (tx.behind) return updateBehind(tx, tx.behind, table, id, values, versions)
  return updateAtOnce(tx, table, id, values, versions)
}

/** A row that another has put there meanwhile is met when what is gathered goes over: then the whole is begun again. */
function insertBehind(tx: Transaction, behind: WriteBehind, table: Table, values: RowValues, yielding: Yielding): Promise<bigint> {
  const { parts, stored } = behindShape(tx, table, values)
  const id = values.get(table.columns.get(table.primaryIdColumn) as Column) as Guid
  return behind.insert(table, stored, encodeAll(tx.dialect, parts, values, []), id, placeOf(tx.dialect, table, values, yielding, id))
}

function placeOf(dialect: Dialect, { logicalName, columns }: Table, values: RowValues, yielding: Yielding, id: Guid): InsertPlace {
  if (yielding === 'none') return { yieldsTo: undefined, order: id }
  if (yielding === 'id') return { yieldsTo: null, order: id }
  const key = yielding.columns.map((name) => {
    const column = columns.get(name)
    return column ? String(encodeKeyValue(dialect, column, values.get(column) ?? null)) : ''
  })
  return { yieldsTo: keyIndex(logicalName, yielding.logicalName), order: key.join('\0') }
}

/** `versions` was compared with the version of the row as it was locked. */
async function updateBehind(tx: Transaction, behind: WriteBehind, table: Table, id: Guid, values: RowValues, versions?: readonly bigint[]) {
  const { parts, stored } = behindShape(tx, table, values)
  const version = await behind.update(table, stored, encodeAll(tx.dialect, parts, values, []), id)
  return version ?? updateAtOnce(tx, table, id, values, versions)
}

function behindShape(tx: Transaction, table: Table, values: RowValues): { readonly parts: readonly Part[]; readonly stored: readonly StoredColumn[] } {
  const shape = shapeOf(table, tx.dialect, 'behind', values, () => verbatim(''))
  let stored = storedColumns.get(shape.parts)
  if (!stored) {
    stored = shape.parts.map(({ column, kind }) => ({
      name: kind === 'value' ? column.logicalName : kind === 'table' ? targetColumn(column.logicalName) : foldedColumn(column.logicalName),
      type: kind === 'value' ? tx.dialect.columnType(column) : tx.dialect.textType,
    }))
    storedColumns.set(shape.parts, stored)
  }
  return { parts: shape.parts, stored }
}
const storedColumns = new WeakMap<readonly Part[], readonly StoredColumn[]>()

function updateAtOnce(tx: Transaction, table: Table, id: Guid, values: RowValues, versions?: readonly bigint[]): Promise<bigint | undefined> {
  const version = tx.nextVersion()
  const verb = versions ? `update if ${versions.length}` : 'update'
  const { chunks, parts } = shapeOf(table, tx.dialect, verb, values, (columns) => updateText(table, columns, version, id, versions, tx.dialect))
  const rest = versions ? [...version.values, id, ...versions] : [...version.values, id]
  return runVersioned(tx, { chunks, values: encodeAll(tx.dialect, parts, values, rest) }, version)
}

/** Whether there was such a row. */
export async function deleteRow(tx: Transaction, table: Table, id: Guid): Promise<boolean> {
  noteSecurity(tx, table)
  return (await tx.run(sql`delete from ${name(table.logicalName)} where ${name(table.primaryIdColumn)} = ${id}`)) > 0
}

function noteSecurity(tx: Transaction, { logicalName }: Table): void {
  if (SECURITY_TABLES.has(logicalName)) tx.securityChanged()
}

/** Written for every table, so that switching tracking on cannot race with a delete. C2: a row that is deleted again leaves one tombstone. */
export async function insertTombstone(tx: Transaction, table: Table, id: Guid, deletedOn: string): Promise<void> {
  await tx.run(sql`delete from "tidemark_tombstone" where "table" = ${table.logicalName} and "id" = ${id}`)
  await tx.run(
    sql`insert into "tidemark_tombstone" ("table", "id", "version", "deletedon") values (${table.logicalName}, ${id}, ${tx.nextVersion()}, ${deletedOn})`,
  )
}

/** A key column's value as its index holds it. */
export function encodeKeyValue(dialect: Dialect, column: Column, value: Value): SqlValue {
  return column.type === 'string' && typeof value === 'string' ? fold(value) : dialect.encode(column, value)
}

/** Where the version is a bound value it is known already; else the statement has to return it. */
async function runVersioned(tx: Transaction, statement: Sql, version: Sql): Promise<bigint | undefined> {
  if (version.values.length === 1) return (await tx.run(statement)) > 0 ? BigInt(version.values[0] as number | bigint) : undefined
  const row = await tx.get(statement)
  return row === undefined ? undefined : BigInt(row[VERSION_COLUMN] as number | bigint)
}

function shapeOf(table: Table, { engine }: Dialect, verb: string, values: RowValues, write: (parts: readonly Part[]) => Sql): Shape {
  const shapes = shapesOf(table)
  let hash = verb.length
  // In the order of the values: finding the shape must not cost a sort, and bodies of one client come in one order.
  for (const column of values.keys()) hash = (Math.imul(hash, 31) + column.columnNumber) | 0
  const alike = shapes.get(hash) ?? []
  for (const shape of alike) if (shape.verb === verb && shape.engine === engine && hasColumns(shape, values)) return shape
  const columns = [...values.keys()]
  const parts = partsOf(table, columns)
  const shape = { engine, verb, columns, chunks: write(parts).chunks, parts }
  if (shapes.size >= MAX_SHAPES) shapes.clear()
  shapes.set(hash, [...alike, shape])
  return shape
}

function hasColumns({ columns }: Shape, values: RowValues): boolean {
  if (columns.length !== values.size) return false
  let index = 0
  for (const column of values.keys()) if (columns[index++] !== column) return false
  return true
}

function partsOf(table: Table, columns: readonly Column[]): readonly Part[] {
  const parts: Part[] = []
  for (const column of columns) {
    assert(column.logicalName !== VERSION_COLUMN, 'the version is given by the transaction')
    parts.push({ column, kind: 'value' })
    if (isPolymorphic(column)) parts.push({ column, kind: 'table' })
    if (shadowed(table).has(column)) parts.push({ column, kind: 'fold' })
  }
  return parts
}

function storedName({ column, kind }: Part): Sql {
  if (kind === 'table') return name(targetColumn(column.logicalName))
  return name(kind === 'fold' ? foldedColumn(column.logicalName) : column.logicalName)
}

function encodeAll(dialect: Dialect, parts: readonly Part[], values: RowValues, rest: readonly SqlValue[]): readonly SqlValue[] {
  const encoded: SqlValue[] = []
  for (const { column, kind } of parts) {
    const value = values.get(column) ?? null
    if (kind === 'value') encoded.push(dialect.encode(column, value))
    else if (kind === 'table') encoded.push(isReference(value) ? value.table : null)
    else encoded.push(typeof value === 'string' ? fold(value) : null)
  }
  for (const value of rest) encoded.push(value)
  return encoded
}

function insertText(table: Table, parts: readonly Part[], version: Sql, yielding: Yielding): Sql {
  const columns = join([...parts.map(storedName), name(VERSION_COLUMN)])
  const values = join([...parts.map(() => sql`${null}`), version])
  return sql`insert into ${name(table.logicalName)} (${columns}) values (${values})${onConflict(table, yielding)}${returning(version)}`
}

/** Names the addressed key and no other: another key's violation is that key's error. */
function onConflict(table: Table, yielding: Yielding): Sql {
  if (yielding === 'none') return verbatim('')
  if (yielding === 'id') return sql` on conflict (${name(table.primaryIdColumn)}) do nothing`
  const columns = keyIndexColumns(table, yielding).map(name)
  return sql` on conflict (${join(columns)}) where ${join(
    columns.map((column) => sql`${column} is not null`),
    ' and ',
  )} do nothing`
}

function updateText(table: Table, parts: readonly Part[], version: Sql, id: Guid, versions: readonly bigint[] | undefined, { stamp }: Dialect): Sql {
  const stamped = stamp ? [sql`${name(stamp.column)} = ${stamp.value}`] : []
  const assignments = join([...parts.map((part) => sql`${storedName(part)} = ${null}`), sql`${name(VERSION_COLUMN)} = ${version}`, ...stamped])
  return sql`update ${name(table.logicalName)} set ${assignments} where ${name(table.primaryIdColumn)} = ${id}${versionIn(versions)}${returning(version)}`
}

function versionIn(versions: readonly bigint[] | undefined): Sql {
  return versions ? sql` and ${name(VERSION_COLUMN)} in (${join(versions.map((version) => sql`${version}`))})` : verbatim('')
}

function returning(version: Sql): Sql {
  return version.values.length === 1 ? verbatim('') : sql` returning ${name(VERSION_COLUMN)}`
}
