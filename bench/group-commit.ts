/** What gathering durable writes is worth: 64 writers in one commit, beside one transaction for each write, on the same store. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Guid } from '../src/base/guid.ts'
import { sql } from '../src/store/sql/sql.ts'
import { openWriter, type Writer } from '../src/store/sqlite/writer.ts'
import { type Figure, inTurns, median, medianRatio, perSecond, round } from './support/figure.ts'
import { freshFolder } from './support/processes.ts'

const CONNECTIONS = 64
const WRITES = 1280
const ROUNDS = 9
const TARGET = 2

export async function measure(): Promise<readonly Figure[]> {
  const folder = freshFolder()
  const writer = openWriter(join(folder, 'tidemark.db'), { durability: 'full' })
  await writer.runGroup([(tx) => Promise.resolve(tx.run(sql`create table written (id text primary key, name text, versionnumber integer)`))])
  const gathered = () => write(writer, CONNECTIONS)
  const alone = () => write(writer, 1)
  await inTurns(1, gathered, alone)
  const { measured, limit } = await inTurns(ROUNDS, gathered, alone)
  writer.close()
  rmSync(folder, { recursive: true, force: true })
  const ratio = medianRatio(measured, limit)
  return [
    {
      figure: 'durable writes of 64 connections, committed in groups / one transaction for each write',
      measured: perSecond(median(measured)),
      limit: perSecond(median(limit)),
      ratio: round(ratio),
      target: `≥ ${TARGET}`,
      isMet: ratio >= TARGET,
    },
  ]
}

async function write(writer: Writer, size: number): Promise<number> {
  const job = async (tx: Parameters<Parameters<Writer['runGroup']>[0][number]>[0]) => tx.run(sql`insert into written values (${Guid.next()}, ${'a row'}, ${1})`)
  const started = performance.now()
  for (let done = 0; done < WRITES; done += size) await writer.runGroup(Array.from({ length: size }, () => job))
  return WRITES / ((performance.now() - started) / 1000)
}
