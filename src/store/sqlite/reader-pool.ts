/**
 * A small pool of reader processes. `node:sqlite` cannot be interrupted, and a thread inside a statement cannot be stopped; a process can.
 * A read past its limit has its process killed and is refused; nobody else waits for it.
 *
 * Processes are started when they are needed; one is kept ready (it starts in 70 ms), the others end after a while without work.
 * Where long queries keep them all busy, who waits is tried for a second in one process more: short reads get through, whatever runs away.
 */
import { type DataverseError, fail } from '../../protocol/errors.ts'
import type { Page, PageQuery, Readable } from '../sql/connection.ts'
import { sqliteDialect } from './dialect.ts'
import { sqlitePositions } from './position.ts'
import { type RenderedQuery, renderQuery } from './driver.ts'
import { type Reader, ReaderEnded, startReader } from './reader.ts'

/** A `Readable`. */
export type ReaderPool = {
  readonly dialect: Readable['dialect']
  readonly positions: Readable['positions']
  /** With a signal: a client that has gone away gives its reader back. */
  readonly pages: (queries: readonly PageQuery[], signal?: AbortSignal) => Promise<Page[]>
  /** Processes that take reads now. */
  readonly readers: () => number
  /** What waits is refused, what runs is answered. */
  readonly close: () => Promise<void>
}

export type ReaderPoolOptions = {
  /** Processes at the most. */
  readonly size: number
  readonly timeLimitMs: number
  /** Bytes of an answer at the most. */
  readonly answerBytes?: number
  /** Reads that may wait for a process. */
  readonly maxWaiting?: number
}

const MAX_WAITING = 500
/** What is kept of an answer while it is made stays below a gigabyte, in a reader and in the server. */
const ANSWER_BYTES = 256 * 1024 * 1024
const IDLE_MS = 10_000
const START_MS = 60_000
/** A fresh process has 52 MB, one that has read large pages 110, and neither collection nor trimming brings it down by more than 10. */
const FRESH_BYTES = 64 * 1024 * 1024
/** After this long in the queue a read is tried in the express process, for so long. */
const PATIENCE_MS = 250
const EXPRESS_MS = 1_000
/** A client that has gone away is no reason to kill a process which is about to answer. */
const ABORTED_GRACE_MS = 250

export function openReaderPool(path: string, { size, timeLimitMs, maxWaiting = MAX_WAITING, answerBytes = ANSWER_BYTES }: ReaderPoolOptions): ReaderPool {
  const pool = new Pool(path, size, timeLimitMs, maxWaiting, answerBytes)
  pool.keepOneReady()
  return {
    dialect: sqliteDialect,
    positions: sqlitePositions,
    pages: (queries, signal) => pool.pages(queries.map(renderQuery), signal),
    readers: () => pool.readers,
    close: () => pool.close(),
  }
}

type Task = {
  readonly queries: readonly RenderedQuery[]
  readonly answer: PromiseWithResolvers<Page[]>
  isRetried: boolean
  /** It was tried in the express process, and did not end there in time. */
  isSlow: boolean
  isOver: boolean
  /** While a reader works on it: have that stopped soon. */
  hurry?: (() => void) | undefined
}

/** A process that takes work: not one that is being killed or ending. */
type Seat = {
  readonly reader: Reader
  /** It may have had to compile its files: 80 MB. */
  readonly isFirst: boolean
  readonly isExpress: boolean
  busyMs: number
  idleTimer?: NodeJS.Timeout | undefined
}

class Pool {
  readonly #path: string
  readonly #size: number
  readonly #timeLimitMs: number
  readonly #maxWaiting: number
  readonly #answerBytes: number
  readonly #processes = new Set<Reader>()
  readonly #seats = new Set<Seat>()
  readonly #idle: Seat[] = []
  readonly #waiting: Task[] = []
  /** Beyond `#size`. */
  #express: Seat | undefined
  #isExpressBusy = false
  #expressTimer: NodeJS.Timeout | undefined
  #hasStarted = false
  #isClosed = false

  constructor(path: string, size: number, timeLimitMs: number, maxWaiting: number, answerBytes: number) {
    this.#path = path
    this.#size = size
    this.#timeLimitMs = timeLimitMs
    this.#maxWaiting = maxWaiting
    this.#answerBytes = answerBytes
  }

  get readers(): number {
    return this.#seats.size
  }

