/**
 * Cuts a text at a separator that stands outside quotes, parentheses and brackets: `a='x,y',b=["1,2"]` at `,` gives two parts.
 * Single quotes count everywhere (a doubled one closes and opens again); double quotes only inside `[]` and `{}`, where JSON stands.
 */
const CLOSER: Record<string, string> = { '(': ')', '[': ']', '{': '}' }

/** `undefined` where a quote, parenthesis or bracket stays open or closes what was never opened. */
export function splitOutside(text: string, separator: string): string[] | undefined {
  if (!/['"()[\]{}]/.test(text)) return text.split(separator)
  const parts: string[] = []
  const open: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === separator && open.length === 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    } else if (char === "'") {
      at = text.indexOf("'", at + 1)
      if (at === -1) return undefined
    } else if (char === '"' && isJson(open)) {
      at = endOfJsonString(text, at)
      if (at === -1) return undefined
    } else if (char in CLOSER) {
      open.push(CLOSER[char] ?? '')
    } else if (char === ')' || char === ']' || char === '}') {
      if (open.pop() !== char) return undefined
    }
  }
  if (open.length > 0) return undefined
  parts.push(text.slice(start))
  return parts
}

function isJson(open: readonly string[]): boolean {
  const closer = open.at(-1)
  return closer === ']' || closer === '}'
}

/** The position of the closing quote, or -1. */
function endOfJsonString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\\') at++
    else if (char === '"') return at
  }
  return -1
}
