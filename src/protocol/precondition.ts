/**
 * What `If-Match` and `If-None-Match` demand, settled once. The literal `null` (an anti-cache idiom every client sends) demands nothing.
 */
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
