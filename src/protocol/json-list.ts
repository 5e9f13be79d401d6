/** The items of a list of plain values that a URL gives as JSON: `["a",5,null]`. Numbers keep their source text. */
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
