/**
 * A reader process: takes queries on standard input, answers on standard output, one at a time, and ends with its input.
 * `node reader-process.ts /data/tidemark.db <bytes of an answer at the most>`. It can be killed in the middle of a statement, which a thread cannot.
 *
 * It reads and writes synchronously and has no event loop to speak of: nothing could run beside a statement anyway. It is kept small,
 * 50 MB at rest: few files are loaded, and the cache of compiled code spares it the TypeScript stripper (30 MB and 90 ms of start).
 */
import { readSync, writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { EngineError } from '../sql/connection.ts'
import { openConnection, type Connection } from './driver.ts'
import { formatFrame, formatPiece, parseHead, parsePrefix, PREFIX_BYTES, type ReaderNews, type ReaderRequest } from './frames.ts'
import { registerFunctions } from './functions.ts'
import { type AnswerBody, openAnswerBody } from './stream-page.ts'

const INPUT = 0
const OUTPUT = 1
// A page of 5,000 rows walks neighbouring rows; what is kept beyond is the operating system's to cache, and read from there without a
// copy: a user who may see one row of five walks five times as far, which took 10 ms by copies and takes 7 so.
const CACHE_KB = 8192
const MAPPED_BYTES = 2 ** 31

function readExactly(length: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const count = readSync(INPUT, bytes, filled, length - filled, null)
    if (count === 0) return undefined
    filled += count
  }
  return bytes
}

function send(news: ReaderNews, body: readonly Uint8Array[] = []): void {
  writeAll(formatFrame({ ...news, memory: process.memoryUsage.rss() }, body))
}

function writeAll(parts: readonly Uint8Array[]): void {
  for (const part of parts) {
    for (let sent = 0; sent < part.length; ) sent += writeSync(OUTPUT, part, sent, part.length - sent)
  }
}

function answer(connection: Connection, request: ReaderRequest, body: AnswerBody): void {
  const pages = connection.streamPages(request.queries, body)
  send({ kind: 'pages', pages }, [body.end()])
}

function main(path: string, maxBytes: number): void {
  // Ctrl-C and a service manager's stop go to the whole group; the server still has answers to finish. Its end is the end of the input.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => {})
  const connection = openConnection(path, { readOnly: true, maxTextBytes: maxBytes })
  connection.execute(`pragma cache_size = -${CACHE_KB}; pragma mmap_size = ${MAPPED_BYTES}; pragma query_only = on`)
  registerFunctions(connection.database)
  flushCompileCache()
  const body = openAnswerBody((piece) => writeAll(formatPiece(piece)), maxBytes)
  send({ kind: 'ready' })
  for (let prefix = readExactly(PREFIX_BYTES); prefix; prefix = readExactly(PREFIX_BYTES)) {
    const head = readExactly(parsePrefix(prefix).head)
    if (!head) break
    try {
      answer(connection, parseHead<ReaderRequest>(head), body)
    } catch (error) {
      body.end()
      send({
        kind: 'failed',
        message: error instanceof Error ? error.message : String(error),
        failure: error instanceof EngineError ? error.failure : undefined,
      })
    }
  }
}

main(process.argv[2] ?? '', Number(process.argv[3]))
process.exit(0)
