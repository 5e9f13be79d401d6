/** A query that scans a million rows, again and again, and what others notice of it. */
import { type Figure, ms } from './support/figure.ts'
import { startWithMillion } from './support/million.ts'
import { PART } from './support/part-table.ts'
import { percentile, probe } from './support/probes.ts'

const ROWS = 1_000_000
const SECONDS = 8
const TARGET_MS = 50

export async function measure(): Promise<readonly Figure[]> {
  await using server = await startWithMillion()
  const scan = `${server.api}/${PART.set}?$select=new_name&$filter=contains(new_note,'nowhere')`
  await (await fetch(scan)).text()
  const before = await during(server.url, async () => new Promise((done) => setTimeout(done, SECONDS * 1000)))
  const beside = await during(server.url, () => repeat(scan))
  const reads = percentile(beside.reads, 0.99) - percentile(before.reads, 0.99)
  const writes = percentile(beside.writes, 0.99) - percentile(before.writes, 0.99)
  return [
    figure('reads', reads, percentile(beside.reads, 0.99), percentile(before.reads, 0.99)),
    figure('writes', writes, percentile(beside.writes, 0.99), percentile(before.writes, 0.99)),
  ]
}

function figure(what: string, added: number, beside: number, before: number): Figure {
  return {
    figure: `scan of 1,000,000 rows: what it adds to the 99th percentile of others' ${what}`,
    measured: ms(beside),
    limit: `${ms(before)} without it`,
    ratio: ms(added),
    target: `≤ ${TARGET_MS} ms`,
    isMet: added <= TARGET_MS,
  }
}

async function during(url: string, work: () => Promise<unknown>) {
  let isOver = false
  const noticed = probe(url, ROWS, () => isOver)
  await work()
  isOver = true
  return noticed
}

async function repeat(scan: string): Promise<void> {
  const until = performance.now() + SECONDS * 1000
  while (performance.now() < until) await (await fetch(scan)).text()
}
