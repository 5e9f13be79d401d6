/** JSON text as a driver gave it, as text: for answers of a few bytes. */
import type { JsonText } from '../plan/outcome.ts'

export function textOf(json: JsonText): string {
  if (typeof json === 'string') return json
  const decoder = new TextDecoder()
  return json.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode()
}
