/** Indexes of standard tables that neither a lookup nor a key explains: shares are found by their row, and by whom they are for; changes by their row. */
import type { Table } from '../../schema/table.ts'
import { join, name, sql, type Sql } from './sql.ts'
import { ownIndex } from './storage-names.ts'

type OwnIndex = { readonly name: string; readonly isUnique: boolean; readonly columns: readonly string[] }

const INDEXES: { readonly [table: string]: readonly OwnIndex[] } = {
  audit: [
    { name: 'object', isUnique: false, columns: ['objectid'] },
    { name: 'created', isUnique: false, columns: ['createdon'] },
  ],
  principalobjectaccess: [
    { name: 'object', isUnique: true, columns: ['objectid', 'principalid', 'objecttypecode'] },
    { name: 'principal', isUnique: false, columns: ['principalid', 'objecttypecode'] },
  ],
}

export function ownIndexes({ logicalName }: Table): readonly Sql[] {
  const indexes = Object.hasOwn(INDEXES, logicalName) ? (INDEXES[logicalName] ?? []) : []
  return indexes.map((index) => {
    const create = index.isUnique ? sql`create unique index` : sql`create index`
    return sql`${create} ${name(ownIndex(logicalName, index.name))} on ${name(logicalName)} (${join(index.columns.map(name))})`
  })
}
