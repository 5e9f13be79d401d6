/** At PostgreSQL: a delta page of 5,000 rows beside the same JSON from SQL; and a small delta in a large table beside one in a small table (C7). */
import { type Figure, inTurns, median, medianRatio, ms, perSecond, round } from './support/figure.ts'
import { PART, upsertParts } from './support/part-table.ts'
import { type PostgresBench, rateOf, serverStatement, startPostgresBench } from './support/postgres.ts'
import { requestText, runLoad } from './support/run-load.ts'

const PAGE = 5000
const SMALL = 10_000
const LARGE = 300_000
const CHANGES = 100
const ROUNDS = 7
const DELTAS = 60
const SECONDS = 1.5

export async function measure(): Promise<readonly Figure[]> {
  await using bench = await startPostgresBench()
  const page = await measurePage(bench)
  await upsertParts(bench.server.api, SMALL)
  const inSmall = await measureSmallDeltas(bench)
  await upsertParts(bench.server.api, LARGE)
  await bench.pool.query('vacuum analyze')
  const inLarge = await measureSmallDeltas(bench)
  const ratio = inLarge / inSmall
  const cost = {
    figure: `PostgreSQL: delta of ${CHANGES} changes in ${LARGE.toLocaleString('en-US')} rows / in ${SMALL.toLocaleString('en-US')} rows`,
    measured: ms(inLarge),
    limit: ms(inSmall),
    ratio: round(ratio),
    target: '≤ 1.3',
    isMet: ratio <= 1.3,
  }
  return [page, cost]
}

async function measurePage({ server, pool }: PostgresBench): Promise<Figure> {
  const path = (await linkOf(server.api)).slice(server.url.length)
  await upsertParts(server.api, PAGE)
  await pool.query('vacuum analyze')
  const { text, values } = await serverStatement(pool, PART.set)
  const order = { port: server.port, connections: 1, seconds: SECONDS, requests: [requestText('GET', path)] }
  const ours = async () => PAGE * (await runLoad(order)).rate
  const limit = async () => PAGE * (await rateOf(1, SECONDS, () => pool.query({ name: 'page', text, values: [...values], rowMode: 'array' })))
  await inTurns(1, ours, limit)
  const rates = await inTurns(ROUNDS, ours, limit)
  const ratio = medianRatio(rates.measured, rates.limit)
  return {
    figure: 'PostgreSQL: delta page of 5,000 rows over HTTP / the same JSON from SQL by the driver, in process',
    measured: `${perSecond(median(rates.measured))} rows`,
    limit: `${perSecond(median(rates.limit))} rows`,
    ratio: round(ratio),
    target: '≥ 0.6',
    isMet: ratio >= 0.6,
  }
}

/** Milliseconds, the median. */
async function measureSmallDeltas({ server }: PostgresBench): Promise<number> {
  const link = await linkOf(server.api)
  await upsertParts(server.api, CHANGES, Math.floor(Math.random() * 1e6))
  const times: number[] = []
  for (let round = 0; round < DELTAS; round++) {
    const started = performance.now()
    const { value } = (await (await fetch(link)).json()) as { value: unknown[] }
    if (value.length !== CHANGES) throw new Error(`${value.length} changes instead of ${CHANGES}`)
    times.push(performance.now() - started)
  }
  return median(times.slice(DELTAS / 6))
}

/** Of where the table stands now: the first read is paged to its end, as a client does. */
async function linkOf(api: string): Promise<string> {
  for (let link = `${api}/${PART.set}?$select=${PART.key}`; ; ) {
    const page = (await (await fetch(link, { headers: { Prefer: 'odata.track-changes' } })).json()) as {
      '@odata.nextLink'?: string
      '@odata.deltaLink'?: string
    }
    if (page['@odata.deltaLink'] !== undefined) return page['@odata.deltaLink'].replace(/\$select=[^&]*&/, '')
    link = page['@odata.nextLink'] ?? ''
  }
}
