/** URLs as Python's `requests` and `urllib.parse` treat them: a query is taken apart and put together again, blanks as `+`. */

/** `parse_qsl`: blank values are dropped, and of a name given twice the last counts, since clients make a dictionary of it. */
export function parseQuery(url: string): Map<string, string> {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))
  const pairs = query
    .split('&')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const)
    .filter(([name, value]) => name !== '' && value !== '')
  return new Map(pairs.map(([name, value]) => [decode(name), decode(value)]))
}

/** `urlencode`: everything but letters, digits and `_.-~` is escaped, and a blank is `+`. */
export function formatQuery(parameters: ReadonlyMap<string, string>): string {
  return [...parameters].map(([name, value]) => `${quotePlus(name)}=${quotePlus(value)}`).join('&')
}

function quotePlus(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
