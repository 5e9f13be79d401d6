/** From starting the process to its first answer: on an existing database, and for the first time; and what the processes hold when idle. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { type Figure, median, ms } from './support/figure.ts'
import { startTidemark, type Tidemark } from './support/processes.ts'

const ROUNDS = 7
const TARGET_MS = 1000
const TARGET_FIRST_MS = 3000
const TARGET_MB = 200
const IDLE_MS = 15_000

export async function measure(): Promise<readonly Figure[]> {
  const first: number[] = []
  const again: number[] = []
  let memory = { resident: 0, shared: 0 }
  for (let turn = 0; turn < ROUNDS; turn++) {
    const begun = await timed(() => startTidemark())
    first.push(begun.ms)
    await begun.server.stop()
    const restarted = await timed(() => startTidemark(begun.server.data))
    again.push(restarted.ms)
    if (turn === ROUNDS - 1) memory = await idleMemory(restarted.server)
    await restarted.server.stop()
    await begun.server[Symbol.asyncDispose]()
  }
  return [
    figure('start on an existing database to the first answer', median(again), TARGET_MS),
    figure('first start, schema created, to the first answer', median(first), TARGET_FIRST_MS),
    {
      figure: 'memory when idle, all processes (resident, shared pages counted once for each)',
      measured: `${memory.resident} MB`,
      limit: `${memory.shared} MB with shared pages counted once`,
      ratio: `${memory.resident} MB`,
      target: `≤ ${TARGET_MB} MB`,
      isMet: memory.resident <= TARGET_MB,
    },
  ]
}

function figure(text: string, measured: number, target: number): Figure {
  return { figure: text, measured: ms(measured), limit: '–', ratio: ms(measured), target: `≤ ${target} ms`, isMet: measured <= target }
}

async function timed(start: () => Promise<Tidemark>): Promise<{ readonly server: Tidemark; readonly ms: number }> {
  const started = performance.now()
  const server = await start()
  await (await fetch(`${server.api}/WhoAmI`)).text()
  return { server, ms: performance.now() - started }
}

/** After some requests of each kind, left alone for a while. */
async function idleMemory(server: Tidemark): Promise<{ readonly resident: number; readonly shared: number }> {
  for (let count = 0; count < 20; count++) {
    await (await fetch(`${server.api}/accounts?$top=5`)).text()
    await fetch(`${server.api}/accounts`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"name":"A"}' })
  }
  await wait(IDLE_MS)
  const pids = [server.pid, ...childrenOf(server.pid)]
  const sum = (field: RegExp) => Math.round(pids.reduce((total, pid) => total + kilobytes(pid, field), 0) / 1024)
  return { resident: sum(/^Rss:\s+(\d+)/m), shared: sum(/^Pss:\s+(\d+)/m) }
}

function childrenOf(pid: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid,ppid'], { encoding: 'utf8' }).trim().split('\n').slice(1)
  const pairs = table.map((line) => line.trim().split(/\s+/).map(Number))
  const direct = pairs.filter(([, parent]) => parent === pid).map(([child]) => child ?? 0)
  return direct.flatMap((child) => [child, ...childrenOf(child)])
}

function kilobytes(pid: number, field: RegExp): number {
  return Number(field.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
}
