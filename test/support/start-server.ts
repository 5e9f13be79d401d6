/**
 * A real server in a process of its own, on a free port and a folder of its own: what a user starts. Its rows are in that folder, or, with
 * TIDEMARK_TEST_ENGINE=postgres, in a PostgreSQL database that goes with the folder.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { dropDatabaseOf, findDatabaseOf } from './postgres/database-of-folder.ts'

const ENTRY = resolve(import.meta.dirname, '../../src/cli/tidemark.ts')

export type TestServer = {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly api: string
  readonly data: string
  /** The URL of its PostgreSQL database, if its rows are in one. */
  readonly database: string | undefined
  readonly process: ChildProcess
  /** Everything it logged, a line an entry. */
  readonly log: readonly string[]
  /** Ends it; the folder stays unless this server made it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export type StartOptions = {
  readonly data?: string
  /** The URL of the PostgreSQL database to serve, whatever TIDEMARK_TEST_ENGINE says. */
  readonly database?: string
  readonly args?: readonly string[]
}

export async function startServer(options: StartOptions = {}): Promise<TestServer> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'tidemark-'))
  const database = options.database ?? (await findDatabaseOf(data))
  const storeArgs = ['--data', data, ...(database === undefined ? [] : ['--database', database])]
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ENTRY, 'serve', '--port', '0', ...storeArgs, '--log-level', 'warn', ...(options.args ?? [])],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const log: string[] = []
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  const url = await new Promise<string>((found, lost) => {
    const read = (line: string) => {
      log.push(line)
      const announced = /listening on (https?:\/\/[^/]+)/.exec(line)?.[1]
      if (announced) found(announced)
    }
    createInterface({ input: child.stdout }).on('line', read)
    createInterface({ input: child.stderr }).on('line', read)
    exited.then((code) => lost(new Error(`the server ended with ${code}:\n${log.join('\n')}`)))
  }).catch((error) => clear().then(() => Promise.reject(error)))

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return exited
  }

  async function dispose(): Promise<void> {
    await stop('SIGKILL')
    await clear()
  }

  async function clear(): Promise<void> {
    if (options.data !== undefined) return
    await dropDatabaseOf(data)
    rmSync(data, { recursive: true, force: true })
  }

  return { url, api: `${url}/api/data/v9.2`, data, database, process: child, log, stop, [Symbol.asyncDispose]: dispose }
}
