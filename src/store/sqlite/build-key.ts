/**
 * Builds an alternate key's index in the background, as many small jobs of the writer, so that other writes come in between.
 * First the folded text is filled in, some milliseconds of rows at a time; rows written meanwhile keep theirs right by themselves,
 * because the key is in the schema already. Then one statement makes the unique index: 1.3 s for a million rows.
 *
 * Every job looks whether the key is still there: deleting it ends the build.
 */
import type { Guid } from '../../base/guid.ts'
import type { Table } from '../../schema/table.ts'
import type { Column } from '../../schema/column.ts'
import { EngineError } from '../sql/connection.ts'
import { createKeyIndex, dropKeyIndex } from '../sql/key-index.ts'
import { join, name, sql, type Sql } from '../sql/sql.ts'
import { foldedColumn } from '../sql/storage-names.ts'
import { findUnbuilt, type KeyBuild, type KeyBuildResult, unfilledColumns } from '../key-build.ts'
import type { RunJob, WriteTransaction } from '../write-lane.ts'

/** Row numbers from `after` (exclusive) to `last`; `size` of them at a time. `keyId`: a key deleted and made again is another key. */
type Fill = { readonly keyId: Guid; readonly after: number; readonly last: number; readonly size: number }

const FIRST_BATCH = 500
const LARGEST_BATCH = 50_000
// Other writes wait for a batch: they are to notice little of it.
const BATCH_MS = 10

/** Anything but duplicates that goes wrong (a full disk) is thrown. */
export async function buildKeyIndex(run: RunJob, build: KeyBuild): Promise<KeyBuildResult> {
  let fill = await run((transaction) => prepare(transaction, build))
  while (fill && fill.after < fill.last) {
    const current: Fill = fill
    build.onProgress?.(current.after, current.last)
    fill = await run((transaction) => fillBatch(transaction, build, current))
  }
  if (!fill) return 'gone'
  const { keyId, last } = fill
  build.onProgress?.(last, last)
  try {
    return await run((transaction) => makeIndex(transaction, build, keyId))
  } catch (error) {
    if (error instanceof EngineError && error.failure === 'uniqueViolation') return 'duplicates'
    throw error
  }
}

/** An index of an earlier attempt is dropped: its status never became Active. */
async function prepare(transaction: WriteTransaction, build: KeyBuild): Promise<Fill | undefined> {
  const found = findUnbuilt(transaction, build)
  if (!found) return undefined
  await transaction.run(dropKeyIndex(found.table, found.key))
  const keyId = found.key.metadataId
  if (unfilledColumns(found.table, found.key).length === 0) return { keyId, after: 0, last: 0, size: 0 }
  const row = await transaction.get(sql`select max(rowid) as last from ${name(build.table)}`)
  return { keyId, after: 0, last: Number(row?.last ?? 0), size: FIRST_BATCH }
}

async function fillBatch(transaction: WriteTransaction, build: KeyBuild, { keyId, after, last, size }: Fill): Promise<Fill | undefined> {
  const found = findUnbuilt(transaction, build, keyId)
  if (!found) return undefined
  const startedAt = performance.now()
  const until = Math.min(after + size, last)
  await transaction.run(fillStatement(found.table, unfilledColumns(found.table, found.key), after, until, transaction.dialect.fold))
  const elapsed = performance.now() - startedAt
  // Aims at the time, at most doubling: a range without rows says nothing about the next.
  const next = Math.min(Math.round((size * BATCH_MS) / Math.max(elapsed, 0.1)), size * 2, LARGEST_BATCH)
  return { keyId, after: until, last, size: Math.max(next, 50) }
}

/** Writes only where it has to: a shadow left by an earlier key may be right already. */
function fillStatement(table: Table, columns: readonly Column[], after: number, until: number, fold: (text: Sql) => Sql): Sql {
  const pairs = columns.map(({ logicalName }) => ({ shadow: name(foldedColumn(logicalName)), folded: fold(name(logicalName)) }))
  const assignments = join(pairs.map(({ shadow, folded }) => sql`${shadow} = ${folded}`))
  const isWrong = join(
    pairs.map(({ shadow, folded }) => sql`${shadow} is not ${folded}`),
    ' or ',
  )
  return sql`update ${name(table.logicalName)} set ${assignments} where rowid > ${after} and rowid <= ${until} and (${isWrong})`
}

async function makeIndex(transaction: WriteTransaction, build: KeyBuild, keyId: Guid): Promise<KeyBuildResult> {
  const found = findUnbuilt(transaction, build, keyId)
  if (!found) return 'gone'
  await transaction.run(createKeyIndex(found.table, found.key))
  await build.whenBuilt(transaction)
  return 'built'
}
