/** A page of 50 rows behind 10,000 such pages, beside the first, of a table of a million rows: by the table's own order and by name, as OData and as FetchXML. */
import { type Figure, inTurns, median, medianRatio, ms, round } from './support/figure.ts'
import { startWithMillion } from './support/million.ts'
import { PART } from './support/part-table.ts'

const PAGE = 50
const PAGES_BEFORE = 10_000
const STRIDE = 5000
const ROUNDS = 9
const REQUESTS = 60
const TARGET = 1.3

/** Of an answer to FetchXML. */
const COOKIE = 'Microsoft.Dynamics.CRM.fetchxmlpagingcookie'
type Answer = { readonly value: readonly unknown[]; readonly '@odata.nextLink'?: string; readonly [annotation: `@${string}`]: unknown }
/** `next`: where the answer to a page leads, on to a page of `size`. */
type Way = { readonly first: (size: number) => string; readonly next: (answer: Answer, number: number, size: number) => string | undefined }

export async function measure(): Promise<readonly Figure[]> {
  await using server = await startWithMillion()
  const set = `${server.api}/${PART.set}`
  return [
    await compare('in the order of ids', byLink(`${set}?$select=new_name,new_stock`)),
    await compare('ordered by name', byLink(`${set}?$select=new_name,new_stock&$orderby=new_name`)),
    await compare('ordered by name, as FetchXML', byCookie(set)),
  ]
}

function byLink(first: string): Way {
  return { first: () => first, next: (answer) => answer['@odata.nextLink'] }
}

function byCookie(set: string): Way {
  const columns = '<attribute name="new_name"/><attribute name="new_stock"/><order attribute="new_name"/>'
  const url = (attributes: string) => `${set}?fetchXml=${encodeURIComponent(`<fetch ${attributes}><entity name="${PART.name}">${columns}</entity></fetch>`)}`
  return {
    first: (size) => url(`count="${size}" page="1"`),
    next: (answer, number, size) => {
      const encoded = /pagingcookie="([^"]*)"/.exec(String(answer[`@${COOKIE}`]))?.[1]
      if (encoded === undefined) return undefined
      const cookie = decodeURIComponent(decodeURIComponent(encoded)).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
      return url(`count="${size}" page="${number}" paging-cookie="${cookie}"`)
    },
  }
}

async function compare(how: string, way: Way): Promise<Figure> {
  const deep = await pageBehind(way, PAGES_BEFORE * PAGE)
  const first = way.first(PAGE)
  const rates = await inTurns(
    ROUNDS,
    () => took(deep),
    () => took(first),
  )
  const ratio = medianRatio(rates.measured, rates.limit)
  return {
    figure: `a page of ${PAGE} rows behind ${PAGES_BEFORE.toLocaleString('en-US')} pages, ${how} / the first`,
    measured: ms(median(rates.measured)),
    limit: ms(median(rates.limit)),
    ratio: round(ratio),
    target: `≤ ${TARGET}`,
    isMet: ratio <= TARGET,
  }
}

/** By larger pages, which lead to the same place. */
async function pageBehind(way: Way, rows: number): Promise<string> {
  let link = way.first(STRIDE)
  for (let number = 2; (number - 1) * STRIDE <= rows; number++) {
    const answer = await page(link, STRIDE)
    const next = way.next(answer, number, number * STRIDE > rows ? PAGE : STRIDE)
    if (next === undefined) throw new Error(`there are no ${rows} rows`)
    link = next
  }
  return link
}

async function took(link: string): Promise<number> {
  const started = performance.now()
  for (let request = 0; request < REQUESTS; request++) {
    const { value } = await page(link, PAGE)
    if (value.length !== PAGE) throw new Error(`the page holds ${value.length} rows`)
  }
  return (performance.now() - started) / REQUESTS
}

async function page(link: string, size: number): Promise<Answer> {
  const response = await fetch(link, { headers: { Prefer: `odata.maxpagesize=${size},odata.include-annotations="${COOKIE}"` } })
  if (response.status !== 200) throw new Error(await response.text())
  return (await response.json()) as Answer
}
