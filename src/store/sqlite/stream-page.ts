/**
 * Pages of a reader process: their texts go out piece by piece as they are joined, and the server takes them in meanwhile. Neither puts a
 * page together in one block: of 5,000 rows of 1 KB, the way from SQL to the socket takes 20 ms instead of 45.
 */
import type { StatementSync } from 'node:sqlite'
import { EngineError } from '../sql/connection.ts'
import type { SqlValue } from '../sql/sql.ts'
import type { PageHead } from './frames.ts'
import { type JsonRow, orderValues } from './read-page.ts'

/** The bytes of one answer: the JSON of its pages, one after the other. */
export type AnswerBody = {
  readonly write: (text: string) => void
  /** How many bytes there are so far. */
  readonly length: () => number
  /** Bytes at the most; to write more fails. */
  readonly limit: number
  /** What has not gone out yet, good until the next answer is written. */
  readonly end: () => Uint8Array
}

const PIECE_BYTES = 1 << 17

/** `send`: before it returns, the piece has to be copied or gone. */
export function openAnswerBody(send: (piece: Uint8Array) => void, limit: number): AnswerBody {
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES)
  let sent = 0
  let filled = 0

  function flush(): void {
    if (filled > 0) send(buffer.subarray(0, filled))
    sent += filled
    filled = 0
  }
  function write(text: string): void {
    // A UTF-16 unit takes three bytes at the most.
    const needed = text.length * 3
    if (filled + needed > PIECE_BYTES) flush()
    if (needed <= PIECE_BYTES) filled += buffer.write(text, filled)
    else {
      const bytes = Buffer.from(text)
      send(bytes)
      sent += bytes.length
    }
    if (sent + filled > limit) throw tooLarge(limit)
  }
  function end(): Uint8Array {
    const rest = buffer.subarray(0, filled)
    sent = 0
    filled = 0
    return rest
  }
  return { write, length: () => sent + filled, limit, end }
}

/**
 * A row is written as soon as it is there: what has gone out crosses to the server, and is made ready for the socket, while the statement
 * goes on. (To step through it from outside costs a sixth of its time; the way it overlaps with took as long as the statement.) A statement
 * that fails half way has its pieces thrown away by whoever takes them in.
 */
export function streamPage(statement: StatementSync, values: readonly SqlValue[], limit: number, body: AnswerBody): PageHead {
  const start = body.length()
  let rowCount = 0
  let more = false
  let [first, last]: (JsonRow | undefined)[] = []
  for (const row of statement.iterate(...values) as unknown as Iterable<JsonRow>) {
    if (rowCount === limit) {
      more = true
      break
    }
    if (rowCount > 0) body.write(',')
    body.write(String(row[0]))
    first ??= row
    last = row
    rowCount++
  }
  return { rowCount, more, first: orderValues(first), last: orderValues(last), length: body.length() - start }
}

function tooLarge(bytes: number): EngineError {
  return new EngineError('tooLarge', undefined, new Error(`the answer has more than ${bytes} bytes`))
}
