/**
 * XML as text: `element('Key', {}, [element('PropertyRef', { Name: 'accountid' })])`. An attribute that is undefined is left out.
 * Children are elements as text; what CSDL writes as text inside an element (a few constants) its caller escapes.
 */
export type XmlAttributes = { readonly [name: string]: string | undefined }

/** One line for each element, so that two versions of a document can be compared. */
export function element(name: string, attributes: XmlAttributes, children: readonly string[] = []): string {
  let head = `<${name}`
  for (const attribute in attributes) {
    const value = attributes[attribute]
    if (value !== undefined) head += ` ${attribute}="${escapeXml(value)}"`
  }
  return children.length === 0 ? `${head}/>` : `${head}>\n${children.join('\n')}\n</${name}>`
}

// What XML 1.0 cannot hold even as a character reference: control characters, lone surrogates, U+FFFE and U+FFFF.
// biome-ignore lint/complexity/useRegexLiterals: the escapes would be unreadable as themselves
const FORBIDDEN = new RegExp('[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]|\\p{Surrogate}', 'gu')
const MARKUP = /[&<>"\t\n\r]/g
const NEEDS_CARE = /[^ !#-%'-;=?-~]/

/** For an attribute in double quotes. A forbidden character becomes U+FFFD; white space survives attribute normalization. */
export function escapeXml(text: string): string {
  if (!NEEDS_CARE.test(text)) return text
  return text.replace(FORBIDDEN, '\ufffd').replace(MARKUP, (mark) => `&#${mark.charCodeAt(0)};`)
}
