/**
 * A delta token is a position on the wire: `919042!11/22/2026 10:00:00!s1.account.6f0c.919042`.
 * Its head looks as Dataverse's, its tail is the store's alone. Opaque to clients.
 */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'

export type DeltaToken = {
  readonly version: bigint
  /** When it was issued, to the second, in UTC: for expiry alone. */
  readonly at: Date
  readonly storePart: string
}

/** A token of a genuine Dataverse: well formed, but of another database. */
export type ForeignDeltaToken = { readonly foreign: true }

const TOKEN = /^(\d{1,19})!(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d)(?:!([A-Za-z0-9._~-]+))?$/

export function parseDeltaToken(text: string): DeltaToken | ForeignDeltaToken {
  const match = TOKEN.exec(undoExtraEncoding(text))
  if (!match) throw malformed(text)
  const [, version = '', month = '', day = '', year = '', hour = '', minute = '', second = '', storePart] = match
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // JavaScript takes February 30th for March 1st.
  if (Number.isNaN(at.getTime()) || at.getUTCDate() !== Number(day) || at.getUTCHours() !== Number(hour)) throw malformed(text)
  return storePart === undefined ? { foreign: true } : { version: BigInt(version), at, storePart }
}

export function formatDeltaToken(token: DeltaToken): string {
  const [date = '', time = ''] = token.at.toISOString().split(/[T.]/)
  const [year = '', month = '', day = ''] = date.split('-')
  return `${token.version}!${month}/${day}/${year} ${time}!${token.storePart}`
}

/** Clients that take links apart and put them together again encode once too often; a token itself holds neither `%` nor `+`. */
function undoExtraEncoding(text: string): string {
  const blanks = text.replaceAll('+', ' ')
  if (!text.includes('%')) return blanks
  try {
    return decodeURIComponent(blanks).replaceAll('+', ' ')
  } catch {
    throw malformed(text)
  }
}

function malformed(text: string): DataverseError {
  return fail('BadToken', `The delta token '${excerpt(text)}' is not valid.`)
}
