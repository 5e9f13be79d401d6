/** What passes between the main thread and the writer thread. Plain data: it is copied. */
import type { Caller } from '../plan/caller.ts'
import type { SchemaDiff } from '../schema/schema-diff.ts'
import type { ChangeSetResult, OrganizationFacts } from '../server/app.ts'
import type { HttpRequest, HttpResponse } from '../server/http-message.ts'
import type { UserCommand, UserResult } from './user-commands.ts'

export type WriterOptions = {
  readonly file: string
  readonly durability: 'full' | 'normal'
  readonly querySeconds: number
  /** An absolute path. */
  readonly stepFolder: string | undefined
  readonly stepSeconds: number
}

export type Job =
  | { readonly kind: 'request'; readonly request: HttpRequest }
  | { readonly kind: 'change-set'; readonly requests: readonly HttpRequest[]; readonly contentIds: readonly (string | undefined)[] }
  /** Of the command line. */
  | { readonly kind: 'users'; readonly command: UserCommand }

export type JobResult = HttpResponse | ChangeSetResult | UserResult

export type ToWriter =
  | { readonly kind: 'jobs'; readonly jobs: readonly { readonly id: number; readonly job: Job }[] }
  /** Finish what is queued, checkpoint, close, answer `closed`. */
  | { readonly kind: 'close' }

export type FromWriter =
  | { readonly kind: 'opened'; readonly caller: Caller; readonly organization: OrganizationFacts }
  | { readonly kind: 'refused'; readonly reason: string }
  /** `schema` comes before the answers of the edits that made it: who sees the answer sees the schema. Rights likewise. */
  | {
      readonly kind: 'done'
      readonly isSecurityChanged: boolean
      readonly schema: SchemaDiff | undefined
      readonly results: readonly { readonly id: number; readonly result: JobResult }[]
    }
  | { readonly kind: 'log'; readonly level: 'error' | 'warn' | 'info'; readonly details: object; readonly text: string }
  | { readonly kind: 'closed' }
