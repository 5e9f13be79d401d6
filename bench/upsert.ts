/** PATCH upserts by alternate key, 64 connections, each durable when it is answered, beside a bare `node:http` that reads the body and answers 204. */
import { type Figure, inTurns, median, medianRatio, ms, perSecond, round } from './support/figure.ts'
import { makePartTable, partBody, partPath, upsertParts } from './support/part-table.ts'
import { startBare, startTidemark } from './support/processes.ts'
import { requestText, runLoad } from './support/run-load.ts'

const ROWS = 5000
/** More than two seconds of the fastest machine. */
const NEW_ROWS = 40_000
const ROUNDS = 5
const SECONDS = 2
const TARGET = 0.25
const TARGET_P99_MS = 100

export async function measure(): Promise<readonly Figure[]> {
  await using server = await startTidemark()
  await makePartTable(server.api)
  await upsertParts(server.api, ROWS)
  const known = patches(0, ROWS)
  let next = ROWS
  const unknown = () => {
    next += NEW_ROWS
    return patches(next - NEW_ROWS, NEW_ROWS)
  }
  return [
    ...(await compare('PATCH upsert by alternate key, rows that exist', server.port, () => known)),
    ...(await compare('PATCH upsert by alternate key, new rows', server.port, unknown)),
  ]
}

function patches(from: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => requestText('PATCH', partPath(from + index), JSON.stringify(partBody(from + index, index % 97))))
}

async function compare(figure: string, port: number, requests: () => readonly string[]): Promise<readonly Figure[]> {
  await using bare = await startBare({ status: 204, headers: await headersOfAnswer(port), body: '' })
  const order = { connections: 64, seconds: SECONDS }
  const ours = () => runLoad({ ...order, port, requests: requests() })
  const limit = () => runLoad({ ...order, port: bare.port, requests: requests() })
  await inTurns(1, ours, limit)
  const results = await inTurns(ROUNDS, ours, limit)
  const rates = { ours: results.measured.map(({ rate }) => rate), limit: results.limit.map(({ rate }) => rate) }
  const ratio = medianRatio(rates.ours, rates.limit)
  const p99 = median(results.measured.map((one) => one.p99))
  return [
    {
      figure: `${figure}, 64 connections, durable / bare \`node:http\` PATCH`,
      measured: perSecond(median(rates.ours)),
      limit: perSecond(median(rates.limit)),
      ratio: round(ratio),
      target: `≥ ${TARGET}`,
      isMet: ratio >= TARGET,
    },
    {
      figure: `${figure}: 99th percentile`,
      measured: ms(p99),
      limit: ms(median(results.limit.map((one) => one.p99))),
      ratio: ms(p99),
      target: `≤ ${TARGET_P99_MS} ms`,
      isMet: p99 <= TARGET_P99_MS,
    },
  ]
}

async function headersOfAnswer(port: number): Promise<{ readonly [name: string]: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}${partPath(1)}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: '{"new_stock":1}',
  })
  return Object.fromEntries([...answer.headers].filter(([name]) => !['connection', 'keep-alive', 'date'].includes(name)))
}
