/**
 * Exact decimals as text: `1.50e1` → `15`, `-0.0` → `0`. A canonical decimal has no exponent, no plus, no needless zeros.
 * Every function but `parse` takes a canonical decimal; inside, a decimal is a bigint and its number of fraction digits.
 * Input is bounded: 400 digits on either side of the point, once the exponent is written out.
 */

const MAX_DIGITS = 400
const MAX_LENGTH = 810
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/
const PLAIN = /^(?:-?[1-9]\d*|0)$/

/** JSON or OData number text to a canonical decimal; anything else gives `undefined`. */
function parse(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined
  if (text.length <= MAX_DIGITS && PLAIN.test(text)) return text
  const match = NUMBER.exec(text)
  if (!match) return undefined
  const whole = match[2] ?? ''
  const fraction = match[3] ?? ''
  if (whole === '' && fraction === '') return undefined
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return '0'
  const scale = fraction.length - Number(match[4] ?? 0)
  if (scale > MAX_DIGITS || digits.length - scale > MAX_DIGITS) return undefined
  const unsigned = scale < 0 ? BigInt(digits + '0'.repeat(-scale)) : BigInt(digits)
  return fromScaled(match[1] === '-' ? -unsigned : unsigned, Math.max(scale, 0))
}

/** The number of fraction digits. */
function scaleOf(text: string): number {
  const point = text.indexOf('.')
  return point < 0 ? 0 : text.length - point - 1
}

/** The decimal times 10^scale; what is cut off rounds half away from zero. `toScaled('1.005', 2)` is `101n`. */
function toScaled(text: string, scale: number): bigint {
  const own = scaleOf(text)
  const digits = BigInt(own === 0 ? text : text.replace('.', ''))
  return own <= scale ? digits * 10n ** BigInt(scale - own) : quotient(digits, 10n ** BigInt(own - scale))
}

/** `fromScaled(-1250n, 2)` is `-12.5`. */
function fromScaled(scaled: bigint, scale: number): string {
  if (scale === 0) return scaled.toString()
  const sign = scaled < 0n ? '-' : ''
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, '0')
  const fraction = digits.slice(-scale).replace(/0+$/, '')
  return sign + digits.slice(0, -scale) + (fraction === '' ? '' : `.${fraction}`)
}

/** Integer division, half away from zero. */
function quotient(dividend: bigint, divisor: bigint): bigint {
  const isNegative = dividend < 0n !== divisor < 0n
  const top = dividend < 0n ? -dividend : dividend
  const bottom = divisor < 0n ? -divisor : divisor
  const rounded = (2n * top + bottom) / (2n * bottom)
  return isNegative ? -rounded : rounded
}

/** Negative, zero or positive, as for `sort`. */
function compare(a: string, b: string): number {
  if (a === b) return 0
  const scale = Math.max(scaleOf(a), scaleOf(b))
  const difference = toScaled(a, scale) - toScaled(b, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function multiply(a: string, b: string): string {
  const scaleA = scaleOf(a)
  const scaleB = scaleOf(b)
  return fromScaled(toScaled(a, scaleA) * toScaled(b, scaleB), scaleA + scaleB)
}

/** Throws a RangeError where `b` is 0. */
function divide(a: string, b: string, scale: number): string {
  const common = Math.max(scaleOf(a), scaleOf(b))
  return fromScaled(quotient(toScaled(a, common) * 10n ** BigInt(scale), toScaled(b, common)), scale)
}

export const Decimal = {
  parse,
  compare,
  scaleOf,
  toScaled,
  fromScaled,
  round: (text: string, scale: number): string => fromScaled(toScaled(text, scale), scale),
  multiply,
  divide,
}
