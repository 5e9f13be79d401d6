/**
 * A streaming standby of a cluster, made as `pg_basebackup` makes one, which the packages lack: the data folder is copied between the start and the
 * end of a backup. From then on the primary acknowledges a commit only when the standby has it too.
 */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Cluster, startCluster } from './cluster.ts'
import { runOn } from './test-database.ts'

const BACKUP = { begin: 'pg_backup_start($1, true)', end: 'pg_backup_stop(false)' }
const BACKUP_BEFORE_15 = { begin: 'pg_start_backup($1, true, false)', end: 'pg_stop_backup(false, false)' }
/** What stands in them is the primary's own, or is streamed. */
const LEFT_EMPTY = new Set(['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans'])
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'postgresql.auto.conf'])

export type Standby = Cluster & {
  /** Makes it a primary of its own; the former one is not told. */
  readonly promote: () => Promise<void>
}

export type StandbyOptions = {
  /** Whether the primary waits for it; otherwise it follows at its own pace. */
  readonly isSynchronous?: boolean
  /** Another one for each standby of the same primary. */
  readonly name?: string
}

export async function startStandby(primary: Cluster, { isSynchronous = true, name = 'tidemark_standby' }: StandbyOptions = {}): Promise<Standby> {
  if (isSynchronous && primary.settings.synchronous_commit === 'off') throw new Error('a primary that does not wait for its own disk waits for no standby')
  const standby = await startCluster({ settings: primary.settings, fill: (data) => copyCluster(primary, data, name) })
  try {
    if (isSynchronous) await makeSynchronous(primary, name)
  } catch (error) {
    await standby[Symbol.asyncDispose]()
    throw error
  }
  return { ...standby, promote: () => runOn(standby.url, 'select pg_promote(true)').then(() => undefined) }
}

async function copyCluster(primary: Cluster, data: string, name: string): Promise<void> {
  // The backup ends with the connection that began it.
  const client = new pg.Client({ connectionString: primary.url })
  await client.connect()
  try {
    // A slot keeps the log from here on until the standby has read it.
    await client.query('select pg_create_physical_replication_slot($1, true)', [name])
    const { rows: versions } = await client.query<{ version: string }>("select current_setting('server_version_num') as version")
    const { begin, end } = Number(versions[0]?.version) >= 150_000 ? BACKUP : BACKUP_BEFORE_15
    await client.query(`select ${begin}`, [name])
    copyFolder(primary.data, data)
    const { rows } = await client.query<{ labelfile: string }>(`select labelfile from ${end}`)
    writeFileSync(join(data, 'backup_label'), rows[0]?.labelfile ?? '')
  } finally {
    await client.end()
  }
  const conninfo = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`
  writeFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\nprimary_slot_name = '${name}'\n`)
  writeFileSync(join(data, 'standby.signal'), '')
}

/** The files change under the copy, and the log that is replayed over them makes up for it; those that vanish are not missed. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700 })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (LEFT_EMPTY.has(entry.name)) makeFolders(target, entry.name)
    else if (entry.isDirectory()) copyFolder(source, target)
    else if (!LEFT_OUT.has(entry.name)) copyIfThere(source, target)
  }
}

function makeFolders(target: string, name: string): void {
  mkdirSync(target, { mode: 0o700 })
  if (name === 'pg_wal') mkdirSync(join(target, 'archive_status'), { mode: 0o700 })
}

function copyIfThere(source: string, target: string): void {
  try {
    copyFileSync(source, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

async function makeSynchronous(primary: Cluster, name: string): Promise<void> {
  await runOn(primary.url, `alter system set synchronous_standby_names = '${name}'`)
  await runOn(primary.url, 'select pg_reload_conf()')
  for (const deadline = Date.now() + 30_000; ; await sleep(20)) {
    const { rows } = await runOn(primary.url, `select sync_state from pg_stat_replication where application_name = '${name}'`)
    if (rows[0]?.sync_state === 'sync') return
    if (Date.now() > deadline) throw new Error(`the standby does not follow:\n${primary.log()}`)
  }
}
