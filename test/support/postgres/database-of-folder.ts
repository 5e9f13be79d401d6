/**
 * With TIDEMARK_TEST_ENGINE=postgres each data folder of a test file has one database that goes with it, made when it is first asked for, so that
 * tests that start a server again on the same folder, or run commands on it, run unchanged.
 */
import { resolve } from 'node:path'
import { freshDatabase, type TestDatabase } from './test-database.ts'

/** Whether the servers of this run have their rows in PostgreSQL: for `{ skip: servesPostgres && why }` of a test that is about SQLite's file. */
export const servesPostgres = process.env.TIDEMARK_TEST_ENGINE === 'postgres'
const databases = new Map<string, Promise<TestDatabase>>()

/** Its URL; `undefined` where the tests run on SQLite. */
export async function findDatabaseOf(folder: string): Promise<string | undefined> {
  if (!servesPostgres) return undefined
  const path = resolve(folder)
  const found = databases.get(path) ?? freshDatabase(process.env.TIDEMARK_TEST_TEMPLATE)
  databases.set(path, found)
  return (await found).url
}

export async function dropDatabaseOf(folder: string): Promise<void> {
  const path = resolve(folder)
  const found = databases.get(path)
  databases.delete(path)
  await (await found)?.drop()
}
