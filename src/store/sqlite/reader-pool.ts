/**
 * A small pool of reader processes. `node:sqlite` cannot be interrupted, and a thread inside a statement cannot be stopped; a process can.
 * A read past its limit has its process killed and is refused; nobody else waits for it.
 *
 * Processes are started when they are needed; one is kept ready (it starts in 50 ms), the others end after a while without work.
 */
import { fail } from '../../protocol/errors.ts'
import type { Page, PageQuery, Readable } from '../sql/connection.ts'
import { sqliteDialect } from './dialect.ts'
import { renderQuery, type RenderedQuery } from './driver.ts'
import { ReaderEnded, startReader, type Reader } from './reader.ts'

export type ReaderPool = Readable & {
  /** With a signal: a client that has gone away gives its reader back. */
  readonly pages: (queries: readonly PageQuery[], signal?: AbortSignal) => Promise<Page[]>
  readonly close: () => Promise<void>
  /** Processes that take reads now. */
  readonly readers: () => number
}

export type ReaderPoolOptions = {
  /** Processes at the most. */
  readonly size: number
  readonly timeLimitMs: number
  /** Reads that may wait for a process. */
  readonly maxWaiting?: number
}

type Task = {
  readonly queries: readonly RenderedQuery[]
  readonly answer: PromiseWithResolvers<Page[]>
  retried: boolean
  isOver: boolean
  /** Set while a reader works on it. */
  hurry?: (() => void) | undefined
}
type Seat = { readonly reader: Reader; busyMs: number; idleTimer?: NodeJS.Timeout | undefined }

const MAX_WAITING = 500
/** An idle process beyond the first one. */
const IDLE_MS = 30_000
/** The last one gives its memory back. */
const REST_MS = 2_000
/** A client that has gone away is no reason to kill a process which is about to answer. */
const ABORTED_GRACE_MS = 250

export function openReaderPool(path: string, { size, timeLimitMs, maxWaiting = MAX_WAITING }: ReaderPoolOptions): ReaderPool {
  // A process may work for two limits, then another takes its place; the last query takes it to three. Beyond is only an orphan.
  const lifetimeMs = 2 * timeLimitMs
  const processorSeconds = Math.ceil((4 * timeLimitMs) / 1000) + 5
  const processes = new Set<Reader>()
  /** Those that take work: not the ones being killed or ending. */
  const seats = new Set<Seat>()
  const idle: Seat[] = []
  const waiting: Task[] = []
  let isClosed = false

  function pages(queries: readonly PageQuery[], signal?: AbortSignal): Promise<Page[]> {
    if (isClosed) return Promise.reject(fail('Unavailable', 'The server is stopping.'))
    if (waiting.length >= maxWaiting) return Promise.reject(fail('Unavailable', 'Too many reads are waiting. Try again later.'))
    if (signal?.aborted) return Promise.reject(signal.reason)
    const task: Task = { queries: queries.map(renderQuery), answer: Promise.withResolvers(), retried: false, isOver: false }
    if (signal) abandonOn(signal, task)
    waiting.push(task)
    assign()
    return task.answer.promise
  }
  function abandonOn(signal: AbortSignal, task: Task): void {
    const abandon = () => {
      finish(task, () => task.answer.reject(signal.reason))
      task.hurry?.()
    }
    signal.addEventListener('abort', abandon, { once: true })
    task.answer.promise.finally(() => signal.removeEventListener('abort', abandon)).catch(() => {})
  }
  function assign(): void {
    for (let task = waiting[0]; task; task = waiting[0]) {
      if (task.isOver) {
        waiting.shift()
        continue
      }
      const seat = idle.pop() ?? (seats.size < size ? start() : undefined)
      if (!seat) return
      waiting.shift()
      void run(seat, task)
    }
  }
  function start(): Seat {
    const seat: Seat = { reader: startReader(path, processorSeconds), busyMs: 0 }
    seats.add(seat)
    processes.add(seat.reader)
    void seat.reader.whenEnded.then(() => leave(seat))
    return seat
  }
  function leave(seat: Seat): void {
    processes.delete(seat.reader)
    retire(seat)
    assign()
  }
  function retire(seat: Seat): void {
    clearTimeout(seat.idleTimer)
    seats.delete(seat)
    const index = idle.indexOf(seat)
    if (index >= 0) idle.splice(index, 1)
  }
  async function run(seat: Seat, task: Task): Promise<void> {
    clearTimeout(seat.idleTimer)
    const startedAt = performance.now()
    let isRunning = true
    const timer = setTimeout(() => {
      finish(task, () => task.answer.reject(fail('QueryTimedOut')))
      replace(seat)
    }, timeLimitMs)
    // The limit is the query's: a process that has still to start begins it anew.
    void seat.reader.whenReady.then(() => isRunning && timer.refresh())
    task.hurry = () => setTimeout(() => task.hurry && replace(seat), ABORTED_GRACE_MS).unref()
    try {
      const answer = await seat.reader.ask({ kind: 'pages', queries: task.queries })
      finish(task, () => task.answer.resolve([...answer]))
    } catch (error) {
      if (error instanceof ReaderEnded) retry(task, error)
      else finish(task, () => task.answer.reject(error))
    } finally {
      isRunning = false
      clearTimeout(timer)
      task.hurry = undefined
      seat.busyMs += performance.now() - startedAt
    }
    release(seat)
  }
  /** A process that was killed from outside, for memory perhaps: once more, then it is the query's fault. */
  function retry(task: Task, error: Error): void {
    if (task.retried) return finish(task, () => task.answer.reject(error))
    task.retried = true
    waiting.unshift(task)
  }
  function replace(seat: Seat): void {
    retire(seat)
    seat.reader.kill()
    keepOneReady()
  }
  function release(seat: Seat): void {
    if (!seats.has(seat)) return assign()
    if (seat.busyMs > lifetimeMs) {
      retire(seat)
      seat.reader.end()
      return keepOneReady()
    }
    idle.push(seat)
    assign()
    if (idle.includes(seat)) seat.idleTimer = setTimeout(() => rest(seat), REST_MS).unref()
  }
  function keepOneReady(): void {
    assign()
    if (!isClosed && seats.size === 0) release(start())
  }
  function rest(seat: Seat): void {
    seat.reader.rest()
    seat.idleTimer = setTimeout(() => {
      if (seats.size === 1) return
      retire(seat)
      seat.reader.end()
    }, IDLE_MS).unref()
  }
  async function close(): Promise<void> {
    isClosed = true
    for (const task of waiting.splice(0)) finish(task, () => task.answer.reject(fail('Unavailable', 'The server is stopping.')))
    for (const reader of processes) reader.end()
    await Promise.all([...processes].map((reader) => reader.whenEnded))
  }
  keepOneReady()
  return { dialect: sqliteDialect, pages, close, readers: () => seats.size }
}

function finish(task: Task, settle: () => void): void {
  if (!task.isOver) settle()
  task.isOver = true
}
