/** The rows that a bulk write names, found by one statement for each way of naming them, and locked in the order of their ids. */
import type { Guid } from '../base/guid.ts'
import type { RowAddress } from '../plan/row-address.ts'
import type { AlternateKey, Table } from '../schema/table.ts'
import type { Wrote } from './bulk-transaction.ts'
import { addressName, type FoundRow, foundColumns, foundRow, keyValues, labelOf } from './find-row.ts'
import { keyIndexColumns } from './sql/key-index.ts'
import type { StoredColumn } from './sql/recordset.ts'
import { join, name, sql, type SqlValue, verbatim } from './sql/sql.ts'
import type { Work } from './write-work.ts'

export type FoundRows = { readonly found: Map<string, FoundRow | null>; readonly ids: ReadonlySet<Guid> }

/** An address that comes twice is left out: the second time its row may have been made by then. */
export async function findRows(table: Table, addresses: readonly RowAddress[], work: Work): Promise<FoundRows> {
  const { dialect } = work.tx
  const groups = new Map<AlternateKey | undefined, Map<string, RowAddress>>()
  const twice = new Set<string>()
  for (const address of addresses) {
    const key = address.by === 'key' ? address.key : undefined
    const group = groups.get(key) ?? new Map<string, RowAddress>()
    const label = addressName(address, dialect)
    if (group.has(label)) twice.add(label)
    group.set(label, address)
    groups.set(key, group)
  }
  const found = new Map<string, FoundRow | null>()
  for (const [key, group] of groups) {
    for (const label of twice) group.delete(label)
    for (const [label, row] of await findGroup(table, key, group, work)) found.set(label, row)
  }
  return { found, ids: new Set([...found.values()].flatMap((row) => (row ? [row.id] : []))) }
}

/** What was found by a key is no longer known where the request itself gives its columns other values: the rows behind it are looked for again. */
export function forgettingKeys(table: Table, found: Map<string, FoundRow | null>): Wrote {
  return (kind, written, columns, values) => {
    if (written !== table) return
    for (const key of table.keys) {
      const places = keyIndexColumns(table, key).map((column) => columns.findIndex((one) => one.name === column))
      // A new row has one value of the key; one that is changed had another before, and what it has now depends on columns that stay.
      if (kind === 'insert' && !places.includes(-1))
        found.delete(
          labelOf(
            key,
            places.map((place) => values[place] ?? null),
          ),
        )
      if (kind === 'update' && places.some((place) => place >= 0)) {
        for (const label of found.keys()) if (label.startsWith(labelOf(key, []).slice(0, -1))) found.delete(label)
      }
    }
  }
}

async function findGroup(
  table: Table,
  key: AlternateKey | undefined,
  group: ReadonlyMap<string, RowAddress>,
  work: Work,
): Promise<Map<string, FoundRow | null>> {
  const { tx } = work
  const labels = [...group.keys()]
  const found = new Map<string, FoundRow | null>(labels.map((label) => [label, null]))
  const { recordset } = tx.dialect
  if (!recordset || labels.length === 0) return found
  const columns = key ? keyIndexColumns(table, key) : [table.primaryIdColumn]
  const values = [...group.values()].map((address): readonly SqlValue[] => (address.by === 'id' ? [address.id] : keyValues(address, tx.dialect)))
  const stored: StoredColumn[] = columns.map((column, index) => {
    const known = table.columns.get(column)
    return { name: String(index), type: known ? tx.dialect.columnType(known) : tx.dialect.textType }
  })
  const json = JSON.stringify(values.map((row, number) => Object.fromEntries([...row.map((value, index) => [index, textOf(value)]), ['n', number]])))
  const same = columns.map((column, index) => sql`t.${name(column)} = k.${name(String(index))}`)
  // As a single look-up does: or the key's index is not used.
  const given = columns.map((column) => sql`t.${name(column)} is not null`)
  const rows = await tx.all(
    sql`select k.n as "n$", ${join(foundColumns(table).map((column) => sql`t.${column}`))} from ${recordset('k', [...stored, { name: 'n', type: 'bigint' }], json)}
      join ${name(table.logicalName)} as t on ${join([...same, ...given], ' and ')} order by t.${name(table.primaryIdColumn)}${tx.dialect.forUpdate}${verbatim(' of t')}`,
  )
  for (const row of rows) found.set(labels[Number(row.n$)] ?? '', foundRow(table, row))
  return found
}

/** Whole numbers beyond 2^53 as text. */
function textOf(value: SqlValue): SqlValue {
  return typeof value === 'bigint' ? String(value) : value
}
