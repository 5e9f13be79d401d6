/** JSON text as a driver gave it, as text: for answers of a few bytes. */
import type { JsonText } from '../plan/outcome.ts'

export function textOf(json: JsonText): string {
  return typeof json === 'string' ? json : new TextDecoder().decode(json)
}
