/** GET and PATCH by alternate key at PostgreSQL, 64 connections, beside the same statement by the raw driver in process, as many at a time. */
import { type Figure, inTurns, median, medianRatio, perSecond, round } from './support/figure.ts'
import { partBody, partPath, PART, upsertParts } from './support/part-table.ts'
import { type PostgresBench, rateOf, serverStatement, startPostgresBench, upsertRow, upsertText } from './support/postgres.ts'
import { requestText, runLoad } from './support/run-load.ts'

const ROWS = 5000
const ROUNDS = 5
const SECONDS = 2
const WIDTH = 64

export async function measure(): Promise<readonly Figure[]> {
  await using bench = await startPostgresBench()
  await upsertParts(bench.server.api, ROWS)
  await bench.pool.query('vacuum analyze')
  return [await measureGet(bench), await measurePatch(bench)]
}

async function measureGet({ server, pool }: PostgresBench): Promise<Figure> {
  const { text, values } = await serverStatement(pool, `${PART.set}(${PART.key}='P-1')`)
  const requests = Array.from({ length: ROWS }, (_, number) => requestText('GET', partPath(number)))
  const rest = values.slice(0, -1)
  return await compare(
    'GET of one row by alternate key',
    0.4,
    async () => (await runLoad({ port: server.port, connections: WIDTH, seconds: SECONDS, requests })).rate,
    () => rateOf(WIDTH, SECONDS, (number) => pool.query({ name: 'get', text, values: [...rest, `p-${number % ROWS}`] })),
  )
}

async function measurePatch({ server, pool }: PostgresBench): Promise<Figure> {
  const row = await upsertRow(pool)
  const text = upsertText(row, `values (${row.columns.map((_, index) => `$${index + 1}`).join()}, nextval('tidemark_version'))`)
  let turn = 0
  const requests = () => {
    turn++
    return Array.from({ length: ROWS }, (_, number) => requestText('PATCH', partPath(number), JSON.stringify(partBody(number, turn))))
  }
  return await compare(
    'PATCH upsert by alternate key, rows that exist, durable',
    0.5,
    async () => (await runLoad({ port: server.port, connections: WIDTH, seconds: SECONDS, requests: requests() })).rate,
    () => rateOf(WIDTH, SECONDS, (number) => pool.query({ name: 'upsert', text, values: [...row.values(number % ROWS, turn)] })),
  )
}

async function compare(figure: string, target: number, ours: () => Promise<number>, limit: () => Promise<number>): Promise<Figure> {
  await inTurns(1, ours, limit)
  const rates = await inTurns(ROUNDS, ours, limit)
  const ratio = medianRatio(rates.measured, rates.limit)
  return {
    figure: `PostgreSQL: ${figure}, ${WIDTH} connections / the same statement by the driver, in process`,
    measured: perSecond(median(rates.measured)),
    limit: perSecond(median(rates.limit)),
    ratio: round(ratio),
    target: `≥ ${target}`,
    isMet: ratio >= target,
  }
}
