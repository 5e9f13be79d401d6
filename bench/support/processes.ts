/** The servers that are measured, each in a process of its own: Tidemark as a user starts it, and the bare one beside it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import type { BareAnswer } from './bare-server.ts'

const ENTRY = resolve(import.meta.dirname, '../../src/cli/tidemark.ts')
const DATA = resolve(import.meta.dirname, '../.data')

export type Started = { readonly port: number; readonly pid: number; readonly [Symbol.asyncDispose]: () => Promise<void> }
/** `url`: `http://127.0.0.1:<port>`; `data`: its folder. `stop`: as SIGTERM does. */
export type Tidemark = Started & { readonly url: string; readonly api: string; readonly data: string; readonly stop: () => Promise<void> }

/** A folder that is kept for later runs: a large database takes long to make. */
export function keptFolder(name: string): string {
  const folder = join(DATA, name)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** On the same disk as the kept ones. The caller removes it, or a server's dispose does. */
export function freshFolder(): string {
  mkdirSync(DATA, { recursive: true })
  return mkdtempSync(join(DATA, 'run-'))
}

/** With its own settings: durable, and a line in the log for every request. Without a folder it gets a new one, gone afterwards. */
export async function startTidemark(folder?: string, args: readonly string[] = []): Promise<Tidemark> {
  const data = folder ?? freshFolder()
  // A file, as a service manager gives it: a pipe would cost the reader's time.
  const log = join(data, 'server.log')
  const out = openSync(log, 'w')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, 'serve', '--port', '0', '--data', data, ...args], {
    stdio: ['ignore', out, out],
  })
  const exited = new Promise<void>((done) => child.once('exit', () => done()))
  const port = await untilAnnounced(log, child)
  const url = `http://127.0.0.1:${port}`
  const stop = () => {
    child.kill('SIGTERM')
    return exited
  }
  const dispose = async () => {
    await stop()
    if (folder === undefined) rmSync(data, { recursive: true, force: true })
  }
  return { port, pid: child.pid ?? 0, url, api: `${url}/api/data/v9.2`, data, stop, [Symbol.asyncDispose]: dispose }
}

async function untilAnnounced(log: string, child: ChildProcess): Promise<number> {
  for (;;) {
    const text = readFileSync(log, 'utf8')
    const port = /listening on http:\/\/[^/]+:(\d+)\//.exec(text)?.[1]
    if (port !== undefined) return Number(port)
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${text}`)
    await wait(2)
  }
}

export async function startBare(answer: BareAnswer): Promise<Started> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare-server.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin?.end(JSON.stringify(answer))
  const exited = new Promise<void>((done) => child.once('exit', () => done()))
  const port = await new Promise<number>((found) =>
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', (line) => found(Number(line))),
  )
  const dispose = () => {
    child.kill('SIGKILL')
    return exited
  }
  return { port, pid: child.pid ?? 0, [Symbol.asyncDispose]: dispose }
}
