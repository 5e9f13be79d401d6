/**
 * The one way to refuse: `throw fail('DuplicateKey', 'account', ['accountnumber'])`.
 * The catalogue types the call: a name that is not in it, or an argument missing, does not compile.
 */
import { ERRORS } from './error-catalogue.ts'

export type ErrorName = keyof typeof ERRORS

/** A row of the catalogue: HTTP status, Dataverse's code, its text, and where the three were read. */
export type Refusal = {
  readonly status: number
  readonly code: string
  // biome-ignore lint/suspicious/noExplicitAny: the argument lists differ by entry; `fail` restores their types
  readonly text: (...args: any[]) => string
  /** Of a 405: the methods that are allowed, for the header `Allow`. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly allow?: (...args: any[]) => string
  readonly source: string
}

/** What went wrong, in the catalogue's words. Callers compare `name`; the client raises the same class from the wire. */
export class DataverseError extends Error {
  readonly status: number
  readonly code: string
  /** Of a 405: `GET, POST`. */
  readonly allow: string | undefined
  constructor(name: ErrorName, status: number, code: string, text: string, allow?: string) {
    super(text)
    this.name = name
    this.status = status
    this.code = code
    this.allow = allow
  }
}

export function fail<N extends ErrorName>(name: N, ...args: Parameters<(typeof ERRORS)[N]['text']>): DataverseError {
  const entry: Refusal = ERRORS[name]
  return new DataverseError(name, entry.status, entry.code, entry.text(...args), entry.allow?.(...args))
}
