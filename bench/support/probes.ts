/** What others notice: point reads, small lists and writes, one after the other on a few connections, each timed. */
import { setTimeout as wait } from 'node:timers/promises'
import { PART, partBody, partPath } from './part-table.ts'

/** Milliseconds, by kind. */
export type Noticed = { readonly reads: number[]; readonly writes: number[] }

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Until `isOver`, which is asked after each round. */
export async function probe(url: string, rows: number, isOver: () => boolean): Promise<Noticed> {
  const noticed: Noticed = { reads: [], writes: [] }
  await Promise.all(Array.from({ length: 4 }, (_, index) => drive(url, rows, isOver, noticed, index)))
  return noticed
}

async function drive(url: string, rows: number, isOver: () => boolean, noticed: Noticed, index: number): Promise<void> {
  for (let turn = index; !isOver(); turn++) {
    const number = (turn * 7919) % rows
    noticed.reads.push(await timed(() => fetch(url + partPath(number))))
    noticed.reads.push(await timed(() => fetch(`${url}/api/data/v9.2/${PART.set}?$select=new_name&$top=10&$filter=new_number eq 'P-${number}'`)))
    if (index === 0) {
      const body = JSON.stringify(partBody(number, turn))
      noticed.writes.push(await timed(() => fetch(url + partPath(number), { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body })))
    }
    await wait(2)
  }
}

async function timed(request: () => Promise<Response>): Promise<number> {
  const started = performance.now()
  const answer = await request()
  await answer.text()
  if (!answer.ok) throw new Error(`a probe was answered ${answer.status}`)
  return performance.now() - started
}
