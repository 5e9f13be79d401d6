/**
 * A writer that keeps a ledger of what it was promised. It owns some rows, named by code, and nobody else writes them; every change gives a row a
 * higher turn. Singles are created, upserted, updated and deleted one by one or in bulk; the rows of its pair change in change sets alone.
 * A request that got no answer leaves its changes in doubt: they are there as a whole, or not at all.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Answer, type Api, expectStatus } from './api.ts'
import { batchBody, type PartRequest, postBatch, readBatch } from './batch.ts'
import { column, makeKey, makeTable } from './make-table.ts'

/** `turn`: of the change that made it so. */
export type RowState = { readonly turn: number; readonly isThere: boolean }
export type States = ReadonlyMap<string, RowState>

export type LedgerWriter = {
  readonly singles: readonly string[]
  readonly pair: readonly [string, string]
  /** What a 2xx has promised. */
  readonly promised: Map<string, RowState>
  inDoubt: States
  /** The turn that a row was last asked to have, promised or not. */
  readonly asked: Map<string, number>
  turn: number
  answered: number
}

export const SET = 'new_ledgers'
const TYPE = 'Microsoft.Dynamics.CRM.new_ledger'

export async function makeLedgerTable(api: Api): Promise<void> {
  await makeTable(api, 'new_Ledger', [column.text('new_Code', { MaxLength: 50 }), column.whole('new_Turn')], { ChangeTrackingEnabled: true })
  await makeKey(api, 'new_ledger', 'new_LedgerCode', ['new_code'])
}

export function ledgerWriter(name: string, singles = 6): LedgerWriter {
  return {
    singles: Array.from({ length: singles }, (_, index) => `${name}-${index}`),
    pair: [`${name}-left`, `${name}-right`],
    promised: new Map(),
    inDoubt: new Map(),
    asked: new Map(),
    turn: 0,
    answered: 0,
  }
}

/** Writes until told to stop, or until the server is gone. Any answer but the expected one fails. */
export async function keepWriting(api: Api, writer: LedgerWriter, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    writer.turn++
    const { changes, send } = nextWrite(api, writer)
    writer.inDoubt = changes
    for (const code of changes.keys()) writer.asked.set(code, writer.turn)
    try {
      await send()
    } catch (cause) {
      if (cause instanceof assert.AssertionError) throw cause
      return
    }
    for (const [code, state] of changes) writer.promised.set(code, state)
    writer.inDoubt = new Map()
    writer.answered++
  }
}

/** Settles what was in doubt by what is there: all of it or nothing. */
export function settle(writer: LedgerWriter, found: States): void {
  const codes = [...writer.singles, ...writer.pair]
  const matches = (states: States) => codes.every((code) => isSame(states.get(code), found.get(code)))
  const withDoubt = new Map([...writer.promised, ...writer.inDoubt])
  const isKept = matches(writer.promised)
  assert.ok(
    isKept || matches(withDoubt),
    `${describe(codes, found)}\nis neither what was promised,\n${describe(codes, writer.promised)}\nnor that with what was in doubt,\n${describe(codes, withDoubt)}`,
  )
  if (!isKept) for (const [code, state] of writer.inDoubt) writer.promised.set(code, state)
  writer.inDoubt = new Map()
}

/** A row that is gone has no turn to compare. */
function isSame(a: RowState | undefined, b: RowState | undefined): boolean {
  return a?.isThere ? b?.isThere === true && a.turn === b.turn : !b?.isThere
}

function describe(codes: readonly string[], states: States): string {
  return codes.map((code) => `${code}: ${states.get(code)?.isThere ? states.get(code)?.turn : '-'}`).join(', ')
}

type Write = { readonly changes: States; readonly send: () => Promise<unknown> }

function nextWrite(api: Api, writer: LedgerWriter): Write {
  const chance = Math.random()
  if (chance < 0.25) return pairWrite(api, writer)
  if (chance < 0.3) return failingPairWrite(api, writer)
  if (chance < 0.4) return bulkWrite(api, writer)
  return singleWrite(api, writer)
}

const rowUrl = (code: string) => `${SET}(new_code='${code}')`
const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T
const isThere = (writer: LedgerWriter, code: string) => writer.promised.get(code)?.isThere ?? false

function singleWrite(api: Api, writer: LedgerWriter): Write {
  const { turn } = writer
  const code = pick(writer.singles)
  const url = rowUrl(code)
  const there = new Map([[code, { turn, isThere: true }]])
  const upsert = () => api.patch(url, { new_turn: turn })
  if (!isThere(writer, code)) {
    const ways = [
      upsert,
      () => api.post(SET, { new_ledgerid: randomUUID(), new_code: code, new_turn: turn }),
      () => api.patch(url, { new_turn: turn }, { 'If-None-Match': '*' }),
    ]
    const send = pick(ways)
    return { changes: there, send: async () => expectStatus(await send(), 204) }
  }
  if (Math.random() < 0.25) return { changes: new Map([[code, { turn, isThere: false }]]), send: async () => expectStatus(await api.delete(url), 204) }
  const send = pick([upsert, () => api.patch(url, { new_turn: turn }, { 'If-Match': '*' }), () => api.put(`${url}/new_turn`, { value: turn })])
  return { changes: there, send: async () => expectStatus(await send(), 204) }
}

function bulkWrite(api: Api, writer: LedgerWriter): Write {
  const { turn, singles } = writer
  const Targets = singles.map((code) => ({ '@odata.type': TYPE, '@odata.id': rowUrl(code), new_turn: turn }))
  return {
    changes: new Map(singles.map((code) => [code, { turn, isThere: true }])),
    send: async () => expectStatus(await api.post(`${SET}/Microsoft.Dynamics.CRM.UpsertMultiple`, { Targets }), 204),
  }
}

function pairWrite(api: Api, writer: LedgerWriter): Write {
  const { turn, pair } = writer
  const leave = isThere(writer, pair[0]) && Math.random() < 0.3
  return {
    changes: new Map(pair.map((code) => [code, { turn, isThere: !leave }])),
    send: () =>
      sendChangeSet(
        api,
        pair.map((code) => (leave ? { method: 'DELETE', url: rowUrl(code) } : { method: 'PATCH', url: rowUrl(code), body: { new_turn: turn } })),
        200,
      ),
  }
}

/** Its last part cannot be done, so none of it is. */
function failingPairWrite(api: Api, { turn, pair }: LedgerWriter): Write {
  const parts: PartRequest[] = pair.map((code) => ({ method: 'PATCH', url: rowUrl(code), body: { new_turn: turn } }))
  return { changes: new Map(), send: () => sendChangeSet(api, [...parts, { method: 'DELETE', url: rowUrl('nobody') }], 404) }
}

async function sendChangeSet(api: Api, parts: readonly PartRequest[], status: number): Promise<Answer> {
  const answer = expectStatus(await postBatch(api, batchBody([parts])), status)
  readBatch(answer)
  return answer
}
