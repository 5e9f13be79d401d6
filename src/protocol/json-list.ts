/** The items of a list of plain values that a URL gives as JSON: `["a",5,null]`. Numbers keep their source text. */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { type Literal, parseLiteral } from './literal.ts'

const ITEM = /"(?:[^"\\]|\\.)*"|[^\s,"]+/g

/** `json` is valid JSON. Undefined where it is no list, or holds lists or objects. */
export function listItems(json: string): readonly Literal[] | undefined {
  if (!json.startsWith('[')) return undefined
  const items: Literal[] = []
  for (const [text] of json.slice(1, json.lastIndexOf(']')).matchAll(ITEM)) {
    const item: Literal | undefined = text.startsWith('"') ? { kind: 'string', text: JSON.parse(text) } : parseLiteral(text)
    if (!item || item.kind === 'json') return undefined
    items.push(item)
  }
  return items
}

/** What is wrong with a text that begins as a list. An apostrophe ends a text in single quotes: what follows is what Dataverse complains about. */
export function badList(text: string): DataverseError {
  const rule = text.includes("'")
    ? `A comma character ',' was expected in scope 'Array'. Every two elements in an array and properties of an object must be separated by commas. ` +
      'Texts with an apostrophe stand in double quotes'
    : 'A value is a number, true, false, null, or stands in quotes'
  return fail('BadRequest', `Invalid JSON. ${rule}: ${excerpt(text)}.`)
}
