/** PostgreSQL's failures in our words, by their SQLSTATE (postgresql.org/docs: appendix A) or by what became of the connection. */
import { EngineError, type EngineFailure } from '../sql/connection.ts'

const FAILURES: ReadonlyMap<string, EngineFailure> = new Map([
  ['23505', 'uniqueViolation'],
  // A row that was pointed at has gone since it was looked at.
  ['23503', 'serializationFailure'],
  ['40001', 'serializationFailure'],
  ['40P01', 'serializationFailure'],
  // A lock that was waited for too long.
  ['55P03', 'serializationFailure'],
  ['57014', 'timedOut'],
  ['42703', 'staleSchema'],
  ['42P01', 'staleSchema'],
  // The plan of a prepared statement: its columns are others by now.
  ['0A000', 'staleSchema'],
  // A primary that has become a standby, or is one.
  ['25006', 'unavailable'],
  ['53300', 'unavailable'],
  ['57P01', 'unavailable'],
  ['57P02', 'unavailable'],
  ['57P03', 'unavailable'],
])

/** Gives what to throw: the error itself where it is none of ours. A violated primary key has no index name. */
export function engineError(error: unknown): unknown {
  if (error instanceof EngineError || !(error instanceof Error)) return error
  const failure = failureOf(error)
  if (failure === undefined) return error
  const { constraint } = error as { readonly constraint?: string }
  // Every index of ours bears a `$`, be it that of a key called `new_pkey`.
  const index = failure === 'uniqueViolation' && constraint?.includes('$') ? constraint : undefined
  return new EngineError(failure, index, error)
}

function failureOf(error: Error): EngineFailure | undefined {
  const { code } = error as { readonly code?: unknown }
  if (typeof code !== 'string')
    return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/.test(error.message)
      ? 'unavailable'
      : undefined
  if (code.startsWith('08') || /^E(CONN|PIPE|TIMEDOUT|HOST|NET|AI_AGAIN|NOTFOUND)/.test(code)) return 'unavailable'
  return FAILURES.get(code) ?? (code.startsWith('54') ? 'tooLarge' : undefined)
}
