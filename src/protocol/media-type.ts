/** A media type with its parameters: `multipart/mixed; boundary="batch_1"`. */
export type MediaType = {
  /** Lower case, without parameters. */
  readonly type: string
  /** Names in lower case; values as sent, unquoted. */
  readonly parameters: ReadonlyMap<string, string>
}

const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g

export function parseMediaType(text: string): MediaType {
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, bare] of text.matchAll(PARAMETER)) {
    parameters.set(name.toLowerCase(), quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1'))
  }
  return { type: text.split(';', 1)[0]?.trim().toLowerCase() ?? '', parameters }
}
