import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../sql/sql.ts'
import { openConnection } from './driver.ts'
import { insertPart, openParts, runOne, tempFolder } from './test-database.ts'
import type { Writer } from './writer.ts'

const PAGE = 4096
const logOf = (path: string) => statSync(`${path}-wal`).size / PAGE

async function writeRows(writer: Writer, groups: number): Promise<void> {
  for (let group = 0; group < groups; group++) {
    await runOne(writer, async (tx) => {
      for (let n = 0; n < 100; n++) await insertPart(tx, 'x'.repeat(1000), null)
    })
  }
}

test('the log does not grow with what is written', async (t) => {
  const path = join(tempFolder(t), 'a.db')
  const writer = await openParts(path)
  await writeRows(writer, 200)
  assert.ok(statSync(path).size / PAGE > 8000, 'enough was written')
  assert.ok(logOf(path) < 6000, `${logOf(path)} pages`)
  writer.close()
})

test('a reader that holds an old snapshot stops neither writes nor, once it is gone, the copying', async (t) => {
  const path = join(tempFolder(t), 'a.db')
  const writer = await openParts(path)
  const reader = openConnection(path, { readOnly: true })
  reader.execute('begin')
  reader.get(sql`select count(*) from part`)
  await writeRows(writer, 100)
  assert.equal(reader.get(sql`select count(*) as n from part`)?.n, 0)
  reader.execute('rollback')
  reader.close()
  await writeRows(writer, 1)
  await sleep(800)
  const probe = openConnection(path, { readOnly: false })
  const { log, checkpointed } = probe.get(sql`pragma wal_checkpoint(noop)`) ?? {}
  assert.equal(log, checkpointed)
  probe.close()
  writer.close()
})

test('closing leaves one file and no log', async (t) => {
  const path = join(tempFolder(t), 'a.db')
  const writer = await openParts(path)
  await writeRows(writer, 2)
  writer.close()
  assert.ok(!existsSync(`${path}-wal`) && statSync(path).size > 0)
})
