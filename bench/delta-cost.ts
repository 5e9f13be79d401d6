/** C7: a delta of 100 changes costs the same in a table of a million rows as in one of ten thousand. */
import { type Figure, inTurns, median, medianRatio, ms, round } from './support/figure.ts'
import { startWithMillion, startWithParts } from './support/million.ts'
import { PART, upsertParts } from './support/part-table.ts'

const SMALL = 10_000
const CHANGES = 100
const ROUNDS = 60
const TARGET = 1.3

export async function measure(): Promise<readonly Figure[]> {
  await using large = await startWithMillion()
  await using small = await startWithParts(SMALL)
  const links = [await linkBeforeChanges(large.api), await linkBeforeChanges(small.api)] as const
  const read = (link: string) => async () => {
    const started = performance.now()
    const { value } = (await (await fetch(link)).json()) as { value: unknown[] }
    if (value.length !== CHANGES) throw new Error(`${value.length} changes instead of ${CHANGES}`)
    return performance.now() - started
  }
  await inTurns(10, read(links[0]), read(links[1]))
  const { measured, limit } = await inTurns(ROUNDS, read(links[0]), read(links[1]))
  const ratio = medianRatio(measured, limit)
  return [
    {
      figure: 'delta of 100 changes in 1,000,000 rows / in 10,000 rows',
      measured: ms(median(measured)),
      limit: ms(median(limit)),
      ratio: round(ratio),
      target: `≤ ${TARGET}`,
      isMet: ratio <= TARGET,
    },
  ]
}

/** The first read is paged to its end, as a client does; its token is of the beginning. */
async function linkBeforeChanges(api: string): Promise<string> {
  let link = `${api}/${PART.set}?$select=${PART.key}`
  for (;;) {
    const page = (await (await fetch(link, { headers: { Prefer: 'odata.track-changes' } })).json()) as {
      '@odata.nextLink'?: string
      '@odata.deltaLink'?: string
    }
    if (page['@odata.deltaLink'] !== undefined) {
      await upsertParts(api, CHANGES, Math.floor(Math.random() * 1e6))
      return page['@odata.deltaLink']
    }
    link = page['@odata.nextLink'] ?? ''
  }
}
