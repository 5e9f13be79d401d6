/** Text inside XML: `a < "b"` ↔ `a &lt; &quot;b&quot;`. Control characters and lone surrogates are written as numbers, and so survive. */

const SPECIAL = /[&<>"'\p{Cc}\p{Cs}]/gu
const ENTITY = /&(?:#x([0-9A-Fa-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));|&/g

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (char) => ESCAPED[char] ?? `&#x${char.charCodeAt(0).toString(16)};`)
}

/** `undefined` where an `&` begins no entity. */
export function unescapeXml(text: string): string | undefined {
  if (!text.includes('&')) return text
  let isValid = true
  const result = text.replace(ENTITY, (_all, hex?: string, decimal?: string, name?: string) => {
    const code = hex === undefined ? Number(decimal ?? 'none') : Number.parseInt(hex, 16)
    if (name === undefined && !(code <= 0x10ffff)) isValid = false
    return name === undefined ? (isValid ? String.fromCodePoint(code) : '') : (NAMED[name] ?? '')
  })
  return isValid ? result : undefined
}
