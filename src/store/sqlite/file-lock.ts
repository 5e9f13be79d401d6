/**
 * Keeps a second server off a database: an exclusive lock on `<file>.lock`, itself an empty SQLite database.
 * The operating system gives the lock back when its process ends, however it ends, so nothing stale is left by `kill -9`.
 */
import { DatabaseSync } from 'node:sqlite'

// A server that is being restarted may still be closing.
const PATIENCE_MS = 1000

// sqlite.org/rescode.html
const BUSY = 5

/** Throws a plain error, for the person who starts the server. The answer gives the lock back. */
export function lockFile(path: string): () => void {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: PATIENCE_MS, open: false })
  try {
    lock.open()
    lock.exec('pragma journal_mode = memory; begin exclusive')
  } catch (cause) {
    if (lock.isOpen) lock.close()
    if ((cause as { errcode?: number }).errcode !== BUSY) throw unusable(path, cause)
    throw new Error(`The database ${path} is in use by another running server. Stop that one first, or choose another data folder.`, { cause })
  }
  return () => lock.close()
}

/** SQLite's own words say what is wrong, and not with which file. */
export function unusable(path: string, cause: unknown): Error {
  return new Error(`The database ${path} cannot be opened for writing: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause })
}
