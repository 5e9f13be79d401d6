/**
 * Create, update or upsert of one row: find it, check what the request demands of it, then insert or update. A lost race is never an
 * error of the client's: an insert that yields, or an update that finds its row gone, looks again (sync.md 3.1, O-5).
 */
import { fail } from '../protocol/errors.ts'
import type { Guid } from '../base/guid.ts'
import type { RowAddress } from '../plan/row-address.ts'
import type { WriteRow } from '../plan/write-plan.ts'
import { demandAccess } from './access.ts'
import { createNested, createRow } from './create-row.ts'
import { type FoundRow, findRow } from './find-row.ts'
import { updateFound } from './update-row.ts'
import type { Work } from './write-work.ts'

export type Written =
  | { readonly kind: 'created' | 'updated'; readonly id: Guid; readonly version: bigint }
  | { readonly kind: 'missing'; readonly address: RowAddress }
  /** An item of UpdateMultiple that names a row again. */
  | { readonly kind: 'ignored' }

// Each turn needs another writer to create or delete the very row in between; more turns than this are no race.
const MAX_TURNS = 10

export async function writeOne(plan: WriteRow, work: Work): Promise<Written> {
  const { address } = plan
  if (!address) return created(await createRow(plan, work), work)
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const found = await findRow(address, work)
    const written = found ? await writeFound(plan, found, work) : await writeMissing(plan, address, work)
    if (written) return written
  }
  throw fail('Unavailable', 'The row is being created and deleted by others at the same time; try again.')
}

async function writeFound(plan: WriteRow, found: FoundRow, work: Work): Promise<Written | undefined> {
  if (plan.verb === 'create') throw fail('DuplicateRow')
  if (work.written?.ids.has(found.id)) {
    if (work.written.again === 'refuse') throw fail('DuplicateInRequest')
    return { kind: 'ignored' }
  }
  const { precondition } = plan
  if (precondition.kind === 'version-is' && !precondition.versions.includes(found.version)) {
    // The row's version is told to nobody whom it is out of reach for.
    await demandAccess(plan.table, found.id, 'Write', work)
    throw fail('VersionMismatch')
  }
  const version = await updateFound(plan, found, createNested, work)
  if (version === undefined) return undefined
  work.written?.ids.add(found.id)
  return { kind: 'updated', id: found.id, version }
}

async function writeMissing(plan: WriteRow, address: RowAddress, work: Work): Promise<Written | undefined> {
  if (plan.verb === 'update') return { kind: 'missing', address }
  const row = await createRow(plan, work)
  return row && created(row, work)
}

function created(row: { readonly id: Guid; readonly version: bigint } | undefined, work: Work): Written {
  if (!row) throw fail('DuplicateRow')
  work.written?.ids.add(row.id)
  return { kind: 'created', id: row.id, version: row.version }
}
