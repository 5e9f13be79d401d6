/**
 * Numbers that a double cannot hold, kept as their source text: `9007199254740993`, `0.12345678901234567890`, `1e400`.
 * Which objects are such numbers is remembered aside, so that a body's own `{"exact":"…"}` stays an object.
 */
import type { ExactNumber } from './row-json.ts'

const made = new WeakSet<object>()
const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** Up to 15 significant digits survive a double, and a text of that length has no more. */
const SAFE_LENGTH = 15

/** May the JSON text hold a number that a double cannot? Cheap, and wrong only on the safe side. */
export function mayHoldExactNumbers(json: string): boolean {
  return /(?:^|[[:,\s])-?(?:\d[\d.eE+-]{14}|\d[\d.]{0,13}[eE][+-]?\d{3})/.test(json)
}

/** `undefined` where the double says the same as its source text. */
export function exactNumberOf(source: string, value: number): ExactNumber | undefined {
  if (source.length <= SAFE_LENGTH && !/[eE]/.test(source)) return undefined
  if (Number.isFinite(value) && canonical(source) === canonical(String(value))) return undefined
  return exactNumber(source)
}

function exactNumber(source: string): ExactNumber {
  const number = { exact: source }
  made.add(number)
  return number
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return typeof value === 'object' && value !== null && made.has(value)
}

/** The same for texts of the same number: significant digits and a power of ten. The sign is the same on both sides. */
function canonical(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? []
  const digits = `${whole}${fraction}`
  let last = digits.length
  while (last > 0 && digits.charAt(last - 1) === '0') last--
  if (last === 0) return '0'
  const power = Number(exponent) - fraction.length + digits.length - last
  return `${digits.slice(0, last).replace(/^0+/, '')}e${power}`
}
