/** A reader that keeps a copy of the ledger by delta links, and holds every answer to what change tracking promises (design, C1 to C5). */
import assert from 'node:assert/strict'
import { type Api, expectStatus } from './api.ts'
import { type RowState, SET, type States } from './ledger-writer.ts'

export type LedgerRow = { readonly id: string; readonly code: string; readonly turn: number; readonly etag: string }
type Json = { readonly [member: string]: string | number }

export type Changes = { readonly rows: readonly LedgerRow[]; readonly deleted: readonly string[]; readonly link: string; readonly pages: number }

export type DeltaReader = { link: string; readonly copy: Map<string, LedgerRow>; readonly gone: Set<string>; answers: number }

const QUERY = `${SET}?$select=new_code,new_turn`

/** Everything, and the link from which changes follow. */
export async function openReader(api: Api, pageSize = 5000): Promise<DeltaReader> {
  const { rows, link } = await readChanges(api, QUERY, pageSize)
  return { link, copy: new Map(rows.map((row) => [row.id, row])), gone: new Set(), answers: 0 }
}

export async function followChanges(api: Api, reader: DeltaReader, pageSize = 5000): Promise<Changes> {
  const changes = await readChanges(api, reader.link, pageSize)
  for (const id of changes.deleted) {
    reader.copy.delete(id)
    reader.gone.add(id)
  }
  for (const row of changes.rows) {
    const before = reader.copy.get(row.id)
    assert.ok(!before || versionOf(row) >= versionOf(before), `the version of ${row.code} went back from ${before?.etag} to ${row.etag}`)
    reader.copy.set(row.id, row)
  }
  reader.link = changes.link
  reader.answers++
  return changes
}

const versionOf = ({ etag }: LedgerRow): bigint => BigInt(/^W\/"(\d+)"$/.exec(etag)?.[1] ?? assert.fail(`${etag} is no version`))

/** All pages of one answer. C2: nothing in it comes twice. */
export async function readChanges(api: Api, link: string, pageSize = 5000): Promise<Changes> {
  const rows: LedgerRow[] = []
  const deleted: string[] = []
  let url = link
  for (let pages = 1; ; pages++) {
    const page = expectStatus(await api.get(url, { Prefer: `odata.track-changes,odata.maxpagesize=${pageSize}` }), 200).body
    for (const one of page.value as Json[]) {
      if (one.reason === 'deleted') deleted.push(String(one.id))
      else rows.push({ id: String(one.new_ledgerid), code: String(one.new_code), turn: Number(one.new_turn), etag: String(one['@odata.etag']) })
    }
    if (page['@odata.deltaLink']) {
      const ids = [...rows.map(({ id }) => id), ...deleted]
      assert.equal(new Set(ids).size, ids.length, 'C2: a row comes once in an answer')
      return { rows, deleted, link: page['@odata.deltaLink'], pages }
    }
    url = page['@odata.nextLink']
    assert.ok(url, 'a page has a next link or a delta link')
  }
}

/** By code. A code is one row's: the key says so. */
export function statesOf(rows: Iterable<LedgerRow>): States {
  const states = new Map<string, RowState>()
  for (const { code, turn } of rows) {
    assert.ok(!states.has(code), `${code} is there twice`)
    states.set(code, { turn, isThere: true })
  }
  return states
}

/** Read without change tracking. */
export async function readTable(api: Api): Promise<readonly LedgerRow[]> {
  const rows: LedgerRow[] = []
  for (let url = QUERY; url; ) {
    const page = expectStatus(await api.get(url), 200).body
    rows.push(...page.value.map((one: Json) => ({ id: one.new_ledgerid, code: one.new_code, turn: one.new_turn, etag: one['@odata.etag'] })))
    url = page['@odata.nextLink']
  }
  return rows
}
