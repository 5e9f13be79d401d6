/** The writer thread: owns every write and schema edit of a database that is a file. Jobs come in and answers go out as messages. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../base/assert.ts'
import { diffSchemas } from '../schema/schema-diff.ts'
import type { App } from '../server/app.ts'
import { buildKeyIndex } from '../store/sqlite/build-key.ts'
import { purge } from '../store/sqlite/purge.ts'
import { openReaderPool } from '../store/sqlite/reader-pool.ts'
import { openWriteLane } from '../store/sqlite/write-lane.ts'
import { openWriter, runAlone } from '../store/sqlite/writer.ts'
import type { LookupReads } from './bulk-delete.ts'
import { firstStart } from './first-start.ts'
import { collectWhenIdle } from './idle-collection.ts'
import { openWriteService, type WriteJob, type WriteResult } from './write-service.ts'
import type { FromWriter, ToWriter, WriterOptions } from './writer-messages.ts'

const port = parentPort
assert(port, 'writer-thread.ts runs as a worker')
const send = (message: FromWriter) => port.postMessage(message)
const log: App['log'] = (level, details, text) => send({ kind: 'log', level, details, text })

async function main(options: WriterOptions): Promise<void> {
  const writer = openWriter(options.file, { durability: options.durability })
  const start = await firstStart(runAlone(writer))
  let sent = writer.schema()
  let security = writer.security()
  let results: { id: number; result: WriteResult }[] = []
  const lane = openWriteLane(writer, tell)
  const service = await openWriteService({
    lane,
    schema: writer.schema,
    start,
    steps: { folder: options.stepFolder, seconds: options.stepSeconds },
    upkeep: { buildKey: buildKeyIndex, purge },
    openReads: () => openLookupReads(options),
    log,
  })
  collectWhenIdle()

  /** What has been committed, ahead of the answers that were given meanwhile. */
  function tell(): void {
    const schema = writer.schema()
    const diff = schema === sent ? undefined : diffSchemas(sent, schema)
    sent = schema
    const isSecurityChanged = writer.security() !== security
    security = writer.security()
    if (diff || isSecurityChanged || results.length > 0) send({ kind: 'done', isSecurityChanged, schema: diff, results })
    results = []
    if (diff) service.schemaChanged()
  }

  async function answer(id: number, job: WriteJob): Promise<void> {
    const result = await service.answer(job)
    // Most are told of after their group; one that has waited for something else is told of by itself.
    if (results.push({ id, result }) === 1) setImmediate(tell)
  }

  async function close(): Promise<void> {
    await service.close()
    writer.close()
    send({ kind: 'closed' })
  }

  port?.on('message', (message: ToWriter) => {
    if (message.kind === 'close') return void close()
    for (const { id, job } of message.jobs) void answer(id, job)
  })
  send({ kind: 'opened', caller: start.caller, organization: start.organization })
  service.begin()
}

/** A process of its own: a query that runs away is killed, and holds up nobody. */
function openLookupReads({ file, querySeconds }: WriterOptions): LookupReads {
  const pool = openReaderPool(file, { size: 1, timeLimitMs: querySeconds * 1000 })
  const { dialect, positions } = pool
  return { readable: (signal) => ({ dialect, positions, pages: (queries) => pool.pages(queries, signal) }), close: pool.close }
}

main(workerData as WriterOptions).catch((cause) => send({ kind: 'refused', reason: cause instanceof Error ? cause.message : String(cause) }))
