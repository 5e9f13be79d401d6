/**
 * What `If-Match` and `If-None-Match` demand, settled once. The literal `null` (an anti-cache idiom every client sends) demands nothing.
 */
import { fail } from './errors.ts'
import { formatEtag, parseEtag } from './etag.ts'
import { excerpt } from './excerpt.ts'

export type Precondition =
  | { readonly kind: 'none' }
  /** `If-Match: *`: update, never create. */
  | { readonly kind: 'exists' }
  /** `If-None-Match: *`: create, never update. */
  | { readonly kind: 'absent' }
  /** `If-Match: W/"1"`; a list gives several. */
  | { readonly kind: 'version-is'; readonly versions: readonly bigint[] }
  /** `If-None-Match: W/"1"`: on GET answered 304 where the version is one of these. */
  | { readonly kind: 'version-is-not'; readonly versions: readonly bigint[] }

const NONE: Precondition = { kind: 'none' }

export function parsePrecondition(ifMatch: string | undefined, ifNoneMatch: string | undefined): Precondition {
  const match = demandOf(ifMatch)
  const noneMatch = demandOf(ifNoneMatch)
  if (match === undefined && noneMatch === undefined) return NONE
  if (match !== undefined && noneMatch !== undefined) throw fail('BadRequest', 'If-Match and If-None-Match cannot be combined.')
  if (match !== undefined) return match === '*' ? { kind: 'exists' } : { kind: 'version-is', versions: parseEtags('If-Match', match) }
  return noneMatch === '*' ? { kind: 'absent' } : { kind: 'version-is-not', versions: parseEtags('If-None-Match', noneMatch ?? '') }
}

/** The two headers that demand it, for the client. */
export function formatPrecondition(precondition: Precondition): { readonly ifMatch?: string; readonly ifNoneMatch?: string } {
  switch (precondition.kind) {
    case 'none':
      return {}
    case 'exists':
      return { ifMatch: '*' }
    case 'absent':
      return { ifNoneMatch: '*' }
    case 'version-is':
      return { ifMatch: precondition.versions.map(formatEtag).join(',') }
    case 'version-is-not':
      return { ifNoneMatch: precondition.versions.map(formatEtag).join(',') }
  }
}

/** `undefined` where the header is absent or says `null`. */
function demandOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  return text === '' || text === 'null' ? undefined : text
}

function parseEtags(header: string, text: string): readonly bigint[] {
  return text.split(',').map((item) => {
    const version = parseEtag(item.trim())
    if (version === undefined) throw fail('BadRequest', `'${excerpt(item.trim())}' in ${header} is not an ETag of this service.`)
    return version
  })
}
