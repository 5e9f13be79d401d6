/**
 * The arguments of a query function as the text of a filter gives them: `Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=["a","b"])`.
 * What each function means, binders know; what it takes is checked alike for rows and for definitions.
 */
import { unreachable } from '../base/assert.ts'
import { type DataverseError, fail } from './errors.ts'
import type { Filter, PropertyPath } from './filter.ts'
import { listItems } from './json-list.ts'
import type { Alias } from './key-predicate.ts'
import type { Literal } from './literal.ts'
import { NAMESPACE } from './names.ts'

export type QueryCall = Extract<Filter, { readonly op: 'query-function' }>

/** The values in the order of `names`, each given once and nothing beside them. */
export function argumentsOf(call: QueryCall, names: readonly string[], literalOf: (value: Literal | Alias) => Literal): readonly Literal[] {
  const given = new Map(call.parameters.map(({ name, value }) => [name, value]))
  const values = names.map((name) => given.get(name))
  if (call.parameters.length !== names.length || values.includes(undefined)) throw wrongCall(call, `takes ${names.join(', ')}`)
  return values.flatMap((value) => (value ? [literalOf(value)] : []))
}

/** The path that `PropertyName` names, from the row that the function stands behind. */
export function propertyOf(call: QueryCall, property: Literal | undefined): PropertyPath {
  if (property?.kind !== 'string') throw wrongCall(call, "takes a text as PropertyName: 'createdon'")
  return { ...call.row, path: [...call.row.path, ...property.text.split('/')] }
}

/** `PropertyValues`, each as plain text. */
export function listOf(call: QueryCall, list: Literal | undefined): readonly string[] {
  const items = list?.kind === 'json' ? listItems(list.text) : undefined
  if (!items) throw wrongCall(call, 'takes a list of values as PropertyValues: ["a","b"]')
  return items.map((item) => textOf(call, item))
}

/** A value as plain text: `5`, `true`, `2024-05-01`, without quotes. */
export function textOf(call: QueryCall, literal: Literal): string {
  switch (literal.kind) {
    case 'string':
    case 'number':
    case 'date':
    case 'datetime':
      return literal.text
    case 'boolean':
      return String(literal.value)
    case 'guid':
      return literal.value
    case 'enum':
      return literal.member
    case 'null':
      throw wrongCall(call, 'takes no null')
    case 'json':
      throw wrongCall(call, 'takes plain values')
    default:
      return unreachable(literal)
  }
}

export function wrongCall({ name }: QueryCall, rule: string): DataverseError {
  return fail('BadRequest', `The query function '${NAMESPACE}.${name}' ${rule}.`)
}

/** `not` may not stand before a query function; most have a counterpart, `NotIn`. */
export function refuseNegated(term: Filter): void {
  if (term.op === 'query-function') throw fail('UnsupportedClause', 'Not operator along with the Custom Named Condition operators is not allowed')
}
