/** How a plan names one row: by its id, or by an active alternate key whose lookups may themselves be named by key. */
import type { Guid } from '../base/guid.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import type { Column } from '../schema/column.ts'
import type { AlternateKey, Table } from '../schema/table.ts'
import type { Value } from './value.ts'

export type RowAddress =
  | { readonly by: 'id'; readonly table: Table; readonly id: Guid }
  | { readonly by: 'key'; readonly table: Table; readonly key: AlternateKey; readonly parts: readonly { readonly column: Column; readonly value: Value }[] }

/** What to throw where the row has to be there: by id and by key the codes differ (sync.md 2.4). */
export function rowMissing(address: RowAddress): DataverseError {
  const { logicalName } = address.table
  return address.by === 'id' ? fail('RowNotFound', logicalName, address.id) : fail('RowNotFoundByKey', logicalName)
}
