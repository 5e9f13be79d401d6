/** GET of one row by alternate key over HTTP, beside a bare `node:http` that answers the same bytes. */
import { type Figure, inTurns, median, medianRatio, perSecond, round } from './support/figure.ts'
import { PART, makePartTable, partPath, upsertParts } from './support/part-table.ts'
import { startBare, startTidemark } from './support/processes.ts'
import { requestText, runLoad } from './support/run-load.ts'

const ROWS = 5000
const ROUNDS = 5
const SECONDS = 2
const TARGET = 0.5

export async function measure(): Promise<readonly Figure[]> {
  await using server = await startTidemark()
  await makePartTable(server.api)
  await upsertParts(server.api, ROWS)
  return [
    await compare('GET of one row by alternate key, all columns', server.port, ''),
    await compare('GET of one row by alternate key, `$select` of 8', server.port, SELECT),
  ]
}

const SELECT = `?$select=new_name,${PART.key},new_stock,new_price,new_weight,new_active,new_checked,new_note`

async function compare(figure: string, port: number, query: string): Promise<Figure> {
  const paths = Array.from({ length: ROWS }, (_, number) => partPath(number) + query)
  const answer = await fetch(`http://127.0.0.1:${port}${paths[4242]}`)
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !['connection', 'keep-alive', 'date'].includes(name)))
  await using bare = await startBare({ status: 200, headers, body: await answer.text() })
  const order = { connections: 64, seconds: SECONDS, requests: paths.map((path) => requestText('GET', path)) }
  const ours = () => runLoad({ ...order, port })
  const limit = () => runLoad({ ...order, port: bare.port })
  await inTurns(1, ours, limit)
  const rates = await inTurns(
    ROUNDS,
    async () => (await ours()).rate,
    async () => (await limit()).rate,
  )
  const ratio = medianRatio(rates.measured, rates.limit)
  return {
    figure: `${figure}, over HTTP / bare \`node:http\` answering the same bytes`,
    measured: perSecond(median(rates.measured)),
    limit: perSecond(median(rates.limit)),
    ratio: round(ratio),
    target: `≥ ${TARGET}`,
    isMet: ratio >= TARGET,
  }
}
