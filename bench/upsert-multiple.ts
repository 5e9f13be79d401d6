/**
 * UpsertMultiple of 1,000 rows over HTTP, beside the same rows by a prepared statement in one transaction, in process: on a copy of the
 * very database, so with the same columns, indexes, references and durability.
 */
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Guid } from '../src/base/guid.ts'
import { type Figure, inTurns, median, medianRatio, perSecond, round } from './support/figure.ts'
import { makePartTable, PART, partBody, partTargets, upsertParts } from './support/part-table.ts'
import { freshFolder, startTidemark } from './support/processes.ts'
import { requestText, runLoad } from './support/run-load.ts'

const ROWS = 1000
const KNOWN = 5000
const ROUNDS = 5
const SECONDS = 1.5
const TARGET = 0.5
/** More than a round takes of new rows. */
const MOST_REQUESTS = 60
const PATH = `/api/data/v9.2/${PART.set}/Microsoft.Dynamics.CRM.UpsertMultiple`

export async function measure(): Promise<readonly Figure[]> {
  const data = freshFolder()
  const copy = join(data, 'limit.db')
  try {
    const before = await startTidemark(data)
    await makePartTable(before.api)
    await upsertParts(before.api, KNOWN)
    await before.stop()
    copyFileSync(join(data, 'tidemark.db'), copy)
    await using server = await startTidemark(data)
    using database = new DatabaseSync(copy, { enableForeignKeyConstraints: true })
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16384; pragma wal_autocheckpoint = 4000')
    const known = () => 0
    let next = KNOWN
    const unknown = () => {
      next += MOST_REQUESTS * ROWS
      return next
    }
    return [
      await compare('UpsertMultiple of 1,000 rows that exist', server.port, database, known, KNOWN),
      await compare('UpsertMultiple of 1,000 new rows', server.port, database, unknown, MOST_REQUESTS * ROWS),
    ]
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

async function compare(figure: string, port: number, database: DatabaseSync, first: () => number, rows: number): Promise<Figure> {
  let turn = 0
  const ours = async () => {
    const from = first()
    const requests = Array.from({ length: rows / ROWS }, (_, index) => requestText('POST', PATH, partTargets(from + index * ROWS, ROWS, ++turn)))
    return ROWS * (await runLoad({ port, connections: 1, seconds: SECONDS, requests, once: rows > KNOWN })).rate
  }
  const limit = async () => upsertFor(SECONDS, database, first(), rows)
  await inTurns(1, ours, limit)
  const rates = await inTurns(ROUNDS, ours, limit)
  const ratio = medianRatio(rates.measured, rates.limit)
  return {
    figure: `${figure} over HTTP / by prepared statement in one transaction, in process`,
    measured: `${perSecond(median(rates.measured))} rows`,
    limit: `${perSecond(median(rates.limit))} rows`,
    ratio: round(ratio),
    target: `≥ ${TARGET}`,
    isMet: ratio >= TARGET,
  }
}

/** Rows a second. */
function upsertFor(seconds: number, database: DatabaseSync, from: number, rows: number): number {
  const { columns, values } = preparedRow(database)
  const changed = columns.filter((column) => column.startsWith('new_') && column !== PART.id).concat('modifiedon', 'modifiedby', 'versionnumber')
  const upsert = database.prepare(
    `insert into ${PART.name} (${columns.map((column) => `"${column}"`).join()}) values (${columns.map(() => '?').join()})
     on conflict ("${PART.key}$fold") where "${PART.key}$fold" is not null do update set ${changed.map((column) => `"${column}" = excluded."${column}"`).join()}`,
  )
  const started = performance.now()
  let done = 0
  for (; done < rows && performance.now() - started < seconds * 1000; done += ROWS) {
    const batch = Array.from({ length: ROWS }, (_, index) => values(from + done + index))
    database.exec('begin immediate')
    for (const row of batch) upsert.run(...row)
    database.exec('commit')
  }
  return done / ((performance.now() - started) / 1000)
}

type PreparedRow = { readonly columns: readonly string[]; readonly values: (number: number) => SQLInputValue[] }

/** What the server stores of a row: the columns that are not null in one of its own. */
function preparedRow(database: DatabaseSync): PreparedRow {
  const sample = database.prepare(`select * from ${PART.name} limit 1`).get() as Record<string, SQLInputValue>
  const columns = Object.keys(sample).filter((column) => sample[column] !== null)
  let version = Number(sample.versionnumber) + 1e9
  const values = (number: number): SQLInputValue[] => {
    const body = partBody(number, 1)
    const own: Record<string, SQLInputValue> = {
      ...sample,
      ...Object.fromEntries(Object.entries(body).map(([column, value]) => [column, typeof value === 'boolean' ? Number(value) : value])),
      [PART.id]: Guid.next(),
      [PART.key]: `P-${number}`,
      [`${PART.key}$fold`]: `p-${number}`,
      new_name$fold: String(body.new_name).toLowerCase(),
      versionnumber: ++version,
    }
    return columns.map((column) => own[column] ?? null)
  }
  return { columns, values }
}
