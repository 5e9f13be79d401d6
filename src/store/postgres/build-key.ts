/**
 * Builds an alternate key's index beside all other work: first the folded text is filled in, a few thousand rows at a time (rows written meanwhile
 * keep theirs right by themselves, because the key is in the schema already), then `create index concurrently`, outside of any transaction,
 * and at the end the key's status in one of its own. The status is the truth: whatever index an earlier attempt left is dropped first.
 *
 * An edit of the table does not wait for a build: it stops it (`cancelBuilds`), and the build looks whether there is still a key to build.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Guid } from '../../base/guid.ts'
import { EngineError } from '../sql/connection.ts'
import { createKeyIndex } from '../sql/key-index.ts'
import { join, name, sql, type Sql, verbatim } from '../sql/sql.ts'
import { foldedColumn, keyIndex, storedName } from '../sql/storage-names.ts'
import type { KeyBuild, KeyBuildResult } from '../key-build.ts'
import { findUnbuilt, unfilledColumns } from '../key-build.ts'
import type { RunJob, WriteTransaction } from '../write-lane.ts'
import type { SessionPool } from './pools.ts'
import type { Session } from './session.ts'

const BATCH = 2000
/** Each was stopped by an edit of its table. */
const MAX_BUILDS = 100
const LOOK_MS = 500
const END_LOOK_MS = 20
const END_MS = 10_000

/** Anything but duplicates that goes wrong (a full disk) is thrown. */
export async function buildKeyIndex(pool: SessionPool, run: RunJob, build: KeyBuild): Promise<KeyBuildResult> {
  const keyId = await run(async (tx) => findUnbuilt(tx, build)?.key.metadataId)
  if (keyId === undefined) return 'gone'
  const index = name(keyIndex(build.table, build.key))
  const drop = sql`drop index concurrently if exists ${index}`
  await pool.use(async (session) => {
    await endBuilds(session, build.table)
    await session.run(drop)
  })
  if (!(await fillShadows(run, build, keyId))) return 'gone'
  for (let builds = 1; ; builds++) {
    const made = await makeIndex(pool, run, build, keyId)
    if (made === 'built') {
      const isKept = await run(async (tx) => {
        if (!findUnbuilt(tx, build, keyId)) return false
        await build.whenBuilt(tx)
        return true
      })
      if (isKept) return 'built'
    }
    // What a build that failed leaves is an index that nothing uses and every write keeps.
    await pool.use((session) => session.run(drop))
    if (made === 'duplicates') return 'duplicates'
    if (made === 'gone' || made === 'built' || builds === MAX_BUILDS) return 'gone'
  }
}

async function fillShadows(run: RunJob, build: KeyBuild, keyId: Guid): Promise<boolean> {
  for (let after = ''; ; ) {
    const from = after
    const last = await run((tx) => fillBatch(tx, build, keyId, from))
    if (last === 'gone') return false
    if (last === undefined) return true
    after = last
  }
}

/** The last id looked at; undefined: there are no more. Written only where it has to be, and no change to anyone: the row's version stays. */
async function fillBatch(tx: WriteTransaction, build: KeyBuild, keyId: Guid, after: string): Promise<string | 'gone' | undefined> {
  const found = findUnbuilt(tx, build, keyId)
  if (!found) return 'gone'
  const { table, key } = found
  const columns = unfilledColumns(table, key)
  if (columns.length === 0) return undefined
  const id = name(table.primaryIdColumn)
  const rows = name(table.logicalName)
  const pairs = columns.map(({ logicalName }) => ({ shadow: name(foldedColumn(logicalName)), folded: tx.dialect.fold(name(logicalName)) }))
  const batch = sql`select ${id} from ${rows} where ${id} > ${after} order by ${id} limit ${BATCH}`
  const last = await tx.get(sql`select max(${id}) as last, count(*) as count from (${batch}) as batch`)
  if (!last || last.last === null) return undefined
  const isWrong: readonly Sql[] = pairs.map(({ shadow, folded }) => sql`${shadow} is distinct from ${folded}`)
  await tx.run(
    sql`update ${rows} set ${join(pairs.map(({ shadow, folded }) => sql`${shadow} = ${folded}`))} where ${id} > ${after} and ${id} <= ${last.last ?? ''} and (${join(isWrong, ' or ')})`,
  )
  return Number(last.count) < BATCH ? undefined : String(last.last)
}

async function makeIndex(pool: SessionPool, run: RunJob, build: KeyBuild, keyId: Guid): Promise<KeyBuildResult | 'stopped'> {
  const found = await run(async (tx) => findUnbuilt(tx, build, keyId))
  if (!found) return 'gone'
  const progress = build.onProgress && setInterval(() => void pool.use((session) => tellProgress(session, build)).catch(() => {}), LOOK_MS)
  try {
    await pool.use((session) => session.run(concurrently(createKeyIndex(found.table, found.key))))
    return 'built'
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    if (error.failure === 'uniqueViolation') return 'duplicates'
    // Stopped by an edit of the table, or in a deadlock with one.
    if (error.failure === 'timedOut' || error.failure === 'serializationFailure') return 'stopped'
    throw error
  } finally {
    clearInterval(progress)
  }
}

function concurrently({ chunks, values }: Sql): Sql {
  return { chunks: [(chunks[0] ?? '').replace('create unique index', 'create unique index concurrently'), ...chunks.slice(1)], values }
}

async function tellProgress(session: Session, { table, onProgress }: KeyBuild): Promise<void> {
  const row = await session.get(sql`select blocks_done, blocks_total from pg_stat_progress_create_index where relid = to_regclass(${`"${storedName(table)}"`})`)
  if (row) onProgress?.(Number(row.blocks_done), Number(row.blocks_total))
}

/** Of a server that was killed: the database goes on with what it has begun, and nobody else can drop the index meanwhile. */
async function endBuilds(session: Session, table: string): Promise<void> {
  for (const last = performance.now() + END_MS; (await cancelBuilds(session, [table])) > 0 && performance.now() < last; ) await delay(END_LOOK_MS)
}

/** Before a table is edited: its builds would wait for the edit, and the edit for them. Gives how many there were. */
export async function cancelBuilds(session: Pick<Session, 'all'>, tables: readonly string[]): Promise<number> {
  let builds = 0
  for (const table of tables) {
    const canceled = await session.all(sql`select pg_cancel_backend(pid) from pg_stat_progress_create_index
      where relid = to_regclass(${`"${storedName(table)}"`}) and command = ${verbatim("'CREATE INDEX CONCURRENTLY'")}`)
    builds += canceled.length
  }
  return builds
}
