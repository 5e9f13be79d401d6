/**
 * PostgreSQL refuses to run as root. Where the tests do, its processes run as an account without rights, and what they need has to lie where
 * that account can get at it.
 */
import { accessSync, chownSync, constants, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** What `spawn` takes: nothing where the tests' own user will do. */
export type ServerUser = { readonly uid?: number; readonly gid?: number }

const ACCOUNTS = ['nobody', 'postgres', 'daemon']

export function findServerUser(): ServerUser {
  if (process.getuid?.() !== 0) return {}
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of ACCOUNTS) {
    const [, , uid, gid] = accounts.find((account) => account[0] === name) ?? []
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(`PostgreSQL cannot run as root, and there is none of the accounts ${ACCOUNTS.join(', ')}: set TIDEMARK_TEST_POSTGRES`)
}

/** Whether that user can get into a folder: each folder above lets anybody pass. */
export function isReachable(folder: string, user: ServerUser): boolean {
  if (user.uid === undefined) return true
  for (let at = folder; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

/** Where its folders are made. */
export function findTemporaryFolder(user: ServerUser): string {
  const folder = isReachable(tmpdir(), user) ? tmpdir() : '/tmp'
  accessSync(folder, constants.W_OK)
  return folder
}

/** Gives it a file, or a folder with all in it. */
export function giveTo(user: ServerUser, path: string): void {
  if (user.uid === undefined || user.gid === undefined) return
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return
  chownSync(path, user.uid, user.gid)
  if (stat.isDirectory()) for (const name of readdirSync(path)) giveTo(user, join(path, name))
}
