/** A filtered, ordered page of 50 rows with one expand over HTTP, beside the same SQL in process, prepared once. */
import { join } from 'node:path'
import { type Figure, inTurns, median, medianRatio, ms, perSecond, round } from './support/figure.ts'
import { makePartTable, PART, upsertParts } from './support/part-table.ts'
import { startTidemark } from './support/processes.ts'
import { pageStatement } from './support/page-statement.ts'
import { requestText, runLoad } from './support/run-load.ts'

const ROWS = 20_000
const PAGE = 50
const ROUNDS = 7
const SECONDS = 1
const TARGET = 0.5
const QUERY =
  '$select=new_name,new_number,new_stock,new_weight,new_active,new_checked,new_note&$filter=new_stock%20ge%20500' +
  `&$orderby=new_name&$expand=createdby($select=fullname,domainname)&$top=${PAGE}`

export async function measure(): Promise<readonly Figure[]> {
  await using server = await startTidemark()
  await makePartTable(server.api)
  await upsertParts(server.api, ROWS)
  const path = `/api/data/v9.2/${PART.set}?${QUERY}`
  const answer = (await (await fetch(server.url + path)).json()) as { readonly value: readonly { readonly createdby: unknown }[] }
  if (answer.value.length !== PAGE || answer.value.some(({ createdby }) => !createdby)) throw new Error(`the page holds ${answer.value.length} rows`)

  using statement = pageStatement(join(server.data, 'tidemark.db'), PART.set, QUERY)
  const limit = async () => {
    const started = performance.now()
    let pages = 0
    for (; performance.now() - started < SECONDS * 1000; pages++) if (statement.run().length < PAGE) throw new Error('the page is short')
    return pages / ((performance.now() - started) / 1000)
  }
  const figures: Figure[] = []
  for (const connections of [1, 16]) {
    const order = { port: server.port, connections, seconds: SECONDS, requests: [requestText('GET', path)] }
    const ours = async () => (await runLoad(order)).rate
    await inTurns(1, ours, limit)
    figures.push(figureOf(connections, await inTurns(ROUNDS, ours, limit)))
  }
  return figures
}

function figureOf(connections: number, rates: { readonly measured: readonly number[]; readonly limit: readonly number[] }): Figure {
  const ratio = medianRatio(rates.measured, rates.limit)
  return {
    figure: `a filtered, ordered page of 50 rows with one expand over HTTP, ${connections === 1 ? 'one connection' : `${connections} connections`} / the same SQL in process`,
    measured: perSecond(median(rates.measured)),
    limit: `${perSecond(median(rates.limit))} (${ms(1000 / median(rates.limit))} a page)`,
    ratio: round(ratio),
    target: `≥ ${TARGET}`,
    isMet: ratio >= TARGET,
  }
}
