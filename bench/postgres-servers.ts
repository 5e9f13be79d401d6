/** Two server processes at one PostgreSQL beside one: PATCH upserts, 64 connections in all. What the machine's cores allow is measured with it. */
import { cpus } from 'node:os'
import { type Figure, inTurns, median, medianRatio, perSecond, round } from './support/figure.ts'
import { partBody, partPath, upsertParts } from './support/part-table.ts'
import { startAt, startPostgresBench } from './support/postgres.ts'
import { requestText, runLoad } from './support/run-load.ts'

const ROWS = 5000
const ROUNDS = 5
const SECONDS = 2
const WIDTH = 64
const TARGET = 1.6
/** Two servers, the database, and the load each want one. */
const CORES = 6

export async function measure(): Promise<readonly Figure[]> {
  await using bench = await startPostgresBench()
  await upsertParts(bench.server.api, ROWS)
  await using second = await startAt(bench.url)
  let turn = 0
  const load = (port: number, connections: number) => {
    turn++
    const requests = Array.from({ length: ROWS }, (_, number) => requestText('PATCH', partPath(number), JSON.stringify(partBody(number, turn))))
    return runLoad({ port, connections, seconds: SECONDS, requests })
  }
  const one = async () => (await load(bench.server.port, WIDTH)).rate
  const two = async () => {
    const both = await Promise.all([load(bench.server.port, WIDTH / 2), load(second.port, WIDTH / 2)])
    return both[0].rate + both[1].rate
  }
  await inTurns(1, two, one)
  const rates = await inTurns(ROUNDS, two, one)
  const ratio = medianRatio(rates.measured, rates.limit)
  return [
    {
      figure: `PostgreSQL: PATCH upserts at two servers / at one (${cpus().length} cores; two servers, the database and the load want ${CORES})`,
      measured: perSecond(median(rates.measured)),
      limit: perSecond(median(rates.limit)),
      ratio: round(ratio),
      target: `≥ ${TARGET} where cores allow`,
      isMet: ratio >= TARGET,
    },
  ]
}
