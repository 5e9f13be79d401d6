/** A token names only so many running transactions: with more of them it has seen less, and misses none of theirs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Table } from '../../src/schema/table.ts'
import { postgresPositions } from '../../src/store/postgres/position.ts'

const table = { logicalName: 'account', metadataId: '00000000-0000-0000-0000-000000000001' } as Table
const WRITERS = 3000

test('A token of thousands of running transactions fits into a request, can be read again, and has seen none of them', () => {
  const running = Array.from({ length: WRITERS }, (_, index) => 4_000_000_000n + BigInt(index) * 2n)
  const snapshot = `${running[0]}:5000000000:${running.join(',')}`
  const position = postgresPositions.current({ first: [17, snapshot, 'here'], last: [], rowCount: 1, json: '', more: false })
  const text = postgresPositions.format(table, position)
  assert.ok(text.length < 10_000, `${text.length} characters`)
  const again = postgresPositions.parse(text, table)
  assert.deepEqual(again, position)
  assert.ok('snapshot' in again)
  const seen = (xid: bigint) => xid < again.snapshot.xmax && !again.snapshot.running.includes(xid)
  assert.deepEqual(running.filter(seen), [])
  assert.ok(seen(3_999_999_999n))
})
