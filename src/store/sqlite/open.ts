/** Opens the database file for writing (once a process, one process a file) or for reading. */
import { randomUUID } from 'node:crypto'
import { sql } from '../sql/sql.ts'
import { openConnection, type Connection } from './driver.ts'
import { lockFile, unusable } from './file-lock.ts'
import { registerFunctions } from './functions.ts'
import { migrate } from './migrate.ts'

/** `full`: a write that was answered survives a power cut. `normal`: it survives a crash of the server, not of the machine. */
export type Durability = 'full' | 'normal'

export type WriterConnection = Connection & {
  /** The version counter as it stood in the file. */
  readonly version: bigint
}

// Writes touch scattered pages of several indexes; 64 MB were no faster than 16 (the operating system has them too), only larger.
const WRITER_CACHE_KB = 16384
// The log's file is cut back to this when it starts anew, so that one large edit does not keep its space.
const LOG_LIMIT_BYTES = 64 * 1024 * 1024

/** Takes the lock, migrates, appends an incarnation. */
export function openForWriting(path: string, durability: Durability): WriterConnection {
  const unlock = lockFile(path)
  try {
    const connection = openConnection(path, { readOnly: false })
    // Checkpoints are ours: see checkpoint.ts.
    connection.execute(
      `pragma journal_mode = wal; pragma synchronous = ${durability}; pragma wal_autocheckpoint = 0;
       pragma journal_size_limit = ${LOG_LIMIT_BYTES}; pragma cache_size = -${WRITER_CACHE_KB}`,
    )
    registerFunctions(connection.database)
    migrate(connection)
    const version = appendIncarnation(connection)
    return { ...connection, version, close: () => closeAll(connection, unlock) }
  } catch (error) {
    unlock()
    throw error instanceof Error && 'errcode' in error ? unusable(path, error) : error
  }
}

/** C6: a token names its incarnation; a copy of the file that goes its own way appends another one than the original. */
function appendIncarnation(connection: Connection): bigint {
  connection.execute('begin immediate')
  const version = BigInt(connection.get(sql`select version from tidemark_counter`)?.version as number | bigint)
  connection.run(sql`insert into tidemark_incarnation (id, start) values (${randomUUID()}, ${version})`)
  connection.execute('commit')
  return version
}

/** The writer creates the file and its tables first. */
export function openForReading(path: string): Connection {
  const connection = openConnection(path, { readOnly: true })
  registerFunctions(connection.database)
  return connection
}

function closeAll(connection: Connection, unlock: () => void): void {
  try {
    connection.close()
  } finally {
    unlock()
  }
}
