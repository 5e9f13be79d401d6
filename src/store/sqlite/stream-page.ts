/**
 * Pages of a reader process: their texts go out piece by piece as they are joined, and the server takes them in meanwhile. Neither puts a
 * page together in one block: of 5,000 rows of 1 KB, the way from SQL to the socket takes 20 ms instead of 45.
 */
import type { StatementSync } from 'node:sqlite'
import { EngineError, type PageQuery } from '../sql/connection.ts'
import type { SqlValue } from '../sql/sql.ts'
import type { PageHead } from './frames.ts'
import { type JsonRow, pageFrame } from './read-page.ts'

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
 * `row[0]` is the JSON text of a row, the rest is for paging. All rows are read before one is written: the statement may fail half way,
 * and to step through it from outside costs a sixth of the time.
 */
export function streamPage(statement: StatementSync, values: readonly SqlValue[], query: Pick<PageQuery, 'limit' | 'isWide'>, body: AnswerBody): PageHead {
  const { limit } = query
  const rows = query.isWide ? rowsUpTo(body.limit - body.length(), statement, values) : (statement.all(...values) as unknown as readonly JsonRow[])
  const frame = pageFrame(rows, limit)
  const start = body.length()
  for (let index = 0; index < frame.rowCount; index++) {
    if (index > 0) body.write(',')
    body.write(String(rows[index]?.[0]))
  }
  return { ...frame, length: body.length() - start }
}

/** 5,000 rows, each with 5,000 others inside it, are not to be taken in before they are found to be too much. */
function rowsUpTo(bytes: number, statement: StatementSync, values: readonly SqlValue[]): readonly JsonRow[] {
  const rows: JsonRow[] = []
  let length = 0
  for (const row of statement.iterate(...values) as unknown as Iterable<JsonRow>) {
    length += String(row[0]).length
    if (length > bytes) throw tooLarge(bytes)
    rows.push(row)
  }
  return rows
}

function tooLarge(bytes: number): EngineError {
  return new EngineError('tooLarge', undefined, new Error(`the answer has more than ${bytes} bytes`))
}
