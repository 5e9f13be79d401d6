/**
 * A request and its answer as plain data: no sockets, so that a part of a batch, a job for the writer thread and a request
 * from the network are the same thing.
 */
import type { Guid } from '../base/guid.ts'

export type HttpRequest = {
  /** Upper case. */
  readonly method: string
  /** Raw path and query, as on the request line: `/api/data/v9.2/accounts?$top=1`. */
  readonly url: string
  /** Names in lower case; repeated lines joined by `, `. */
  readonly headers: { readonly [name: string]: string }
  /** `http://127.0.0.1:4000`, from the request's own `Host`: every URL we answer begins with it. */
  readonly origin: string
  /** UTF-8, checked. A batch's body stays bytes. */
  readonly body: string | Uint8Array | undefined
  /** The user whose token came with it; undefined: nobody is asked who they are. */
  readonly callerId?: Guid | undefined
  /** Names the request in logs and in `REQ_ID`. */
  readonly requestId: string
  /** Aborted when the client has gone away. Made when it is asked for: few requests wait for anything. */
  readonly gone?: (() => AbortSignal) | undefined
  /** Where it comes from; only where callers are told apart. */
  readonly address?: string | undefined
}

export type HttpResponse = {
  readonly status: number
  readonly headers: Headers
  /** Bytes in pieces: five megabytes of rows are written as they came, never put into one buffer. */
  readonly body: string | readonly Uint8Array[] | undefined
  /** The row written or read, behind the service root: `accounts(6f0c…)`. Not sent; a batch's `$1` stands for it. */
  readonly row?: string | undefined
  /** Whose request it answers, for the log. Not sent. */
  readonly callerId?: string | undefined
}

/** In the order in which they are written. */
export type Headers = { readonly [name: string]: string }
