/**
 * `copy … from stdin`: rows as lines of text, the fastest way into a table. The server is given no more than it takes, and where it refuses a
 * row the rest is not made.
 */
import type { ClientBase, Connection } from 'pg'
import { engineError } from './engine-error.ts'

/** What `pg` has of the protocol's messages, and does not tell of. */
type CopyConnection = Connection & {
  readonly sendCopyFromChunk: (chunk: Buffer) => void
  readonly endCopyFrom: () => void
  readonly sendCopyFail: (message: string) => void
}

/** The number of rows. `statement` reads its rows from stdin; what stops `pieces` stops it. */
export function copyIn(client: ClientBase, statement: string, pieces: Iterable<Buffer>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  let rows = 0
  let failure: unknown
  let isOver = false

  async function send(connection: CopyConnection): Promise<void> {
    try {
      for (const piece of pieces) {
        if (isOver) return
        connection.sendCopyFromChunk(piece)
        await taken(connection)
      }
      if (!isOver) connection.endCopyFrom()
    } catch (cause) {
      failure = cause
      connection.sendCopyFail('the rows ended in an error')
    }
  }
  const end = (error: unknown) => {
    isOver = true
    failure ??= engineError(error)
    // Of a connection that is lost nothing more is heard.
    reject(failure)
  }
  client.query({
    submit: (connection: Connection) => connection.query(statement),
    handleCopyInResponse: (connection: CopyConnection) => void send(connection),
    handleCommandComplete: ({ text }: { readonly text: string }) => {
      rows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0)
    },
    handleReadyForQuery: () => {
      isOver = true
      resolve(rows)
    },
    handleError: end,
  })
  return promise
}

/** Settles when more may be sent; and answers are looked at in between. */
function taken({ stream }: CopyConnection): Promise<unknown> {
  if (!stream.writableNeedDrain || stream.destroyed) return new Promise((done) => setImmediate(done))
  return new Promise((done) => {
    const go = () => {
      stream.off('drain', go)
      stream.off('close', go)
      done(undefined)
    }
    stream.on('drain', go)
    stream.on('close', go)
  })
}
