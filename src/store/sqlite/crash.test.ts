import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../sql/sql.ts'
import { openParts, runOne, tempFolder } from './test-database.ts'

const WRITES_UNTIL_KILLED = join(import.meta.dirname, 'test-writing-process.ts')
const ROUNDS = 3

test('after a kill in the middle of writing, every acknowledged write is there and the file opens at once', async (t) => {
  const path = join(tempFolder(t), 'a.db')
  const acknowledged: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const child = spawn(process.execPath, [WRITES_UNTIL_KILLED, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout })
    let heard = 0
    lines.on('line', (id) => {
      acknowledged.push(id)
      // At a moment that its commits know nothing of.
      if (++heard === 100) void sleep(Math.random() * 20).then(() => child.kill('SIGKILL'))
    })
    await new Promise((resolve) => lines.on('close', resolve))
    assert.ok(heard >= 100)
  }
  const writer = await openParts(path)
  const stored = await runOne(writer, async (tx) => tx.all(sql`select partid, versionnumber from part order by versionnumber`))
  const ids = new Set(stored.map((row) => row.partid))
  assert.deepEqual(
    acknowledged.filter((id) => !ids.has(id)),
    [],
  )
  assert.equal(new Set(stored.map((row) => row.versionnumber)).size, stored.length, 'no version was given twice')
  const [incarnation] = await runOne(writer, async (tx) => tx.all(sql`select count(*) as n, max(start) as start from tidemark_incarnation`))
  assert.equal(incarnation?.n, ROUNDS + 1)
  assert.equal(incarnation?.start, stored.at(-1)?.versionnumber, 'the counter is the last version')
  writer.close()
})
