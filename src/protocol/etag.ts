/** A row's version on the wire: `W/"1234567"`. It equals `versionnumber`, which clients build etags from. */

/** The largest version a store can hold: a signed 64-bit integer. */
export const LAST_VERSION = 9_223_372_036_854_775_807n
const ETAG = /^(?:W\/)?"(\d{1,19})"$/

/** `undefined` where the text is no etag of ours; the strong form is tolerated. */
export function parseEtag(text: string): bigint | undefined {
  const digits = ETAG.exec(text)?.[1]
  if (digits === undefined) return undefined
  const version = BigInt(digits)
  return version <= LAST_VERSION ? version : undefined
}

export function formatEtag(version: bigint): string {
  return `W/"${version}"`
}
