/**
 * A page of 5,000 rows for users whose rights reach down a tree of business units, beside the same page for the administrator, over HTTP
 * and in the same run: by the table's own order and by name, for one who may read all of 100,000 rows and one who may read a fifth.
 */
import { type Company, PARTS, startCompany } from './support/company.ts'
import { type Figure, inTurns, median, medianRatio, ms, round } from './support/figure.ts'
import { PART } from './support/part-table.ts'
import { requestText, runLoad } from './support/run-load.ts'

const ROWS = 5000
const ROUNDS = 9
const SECONDS = 1
const TARGET = 1.2

export async function measure(): Promise<readonly Figure[]> {
  const company = await startCompany()
  await using _ = company.server
  const figures: Figure[] = []
  for (const [how, order] of [
    ['in the order of ids', ''],
    ['ordered by name', '?$orderby=new_name'],
  ] as const) {
    const query = `/api/data/v9.2/${PART.set}${order}`
    figures.push(await compare(company, query, company.director, `all of ${PARTS.toLocaleString('en-US')} rows, ${how}`))
    figures.push(await compare(company, query, company.head, `a fifth of ${PARTS.toLocaleString('en-US')} rows, ${how}`))
  }
  return figures
}

async function compare({ server }: Company, path: string, user: string, who: string): Promise<Figure> {
  const order = (headers: Readonly<Record<string, string>>) => ({
    port: server.port,
    connections: 1,
    seconds: SECONDS,
    requests: [requestText('GET', path, undefined, headers)],
  })
  const headers = { Prefer: `odata.maxpagesize=${ROWS}` }
  const acting = { ...headers, MSCRMCallerID: user }
  const page = (await (await fetch(`${server.url}${path}`, { headers: acting })).json()) as { readonly value: readonly unknown[] }
  if (page.value.length !== ROWS) throw new Error(`the page holds ${page.value.length} rows`)
  const took = async (of: Readonly<Record<string, string>>) => 1000 / (await runLoad(order(of))).rate
  await inTurns(
    1,
    () => took(acting),
    () => took(headers),
  )
  const times = await inTurns(
    ROUNDS,
    () => took(acting),
    () => took(headers),
  )
  const ratio = medianRatio(times.measured, times.limit)
  return {
    figure: `a page of ${ROWS.toLocaleString('en-US')} rows for a user who may read ${who} / for the administrator`,
    measured: ms(median(times.measured)),
    limit: ms(median(times.limit)),
    ratio: round(ratio),
    target: `≤ ${TARGET}`,
    isMet: ratio <= TARGET,
  }
}
