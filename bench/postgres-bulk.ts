/** UpsertMultiple of 1,000 rows at PostgreSQL, beside one statement that takes the same rows from a JSON text, by the raw driver in process. */
import { type Figure, inTurns, median, medianRatio, perSecond, round } from './support/figure.ts'
import { PART, partTargets, upsertParts } from './support/part-table.ts'
import { rateOf, startPostgresBench, upsertRow, upsertText } from './support/postgres.ts'
import { requestText, runLoad } from './support/run-load.ts'

const ROWS = 1000
const KNOWN = 5000
const ROUNDS = 5
const SECONDS = 2
const TARGET = 0.6
/** More than a round takes of new rows. */
const MOST_REQUESTS = 80
const PATH = `/api/data/v9.2/${PART.set}/Microsoft.Dynamics.CRM.UpsertMultiple`

export async function measure(): Promise<readonly Figure[]> {
  await using bench = await startPostgresBench()
  await upsertParts(bench.server.api, KNOWN)
  await bench.pool.query('vacuum analyze')
  const row = await upsertRow(bench.pool)
  const definitions = row.columns.map((_, index) => `"${index}" ${row.types[index]}`).join()
  const source = `select ${row.columns.map((_, index) => `x."${index}"`).join()}, nextval('tidemark_version') from json_to_recordset($1::json) as x(${definitions})`
  const text = upsertText(row, source)
  let next = KNOWN
  let turn = 0

  async function compare(figure: string, isNew: boolean): Promise<Figure> {
    const start = () => {
      if (isNew) next += MOST_REQUESTS * ROWS
      return isNew ? next : 0
    }
    const count = isNew ? MOST_REQUESTS : KNOWN / ROWS
    const ours = async () => {
      const from = start()
      turn++
      const requests = Array.from({ length: count }, (_, index) => requestText('POST', PATH, partTargets(from + index * ROWS, ROWS, turn)))
      return ROWS * (await runLoad({ port: bench.server.port, connections: 1, seconds: SECONDS, requests, once: isNew })).rate
    }
    const limit = async () => {
      const from = start()
      turn++
      const write = (number: number) => {
        const first = from + (isNew ? number : number % count) * ROWS
        const rows = Array.from({ length: ROWS }, (_, index) => Object.fromEntries(row.values(first + index, turn).map((value, at) => [at, value])))
        return bench.pool.query({ name: 'bulk', text, values: [JSON.stringify(rows)] })
      }
      return ROWS * (await rateOf(1, SECONDS, write))
    }
    await inTurns(1, ours, limit)
    const rates = await inTurns(ROUNDS, ours, limit)
    const ratio = medianRatio(rates.measured, rates.limit)
    return {
      figure: `PostgreSQL: UpsertMultiple of 1,000 ${figure} / one statement from JSON by the driver, in process`,
      measured: `${perSecond(median(rates.measured))} rows`,
      limit: `${perSecond(median(rates.limit))} rows`,
      ratio: round(ratio),
      target: `≥ ${TARGET}`,
      isMet: ratio >= TARGET,
    }
  }
  return [await compare('rows that exist', false), await compare('new rows', true)]
}
