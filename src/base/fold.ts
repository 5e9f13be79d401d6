/**
 * The one rule by which texts are equal or in order: case does not count, accents do. `fold('ÉTÉ') === fold('e\u0301te\u0301')`.
 * Every store folds in the same way, so that keys are unique alike; folded texts are compared by code point.
 */
export function fold(text: string): string {
  // Lower case makes a capital sigma final or not by what stands around it: 'ΣΑΣ' has to fold as 'σασ' does, and as a part of 'ΣΑΣΑ' too.
  return text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ')
}
