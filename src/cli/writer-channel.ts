/**
 * The main thread's end of the writer: jobs go over in bunches, one message for all that came in the same turn of the event loop;
 * what has gathered by the time the writer takes its next group is committed together.
 */
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { fail } from '../protocol/errors.ts'
import type { SchemaDiff } from '../schema/schema-diff.ts'
import type { App } from '../server/app.ts'
import type { FirstStart } from './first-start.ts'
import { type WriteJob, type WriteResult, type Writes, writesBy } from './write-service.ts'
import type { FromWriter, ToWriter, WriterOptions } from './writer-messages.ts'

export type WriterChannel = Writes & {
  readonly opened: FirstStart
  readonly waiting: () => number
  readonly close: () => Promise<void>
}

export type WriterEvents = {
  /** Something was committed and is about to be answered. */
  readonly committed: () => void
  readonly schemaChanged: (diff: SchemaDiff) => void
  readonly securityChanged: () => void
  readonly log: App['log']
  /** The thread died: nothing can be written any more, the process must end. */
  readonly died: (cause: Error) => void
}

// Beyond this the server says so instead of gathering without bound: at 10,000 writes a second it is two seconds of work.
const MAX_WAITING = 20_000

/**
 * So many jobs go over without waiting for the rest of their turn: while the writer is at work on them this thread makes ready the next.
 * Where all of a turn went over together, the two took turns, and 64 connections were served at two thirds of the rate.
 */
const BUNCH = 16

/** Beside this file, in source and in what `npm run build` makes of it. */
const ENTRY = join(import.meta.dirname, `writer-thread${extname(import.meta.filename)}`)

// What jobs leave behind lives shortly: more room made none of them faster, and the thread larger by 10 MB.
const YOUNG_MB = 12

export async function openWriterChannel(options: WriterOptions, events: WriterEvents): Promise<WriterChannel> {
  const worker = new Worker(ENTRY, { workerData: options, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } })
  const waiting = new Map<number, { resolve: (result: WriteResult) => void; reject: (cause: Error) => void }>()
  let outbox: { id: number; job: WriteJob }[] = []
  let lastId = 0
  let closing = false
  let isOpen = false
  const opened = Promise.withResolvers<FirstStart>()
  const closed = Promise.withResolvers<void>()

  const post = (message: ToWriter) => worker.postMessage(message)

  function flush(): void {
    if (outbox.length === 0) return
    const jobs = outbox
    outbox = []
    post({ kind: 'jobs', jobs })
  }

  function run(job: WriteJob): Promise<WriteResult> {
    if (closing || waiting.size >= MAX_WAITING) return Promise.reject(fail('Unavailable', closing ? 'The server is stopping.' : 'Too many writes are waiting.'))
    const id = ++lastId
    const { promise, resolve, reject } = Promise.withResolvers<WriteResult>()
    waiting.set(id, { resolve, reject })
    const gathered = outbox.push({ id, job })
    if (gathered === 1) setImmediate(flush)
    if (gathered === BUNCH) flush()
    return promise
  }

  function receive(message: FromWriter) {
    switch (message.kind) {
      case 'opened':
        isOpen = true
        return opened.resolve(message)
      case 'refused':
        return opened.reject(new Error(message.reason))
      case 'done':
        events.committed()
        if (message.schema) events.schemaChanged(message.schema)
        if (message.isSecurityChanged) events.securityChanged()
        for (const { id, result } of message.results) {
          waiting.get(id)?.resolve(result)
          waiting.delete(id)
        }
        return
      case 'log':
        return events.log(message.level, message.details, message.text)
      case 'closed':
        return closed.resolve()
    }
  }

  function end(cause: Error): void {
    opened.reject(cause)
    for (const { reject } of waiting.values()) reject(fail('Unavailable', 'The server is stopping.'))
    waiting.clear()
    if (closing) closed.resolve()
    // Before it opened, `opened` tells whoever starts it.
    else if (isOpen) events.died(cause)
  }

  worker.on('message', receive)
  worker.on('error', (cause) => end(cause as Error))
  worker.on('exit', (code) => end(new Error(`the writer thread ended with code ${code}`)))

  async function close(): Promise<void> {
    if (outbox.length > 0) flush()
    closing = true
    post({ kind: 'close' })
    await closed.promise
    await worker.terminate()
  }

  return {
    opened: await opened.promise,
    ...writesBy(run),
    waiting: () => waiting.size,
    close,
  }
}
