/** SQLite's failures in our four words. It names a violated index by its columns: `UNIQUE constraint failed: account.name$fold, account.parentid`. */
import type { DatabaseSync } from 'node:sqlite'
import { EngineError } from '../sql/connection.ts'

// sqlite.org/rescode.html: a primary code in the low byte, its variety above.
const BUSY = 5
const TOO_BIG = 18
const LOCKED = 6
const CONSTRAINT_PRIMARY_KEY = 1555
const CONSTRAINT_UNIQUE = 2067

const UNIQUE = /^UNIQUE constraint failed: (?:index '(.+)'|(.+))$/

/** Gives what to throw: the error itself where it is none of the four. A violated primary key has no index name. */
export function engineError(database: DatabaseSync, error: unknown): unknown {
  const code = resultCode(error)
  if (code === undefined) return error
  if (code === CONSTRAINT_PRIMARY_KEY) return new EngineError('uniqueViolation', undefined, error)
  if (code === CONSTRAINT_UNIQUE) return new EngineError('uniqueViolation', violatedIndex(database, (error as Error).message), error)
  if ((code & 0xff) === TOO_BIG) return new EngineError('tooLarge', undefined, error)
  return (code & 0xff) === BUSY || (code & 0xff) === LOCKED ? new EngineError('busy', undefined, error) : error
}

function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
}

function violatedIndex(database: DatabaseSync, message: string): string | undefined {
  const match = UNIQUE.exec(message)
  if (!match?.[2]) return match?.[1]
  const columns = match[2].split(', ').map((qualified) => qualified.slice(qualified.indexOf('.') + 1))
  const table = match[2].slice(0, match[2].indexOf('.'))
  const found = database
    .prepare(
      `select list.name from pragma_index_list(?) as list where list."unique" and list.origin <> 'pk'
       and ? = (select json_group_array(info.name order by info.seqno) from pragma_index_info(list.name) as info)`,
    )
    .get(table, JSON.stringify(columns))
  return typeof found?.name === 'string' ? found.name : undefined
}
