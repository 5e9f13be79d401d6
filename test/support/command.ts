/** The command line in a process of its own; on the database that goes with a `--data` folder, where the tests run on PostgreSQL. */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { findDatabaseOf } from './postgres/database-of-folder.ts'

const ENTRY = resolve(import.meta.dirname, '../../src/cli/tidemark.ts')

export type Ended = { readonly code: number | null; readonly out: string; readonly problem: string }

export async function run(...args: readonly string[]): Promise<Ended> {
  const data = args[args.indexOf('--data') + 1]
  const database = args.includes('--data') && data !== undefined ? await findDatabaseOf(data) : undefined
  const storeArgs = database === undefined ? [] : ['--database', database]
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, ...args, ...storeArgs], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, problem] = ['', '']
  child.stdout.on('data', (piece) => (out += piece))
  child.stderr.on('data', (piece) => (problem += piece))
  return new Promise((done) => child.once('close', (code) => done({ code, out, problem })))
}

/** Fails with what it printed where it does not succeed. */
// biome-ignore lint/suspicious/noExplicitAny: each command prints another object
export async function runJson(...args: readonly string[]): Promise<any> {
  const { code, out, problem } = await run(...args, '--json')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${problem}`)
  return JSON.parse(out)
}

export type Client = { readonly userId: string; readonly clientId: string; readonly secret: string }

/** An application user with a secret; the administrator's role unless others are given. */
export function addClient(data: string, name: string, roles: readonly string[] = ['System Administrator']): Promise<Client> {
  return runJson('user', 'add', '--data', data, '--name', name, ...roles.flatMap((role) => ['--role', role]))
}
