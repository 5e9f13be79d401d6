/**
 * The one rule by which texts are equal or in order: case does not count, accents do. `fold('ÉTÉ') === fold('e\u0301te\u0301')`.
 * Every store folds in the same way, so that keys are unique alike; folded texts are compared by code point.
 */
export function fold(text: string): string {
  // Lower case makes a capital sigma final or not by what stands around it: 'ΣΑΣ' has to fold as 'σασ' does, and as a part of 'ΣΑΣΑ' too.
  return text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ')
}

/** The order of texts by code point, which is that of their bytes too. JavaScript's own has what lies beyond the first plane before `\uffff`. */
export function compareByCodePoint(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const difference = rankOf(one.charCodeAt(at)) - rankOf(other.charCodeAt(at))
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

/** Of a code unit: halves of a surrogate pair stand above all others. */
function rankOf(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
