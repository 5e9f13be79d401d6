/**
 * A PostgreSQL of the tests' own: made by `initdb` in a temporary folder, listening on a free port of 127.0.0.1, ended and removed at the latest
 * when the process that started it ends. By default it is quick and forgets all in a crash of the machine; `durable` keeps what it acknowledged,
 * for tests that kill it.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findBinaries } from './binaries.ts'
import { killTree } from './kill-tree.ts'
import { findServerUser, findTemporaryFolder, giveTo, type ServerUser } from './server-user.ts'
import { startKeeper, type Running } from './start-keeper.ts'

const PORT_TRIES = 5
const START_MS = 60_000
// Below those that systems give to outgoing connections: one of these could take the port while the database is down.
const [FIRST_PORT, PORTS] = [15_000, 15_000]

export type Settings = Readonly<Record<string, string>>
export type StopMode = keyof typeof SIGNALS

const SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const

const BASE: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  // A container's /dev/shm is often too small for parallel queries.
  dynamic_shared_memory_type: 'mmap',
}
const QUICK: Settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
const DURABLE: Settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }

export type ClusterOptions = {
  readonly durable?: boolean
  readonly settings?: Settings
  /** Fills the data folder in place of `initdb`: a standby's is a copy. */
  readonly fill?: (data: string) => Promise<void>
}

export type Cluster = {
  /** Of the superuser, in the database `postgres`. */
  readonly url: string
  readonly port: number
  readonly folder: string
  readonly data: string
  readonly settings: Settings
  /** The same in another database. */
  readonly urlOf: (database: string) => string
  readonly log: () => string
  readonly stop: (mode?: StopMode) => Promise<void>
  /** All its processes at once, none of them warned: a crash. */
  readonly kill: () => Promise<void>
  /** Starts it again with the same data and port, stopping it before that where it runs. */
  readonly restart: () => Promise<void>
  /** Ends it and removes its folder. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const user = findServerUser()
  const folder = mkdtempSync(join(findTemporaryFolder(user), 'tidemark-postgres-'))
  giveTo(user, folder)
  const keeper = startKeeper(folder, user)
  const binaries = findBinaries(user, folder)
  const data = join(folder, 'data')
  if (options.fill) await options.fill(data).then(() => giveTo(user, data))
  else await initialize(join(binaries, 'initdb'), data, user)

  const settings = { ...BASE, ...(options.durable ? DURABLE : QUICK), ...options.settings }
  let port = await findFreePort()
  let running: Running | undefined

  async function start(): Promise<void> {
    const assigned = Object.entries({ ...settings, port }).map(([name, value]) => `--${name}=${value}`)
    const started = await keeper.start([join(binaries, 'postgres'), '-D', data, ...assigned])
    running = started
    for (const deadline = Date.now() + START_MS; !isReady(data, started.pid); await sleep(10)) {
      if (started.hasEnded() || Date.now() > deadline) throw new Error(`PostgreSQL did not start:\n${log()}`)
    }
  }

  async function stop(mode: StopMode = 'fast'): Promise<void> {
    if (running === undefined || running.hasEnded()) return
    process.kill(running.pid, SIGNALS[mode])
    await running.ended()
  }

  async function kill(): Promise<void> {
    if (running === undefined || running.hasEnded()) return
    await killTree(running.pid)
    await running.ended()
  }

  async function restart(): Promise<void> {
    await stop()
    await start()
  }

  const log = () => readFileSync(join(folder, 'postgres.log'), 'utf8')
  const urlOf = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`

  for (let tries = 1; ; tries++) {
    try {
      await start()
      return { url: urlOf('postgres'), port, folder, data, settings, urlOf, log, stop, kill, restart, [Symbol.asyncDispose]: keeper.end }
    } catch (error) {
      // Somebody else took the port in between.
      if (tries < PORT_TRIES && String(error).includes('Address already in use')) port = await findFreePort()
      else return keeper.end().then(() => Promise.reject(error))
    }
  }
}

async function initialize(program: string, data: string, user: ServerUser): Promise<void> {
  const args = ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  await promisify(execFile)(program, args, { ...user, cwd: '/' })
}

/** The line of its lock file that says how far it is, as `pg_ctl --wait` reads it. */
function isReady(data: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS)
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer()
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (isFree) return port
  }
}
