/** Values of FetchXML's attributes: `distinct="1"`, `count="50"`, `link-type="outer"`. A value that is none of those documented is refused. */
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { isIdentifier } from './identifier.ts'
import type { XmlElement } from './xml-reader.ts'

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false }
const MAX_NUMBER = 2_147_483_647

export function requiredText(element: XmlElement, name: string): string {
  const value = element.attributes.get(name)
  if (value === undefined || value === '') throw fail('FetchAttributeMissing', `'${name}' of <${element.name}>`)
  return value
}

/** An empty value is none: form builders write `alias=""`. */
export function optionalText(element: XmlElement, name: string): string | undefined {
  return element.attributes.get(name) || undefined
}

/** An alias becomes a property of the answer, and part of others. */
export function optionalAlias(element: XmlElement): string | undefined {
  const alias = optionalText(element, 'alias')
  return alias === undefined ? undefined : checkedAlias(alias)
}

/** As the original has it: letters, digits and `_`, the first no digit. */
export function checkedAlias(alias: string): string {
  if (!isIdentifier(alias))
    throw fail('FetchInvalidValue', `The alias '${excerpt(alias)}' is not valid: it takes letters, digits and '_' alone, and no digit first.`)
  return alias
}

export function optionalBoolean(element: XmlElement, name: string): boolean | undefined {
  const value = element.attributes.get(name)
  if (value === undefined) return undefined
  const key = value.toLowerCase()
  if (!Object.hasOwn(BOOLEANS, key)) throw fail('FetchInvalidValue', `The only valid values for ${name} attribute are 'true', 'false', '1', and '0'.`)
  return BOOLEANS[key]
}

export function isTrue(element: XmlElement, name: string): boolean {
  return optionalBoolean(element, name) ?? false
}

export function optionalNumber(element: XmlElement, name: string): number | undefined {
  const value = element.attributes.get(name)
  if (value === undefined) return undefined
  const number = /^\s*\d{1,10}\s*$/.test(value) ? Number(value) : Number.NaN
  if (!(number <= MAX_NUMBER)) throw fail('FetchInvalidValue', `'${excerpt(value)}' is not a valid value for ${name} attribute: it takes a whole number.`)
  return number
}

/** One of a few words; case does not count. */
export function wordOf<W extends string>(words: readonly W[], text: string): W | undefined {
  const lower = text.trim().toLowerCase()
  return words.find((word) => word.toLowerCase() === lower)
}
