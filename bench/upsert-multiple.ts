/**
 * UpsertMultiple of 1,000 new rows over HTTP, beside the very rows it wrote inserted by a prepared statement in one transaction, in process:
 * the same table and indexes, the same durability.
 */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { type Figure, median, medianRatio, perSecond, round } from './support/figure.ts'
import { makePartTable, PART, partTargets } from './support/part-table.ts'
import { startTidemark } from './support/processes.ts'

const ROWS = 1000
const ROUNDS = 25
const WARM_UP = 15
const TARGET = 0.5

export async function measure(): Promise<readonly Figure[]> {
  await using server = await startTidemark()
  await makePartTable(server.api)
  const source = new DatabaseSync(join(server.data, 'tidemark.db'), { readOnly: true })
  const copy = emptyCopy(source, join(server.data, 'copy.db'))
  const rates = { ours: [] as number[], limit: [] as number[] }
  for (let turn = 0; turn < ROUNDS + WARM_UP; turn++) {
    const ours = await overHttp(server.api, turn * ROWS)
    const rows = source.prepare(`select * from ${PART.name} order by versionnumber desc limit ${ROWS}`).all() as Record<string, null | number | string>[]
    const limit = inProcess(copy, rows)
    // The first rounds warm both up.
    if (turn < WARM_UP) continue
    rates.ours.push(ROWS / ours)
    rates.limit.push(ROWS / limit)
  }
  source.close()
  copy.close()
  const ratio = medianRatio(rates.ours, rates.limit)
  return [
    {
      figure: 'UpsertMultiple of 1,000 new rows over HTTP / the same rows by prepared statement in one transaction, in process',
      measured: perSecond(median(rates.ours)),
      limit: perSecond(median(rates.limit)),
      ratio: round(ratio),
      target: `≥ ${TARGET}`,
      isMet: ratio >= TARGET,
    },
  ]
}

async function overHttp(api: string, from: number): Promise<number> {
  const body = partTargets(from, ROWS)
  const started = performance.now()
  const answer = await fetch(`${api}/${PART.set}/Microsoft.Dynamics.CRM.UpsertMultiple`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  })
  if (answer.status !== 204) throw new Error(`${answer.status}: ${await answer.text()}`)
  return (performance.now() - started) / 1000
}

function emptyCopy(source: DatabaseSync, file: string): DatabaseSync {
  const copy = new DatabaseSync(file, { enableForeignKeyConstraints: false })
  copy.exec('pragma journal_mode = wal; pragma synchronous = full')
  for (const { sql } of source.prepare(`select sql from sqlite_schema where tbl_name = '${PART.name}' and sql is not null`).all()) copy.exec(String(sql))
  return copy
}

function inProcess(copy: DatabaseSync, rows: readonly Record<string, null | number | string>[]): number {
  const columns = Object.keys(rows[0] ?? {})
  const insert = copy.prepare(`insert into ${PART.name} (${columns.map((name) => `"${name}"`).join(', ')}) values (${columns.map(() => '?').join(', ')})`)
  const started = performance.now()
  copy.exec('begin immediate')
  for (const row of rows) insert.run(...columns.map((name) => row[name] ?? null))
  copy.exec('commit')
  return (performance.now() - started) / 1000
}
