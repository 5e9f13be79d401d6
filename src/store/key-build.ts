/** What an engine is told to build an alternate key's index, and what it has to look at before. */
import type { Guid } from '../base/guid.ts'
import type { Column } from '../schema/column.ts'
import type { AlternateKey, Table } from '../schema/table.ts'
import type { WriteTransaction } from './write-lane.ts'

export type KeyBuildResult = 'built' | 'duplicates' | 'gone'

export type KeyBuild = {
  readonly table: string
  readonly key: string
  /** In the transaction that has made the index: sets the key's status. */
  readonly whenBuilt: (transaction: WriteTransaction) => Promise<void>
  /** Rows looked at, of about so many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Every step looks whether the key is still there: deleting it ends the build. `keyId`: a key deleted and made again is another key. */
export function findUnbuilt(
  transaction: WriteTransaction,
  build: Pick<KeyBuild, 'table' | 'key'>,
  keyId?: Guid,
): { readonly table: Table; readonly key: AlternateKey } | undefined {
  const table = transaction.schema().tables.get(build.table)
  const key = table?.keys.find((one) => one.logicalName === build.key && (keyId === undefined || one.metadataId === keyId))
  return table && key && (key.status === 'Pending' || key.status === 'InProgress') ? { table, key } : undefined
}

/** String columns whose shadow nobody has kept so far: the primary name's is kept always, an active key's since it is active. */
export function unfilledColumns(table: Table, key: AlternateKey): readonly Column[] {
  const kept = new Set(table.keys.filter((one) => one.status === 'Active').flatMap((one) => one.columns))
  if (table.primaryNameColumn) kept.add(table.primaryNameColumn)
  const columns = key.columns.filter((column) => !kept.has(column)).map((column) => table.columns.get(column))
  return columns.filter((column) => column?.type === 'string')
}
