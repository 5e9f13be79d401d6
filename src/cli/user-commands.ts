/**
 * What the command line does to users, as plain data: it is run by the writer, which is the server's where one is running on the folder, and
 * else one of its own. A secret never comes here, only its hash.
 */
import type { Guid } from '../base/guid.ts'
import { DataverseError } from '../protocol/errors.ts'
import { addSecret, addUser, type HashedSecret, type ListedUser, listUsers, setDisabled, UserProblem } from '../store/application-users.ts'
import type { WriteTransaction } from '../store/write-lane.ts'
import type { Moment } from '../store/write-work.ts'

/** In base 64. */
export type SecretText = { readonly salt: string; readonly hash: string; readonly cost: number }

export type UserCommand =
  | {
      readonly do: 'add'
      readonly name: string
      readonly applicationId: Guid | undefined
      readonly objectId: Guid | undefined
      readonly roles: readonly string[]
      readonly businessUnit: string | undefined
      readonly secret: SecretText | undefined
    }
  | { readonly do: 'list' }
  | { readonly do: 'secret'; readonly user: string; readonly secret: SecretText; readonly oldUntil: string | undefined }
  | { readonly do: 'disable' | 'enable'; readonly user: string }

export type UserResult =
  /** Of a user: the row's id. Of a secret: the application's. */
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'users'; readonly users: readonly ListedUser[] }
  | { readonly kind: 'problem'; readonly reason: string }

/** Throws what undoes it; `problemOf` puts that into words. */
export async function runUserCommand(tx: WriteTransaction, moment: Moment, command: UserCommand): Promise<UserResult> {
  switch (command.do) {
    case 'add':
      return { kind: 'id', id: await addUser(tx, moment, { ...command, secret: command.secret && bytesOf(command.secret) }) }
    case 'list':
      return { kind: 'users', users: await listUsers(tx, moment.now) }
    case 'secret':
      return { kind: 'id', id: await addSecret(tx, moment, command.user, bytesOf(command.secret), command.oldUntil) }
    case 'disable':
    case 'enable':
      return { kind: 'id', id: await setDisabled(tx, moment, command.user, command.do === 'disable') }
  }
}

/** A rule of the data, or an id that is none; anything else is a bug or a full disk. */
export function problemOf(cause: unknown): UserResult {
  const isKnown = cause instanceof UserProblem || cause instanceof DataverseError
  return { kind: 'problem', reason: isKnown ? cause.message : `it could not be stored: ${String(cause)}` }
}

function bytesOf({ salt, hash, cost }: SecretText): HashedSecret {
  return { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64'), cost }
}
