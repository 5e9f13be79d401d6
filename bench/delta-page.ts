/** A page of 5,000 changed rows over HTTP, beside the same rows as JSON text from SQL, in process: with the server's own expression, the fastest known. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Figure, inTurns, median, medianRatio, ms, perSecond, round } from './support/figure.ts'
import { makePartTable, PART, upsertParts } from './support/part-table.ts'
import { startTidemark } from './support/processes.ts'
import { requestText, runLoad } from './support/run-load.ts'
import { rowText } from './support/row-text.ts'

const ROWS = 5000
const ROUNDS = 7
const SECONDS = 1
const TARGET = 0.5

export async function measure(): Promise<readonly Figure[]> {
  await using server = await startTidemark()
  await makePartTable(server.api)
  const empty = await fetch(`${server.api}/${PART.set}`, { headers: { Prefer: 'odata.track-changes' } })
  const link = ((await empty.json()) as { '@odata.deltaLink': string })['@odata.deltaLink']
  await upsertParts(server.api, ROWS)
  const path = link.slice(server.url.length)
  const page = (await (await fetch(`${server.url}${path}`)).json()) as { value: unknown[] }
  if (page.value.length !== ROWS) throw new Error(`the delta holds ${page.value.length} rows`)

  using database = new DatabaseSync(join(server.data, 'tidemark.db'), { readOnly: true })
  const statement = database.prepare(
    `select ${rowText(database, PART.name)} as json from ${PART.name} as r where r.versionnumber > 0 order by r.versionnumber limit ${ROWS}`,
  )
  statement.setReturnArrays(true)
  // One connection: a page is made by one process.
  const order = { port: server.port, connections: 1, seconds: SECONDS, requests: [requestText('GET', path)] }
  const ours = async () => ROWS * (await runLoad(order)).rate
  const limit = async () => {
    const started = performance.now()
    let rows = 0
    while (performance.now() - started < SECONDS * 1000) rows += statement.all().length
    return rows / ((performance.now() - started) / 1000)
  }
  await inTurns(1, ours, limit)
  const rates = await inTurns(ROUNDS, ours, limit)
  const ratio = medianRatio(rates.measured, rates.limit)
  const took = (rate: number) => ms((ROWS / rate) * 1000)
  return [
    {
      figure: 'Delta page of 5,000 rows over HTTP / the same rows as JSON text from SQL, in process',
      measured: `${perSecond(median(rates.measured))} rows (${took(median(rates.measured))} a page)`,
      limit: `${perSecond(median(rates.limit))} rows (${took(median(rates.limit))})`,
      ratio: round(ratio),
      target: `≥ ${TARGET}`,
      isMet: ratio >= TARGET,
    },
  ]
}