  pages(queries: readonly RenderedQuery[], signal: AbortSignal | undefined): Promise<Page[]> {
    if (this.#isClosed) return Promise.reject(stopping())
    if (this.#waiting.length >= this.#maxWaiting) return Promise.reject(fail('Unavailable', 'Too many reads are waiting. Try again later.'))
    if (signal?.aborted) return Promise.reject(signal.reason)
    const task: Task = { queries, answer: Promise.withResolvers(), isRetried: false, isSlow: false, isOver: false }
    if (signal) abandonOn(signal, task)
    this.#waiting.push(task)
    this.#assign()
    return task.answer.promise
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#expressTimer)
    for (const task of this.#waiting.splice(0)) finish(task, () => task.answer.reject(stopping()))
    for (const reader of this.#processes) reader.end()
    await Promise.all([...this.#processes].map((reader) => reader.whenEnded))
  }

  keepOneReady(): void {
    this.#assign()
    if (!this.#isClosed && this.#seats.size === 0) this.#release(this.#start())
  }

  #assign(): void {
    for (let task = this.#waiting[0]; task; task = this.#waiting[0]) {
      const seat = task.isOver ? undefined : (this.#idle.pop() ?? (this.#seats.size < this.#size ? this.#start() : undefined))
      if (!seat && !task.isOver) break
      this.#waiting.shift()
      if (seat) void this.#run(seat, task)
    }
    if (this.#waiting.length > 0) this.#expressSoon()
  }

  #expressSoon(): void {
    if (this.#isClosed || this.#isExpressBusy) return
    this.#expressTimer ??= setTimeout(() => {
      this.#expressTimer = undefined
      this.#runExpress()
    }, PATIENCE_MS)
  }

  #runExpress(): void {
    const index = this.#waiting.findIndex((task) => !task.isSlow && !task.isOver)
    const task = this.#waiting[index]
    if (!task || this.#isClosed || this.#isExpressBusy) return
    this.#waiting.splice(index, 1)
    this.#isExpressBusy = true
    this.#express ??= this.#start(true)
    void this.#run(this.#express, task)
  }

  /** A process may work for two limits, then another takes its place; its last read takes it to three. Who works longer is an orphan. */
  #start(isExpress = false): Seat {
    const processorSeconds = Math.ceil((4 * this.#timeLimitMs) / 1000) + 5
    const reader = startReader(this.#path, { processorSeconds, answerBytes: this.#answerBytes })
    const seat: Seat = { reader, isFirst: !this.#hasStarted, isExpress, busyMs: 0 }
    this.#hasStarted = true
    if (!isExpress) this.#seats.add(seat)
    this.#processes.add(seat.reader)
    void seat.reader.whenEnded.then(() => {
      this.#processes.delete(seat.reader)
      this.#retire(seat)
      this.#assign()
    })
    return seat
  }

  async #run(seat: Seat, task: Task): Promise<void> {
    clearTimeout(seat.idleTimer)
    const startedAt = performance.now()
    const stopClock = this.#startClock(seat, task)
    try {
      const answer = await seat.reader.ask({ queries: task.queries })
      finish(task, () => task.answer.resolve([...answer]))
    } catch (error) {
      if (error instanceof ReaderEnded) {
        this.#retire(seat)
        if (seat.isExpress && task.isSlow && !this.#isClosed) this.#waiting.unshift(task)
        else this.#retry(task, error)
      } else finish(task, () => task.answer.reject(error))
    } finally {
      stopClock()
      seat.busyMs += performance.now() - startedAt
    }
    this.#release(seat)
  }

  #startClock(seat: Seat, task: Task): () => void {
    let isRunning = true
    const isTrial = seat.isExpress && EXPRESS_MS < this.#timeLimitMs
    const stop = () => {
      if (isTrial) task.isSlow = true
      else finish(task, () => task.answer.reject(fail('QueryTimedOut')))
      this.#replace(seat)
    }
    // The limit is the query's: what a process takes to start on a busy machine does not count.
    let timer = setTimeout(stop, START_MS)
    void seat.reader.whenReady.then(() => {
      if (!isRunning) return
      clearTimeout(timer)
      timer = setTimeout(stop, isTrial ? EXPRESS_MS : this.#timeLimitMs)
    })
    task.hurry = () => setTimeout(() => isRunning && this.#replace(seat), ABORTED_GRACE_MS).unref()
    return () => {
      isRunning = false
      clearTimeout(timer)
      task.hurry = undefined
    }
  }

  /** A process that was killed from outside, for memory perhaps: once more, then it is the query's fault. */
  #retry(task: Task, error: Error): void {
    // Once closed the pool starts no process that nobody would end.
    if (task.isRetried || this.#isClosed) finish(task, () => task.answer.reject(this.#isClosed ? stopping() : error))
    else this.#waiting.unshift(task)
    task.isRetried = true
  }

  #release(seat: Seat): void {
    const isUsed = seat.busyMs > 2 * this.#timeLimitMs
    if (isUsed) this.#end(seat)
    else if (this.#seats.has(seat)) this.#idle.push(seat)
    if (seat.isExpress) this.#isExpressBusy = false
    this.#assign()
    if (seat.isExpress) this.#runExpress()
    if (isUsed) this.keepOneReady()
    else if (seat === this.#express && !this.#isExpressBusy) seat.idleTimer = setTimeout(() => this.#end(seat), IDLE_MS).unref()
    else if (this.#idle.includes(seat)) seat.idleTimer = setTimeout(() => this.#rest(seat), IDLE_MS).unref()
  }

  /** After a while without work: one stays, and one that has grown gives way to a fresh one. */
  #rest(seat: Seat): void {
    const hasGrown = seat.reader.memory() > FRESH_BYTES && (seat.busyMs > 0 || seat.isFirst)
    if (this.#seats.size === 1 && !hasGrown) return
    this.#end(seat)
    this.keepOneReady()
  }

  #replace(seat: Seat): void {
    this.#retire(seat)
    seat.reader.kill()
    this.keepOneReady()
  }

  #end(seat: Seat): void {
    this.#retire(seat)
    seat.reader.end()
  }

  #retire(seat: Seat): void {
    clearTimeout(seat.idleTimer)
    this.#seats.delete(seat)
    if (this.#express === seat) this.#express = undefined
    const index = this.#idle.indexOf(seat)
    if (index >= 0) this.#idle.splice(index, 1)
  }
}

function stopping(): DataverseError {
  return fail('Unavailable', 'The server is stopping.')
}

function abandonOn(signal: AbortSignal, task: Task): void {
  const abandon = () => {
    finish(task, () => task.answer.reject(signal.reason))
    task.hurry?.()
  }
  signal.addEventListener('abort', abandon, { once: true })
  task.answer.promise.finally(() => signal.removeEventListener('abort', abandon)).catch(() => {})
}

function finish(task: Task, settle: () => void): void {
  if (!task.isOver) settle()
  task.isOver = true
}
