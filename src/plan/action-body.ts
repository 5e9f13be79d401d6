/** The body of an action as its parameters: `{"Target":{…},"Subordinate":{…}}`. One that the action does not have is refused by name. */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import { asObject, type Body } from '../schema/metadata/metadata-body.ts'

/** Annotations (`@odata.type`) are passed over. */
export function actionBody(json: JsonValue | undefined, action: string, parameters: readonly string[]): Body {
  const body = asObject(json)
  if (!body) throw fail('BadRequest', `The body of '${action}' must be a JSON object.`)
  const unknown = Object.keys(body).find((name) => !parameters.includes(name) && !name.startsWith('@'))
  if (unknown !== undefined) throw fail('BadRequest', `The action '${action}' has no parameter '${excerpt(unknown)}'.`)
  return body
}
