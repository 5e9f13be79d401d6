/**
 * Delta readers of the ledger while its writers are at it, and what they hold each answer to. A reader may be at several servers of one database: each
 * answer is asked of another one, by the link that the last one gave.
 */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { Api } from './api.ts'
import { type DeltaReader, followChanges, type LedgerRow, openReader, statesOf } from './delta-reader.ts'
import type { LedgerWriter, States } from './ledger-writer.ts'
import { afterOutage, Outage } from './outage.ts'

export type Servers = readonly [Api, ...Api[]]

/** The same link at another server: links name the server that made them. */
export function linkAt(api: Api, link: string): string {
  return link.replace(/^http:\/\/[^/]+/, new URL(api.root).origin)
}

/** One page an answer: everything can be held against what the writers had been promised before the question. */
export async function readWhole(servers: Servers, writers: readonly LedgerWriter[], isOver: () => boolean): Promise<DeltaReader> {
  const reader = await afterOutage(() => openReader(servers[0]))
  for (let turn = 1; !isOver(); turn++) {
    const api = serverOf(servers, turn)
    const promised = writers.map((writer) => new Map(writer.promised))
    reader.link = linkAt(api, reader.link)
    const changes = await unlessAway(() => followChanges(api, reader))
    if (!changes) continue
    assert.equal(changes.pages, 1)
    const copy = statesOf(reader.copy.values())
    checkPromises(writers, promised, copy)
    checkPairs(writers, copy)
    await wait(Math.random() * 20)
  }
  return reader
}

/** Small pages: what changes while it pages comes in the next answer (C3). */
export async function readPaged(servers: Servers, isOver: () => boolean): Promise<DeltaReader> {
  const reader = await afterOutage(() => openReader(servers[0], 7))
  for (let turn = 1; !isOver(); turn++) {
    const api = serverOf(servers, turn)
    reader.link = linkAt(api, reader.link)
    await unlessAway(() => followChanges(api, reader, 5))
    await wait(Math.random() * 200)
  }
  return reader
}

/** Of an outage a reader's link and copy know nothing: it asks again, the next server first. */
async function unlessAway<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof Outage)) throw cause
    await wait(50)
    return undefined
  }
}

function serverOf(servers: Servers, turn: number): Api {
  return servers[turn % servers.length] ?? servers[0]
}

/** C1 and C4: as it was promised, or newer. A row that is gone says nothing of when: its writer must have asked for something since. */
export function checkPromises(writers: readonly LedgerWriter[], promised: readonly States[], copy: States): void {
  for (const [index, states] of promised.entries()) {
    for (const [code, { turn, isThere }] of states) {
      const found = copy.get(code)
      if (!isThere) assert.ok(!found || found.turn > turn, `${code} was promised to be gone since turn ${turn}, and is there with ${found?.turn}`)
      else if (found) assert.ok(found.turn >= turn, `${code} was promised with turn ${turn}, and is there with ${found.turn}`)
      else assert.ok((writers[index]?.asked.get(code) ?? 0) > turn, `${code} was promised with turn ${turn}, and is not there`)
    }
  }
}

/** C5: the rows of a pair change in change sets alone. */
function checkPairs(writers: readonly LedgerWriter[], copy: States): void {
  for (const { pair } of writers) assert.deepEqual(copy.get(pair[1]), copy.get(pair[0]), `C5: ${pair}`)
}

/** In the end: the copy of each reader is the table, and nothing more comes. */
export async function checkCopies(api: Api, readers: readonly DeltaReader[], table: readonly LedgerRow[]): Promise<void> {
  for (const reader of readers) {
    reader.link = linkAt(api, reader.link)
    await followChanges(api, reader)
    assert.deepEqual(rowsOf(reader.copy.values()), rowsOf(table), 'the copy is the table')
    assert.deepEqual((await followChanges(api, reader)).rows, [])
  }
}

const rowsOf = (rows: Iterable<LedgerRow>) => [...rows].map(({ id, code, turn, etag }) => `${id} ${code} ${turn} ${etag}`).toSorted()
