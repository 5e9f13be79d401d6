/**
 * Keeps a second server off a database: an exclusive lock on `<file>.lock`, itself an empty SQLite database.
 * The operating system gives the lock back when its process ends, however it ends, so nothing stale is left by `kill -9`.
 */
import { DatabaseSync } from 'node:sqlite'

// A server that is being restarted may still be closing.
const PATIENCE_MS = 1000

/** Throws a plain error, for the person who starts the server. The answer gives the lock back. */
export function lockFile(path: string): () => void {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: PATIENCE_MS })
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive')
  } catch (cause) {
    lock.close()
    throw new Error(`The database ${path} is in use by another running server. Stop that one first, or choose another data folder.`, { cause })
  }
  return () => lock.close()
}
