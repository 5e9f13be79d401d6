/** What passes between the main thread and the writer thread. Plain data: it is copied. */
import type { SchemaDiff } from '../schema/schema-diff.ts'
import type { FirstStart } from './first-start.ts'
import type { WriteJob, WriteResult } from './write-service.ts'

export type WriterOptions = {
  readonly file: string
  readonly durability: 'full' | 'normal'
  readonly querySeconds: number
  /** An absolute path. */
  readonly stepFolder: string | undefined
  readonly stepSeconds: number
}

export type ToWriter =
  | { readonly kind: 'jobs'; readonly jobs: readonly { readonly id: number; readonly job: WriteJob }[] }
  /** Finish what is queued, checkpoint, close, answer `closed`. */
  | { readonly kind: 'close' }

export type FromWriter =
  | ({ readonly kind: 'opened' } & FirstStart)
  | { readonly kind: 'refused'; readonly reason: string }
  /** `schema` comes before the answers of the edits that made it: who sees the answer sees the schema. Rights likewise. */
  | {
      readonly kind: 'done'
      readonly isSecurityChanged: boolean
      readonly schema: SchemaDiff | undefined
      readonly results: readonly { readonly id: number; readonly result: WriteResult }[]
    }
  | { readonly kind: 'log'; readonly level: 'error' | 'warn' | 'info'; readonly details: object; readonly text: string }
  | { readonly kind: 'closed' }
