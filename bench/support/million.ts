/** A million parts, made once and kept: what costs must not grow with. */
import { apiOf } from '../../test/support/api.ts'
import { makePartTable, PART, upsertParts } from './part-table.ts'
import { keptFolder, startTidemark, type Tidemark } from './processes.ts'

const MILLION = 1_000_000

export function startWithMillion(): Promise<Tidemark> {
  return startWithParts(MILLION)
}

/** The server on a kept folder with that many parts; what is missing is made first. */
export async function startWithParts(count: number): Promise<Tidemark> {
  const server = await startTidemark(keptFolder(`parts-${count}`))
  const api = apiOf(server.api)
  const known = (await api.get(`EntityDefinitions(LogicalName='${PART.name}')`)).status === 200
  if (!known) await makePartTable(server.api)
  const counted = await api.get(`RetrieveTotalRecordCount(EntityNames=@p1)?@p1=["${PART.name}"]`)
  if (counted.body.EntityRecordCountCollection.Values[0] < count) {
    process.stdout.write(`  making ${count.toLocaleString('en-US')} rows, once\n`)
    await upsertParts(server.api, count)
  }
  return server
}
