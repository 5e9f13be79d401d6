/** A delta page of 5,000 rows over HTTP, beside the same rows as JSON text from SQL, in process, by the statement the server itself uses. */
import { join } from 'node:path'
import { planRead } from '../src/plan/plan-read.ts'
import { parsePrefer } from '../src/protocol/prefer.ts'
import { parseQueryOptions } from '../src/protocol/query-options.ts'
import { runRead } from '../src/store/run-read.ts'
import { openInlineReader } from '../src/store/sqlite/inline.ts'
import { type Figure, inTurns, median, medianRatio, perSecond, round } from './support/figure.ts'
import { makePartTable, PART, upsertParts } from './support/part-table.ts'
import { startTidemark } from './support/processes.ts'

const ROWS = 5000
const ROUNDS = 25
const TARGET = 0.5

export async function measure(): Promise<readonly Figure[]> {
  await using server = await startTidemark()
  await makePartTable(server.api)
  const first = await fetch(`${server.api}/${PART.set}`, { headers: { Prefer: 'odata.track-changes' } })
  const { '@odata.deltaLink': deltaLink } = (await first.json()) as { '@odata.deltaLink': string }
  await upsertParts(server.api, ROWS)
  const reader = openInlineReader(join(server.data, 'tidemark.db'))
  const schema = reader.loadSchema()
  const query = deltaLink.slice(deltaLink.indexOf('?') + 1)
  const overHttp = async () => {
    const started = performance.now()
    const answer = await fetch(deltaLink)
    const bytes = (await answer.arrayBuffer()).byteLength
    return { rate: ROWS / ((performance.now() - started) / 1000), bytes }
  }
  const inProcess = async () => {
    const started = performance.now()
    const read = {
      segments: [{ name: PART.set }],
      options: parseQueryOptions(query),
      preferences: parsePrefer(undefined),
      precondition: { kind: 'none' },
    } as const
    const outcome = await runRead(planRead(read, schema), reader, { now: new Date().toISOString(), schema, links: { apiRoot: server.api } })
    if (outcome.kind !== 'changes') throw new Error(`a delta gave ${outcome.kind}`)
    return { rate: ROWS / ((performance.now() - started) / 1000), bytes: outcome.rows.length }
  }
  await inTurns(5, overHttp, inProcess)
  const { measured, limit } = await inTurns(ROUNDS, overHttp, inProcess)
  reader.close()
  if (measured.some((one, index) => one.bytes < (limit[index]?.bytes ?? 0))) throw new Error('the answer is smaller than its rows')
  const rates = { ours: measured.map((one) => one.rate), limit: limit.map((one) => one.rate) }
  const ratio = medianRatio(rates.ours, rates.limit)
  return [
    {
      figure: 'delta page of 5,000 rows over HTTP / the same rows as JSON text from SQL, in process',
      measured: `${perSecond(median(rates.ours))} rows`,
      limit: `${perSecond(median(rates.limit))} rows`,
      ratio: round(ratio),
      target: `≥ ${TARGET}`,
      isMet: ratio >= TARGET,
    },
  ]
}
