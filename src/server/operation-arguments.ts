/** The arguments of a function in a URL: inline, `(EntityNames=["account"])`, or by alias, `(EntityNames=@p1)?@p1=["account"]`. */
import { fail } from '../protocol/errors.ts'
import { literalOfAlias } from '../protocol/key-predicate.ts'
import type { Literal } from '../protocol/literal.ts'
import type { QueryOptions } from '../protocol/query-options.ts'
import type { PathSegment } from '../protocol/resource-path.ts'
import { type JsonValue, parseJsonBody } from '../protocol/row-json.ts'

const NULL: Literal = { kind: 'null' }

export function argumentsOf(segment: PathSegment, options: QueryOptions): ReadonlyMap<string, Literal> {
  if (segment.predicate === undefined) return new Map()
  if (segment.predicate.kind === 'id') throw fail('BadRequest', `The parameters of '${segment.name}' must be named.`)
  const given = segment.predicate.parts.map(
    ({ name, value }) => [name, value.kind === 'alias' ? (literalOfAlias(value, options.aliases) ?? NULL) : value] as const,
  )
  return new Map(given)
}

/** `Microsoft.Dynamics.CRM.EndpointAccessType'Default'` and `'Default'` alike: ServiceClient sends the plain string. */
export function memberOf(literal: Literal | undefined): string | undefined {
  if (literal?.kind === 'enum') return literal.member
  return literal?.kind === 'string' ? literal.text : undefined
}

/** `["account","contact"]`, with single or double quotes. */
export function namesOf(literal: Literal | undefined, parameter: string): readonly string[] {
  const value: unknown = literal?.kind === 'json' ? JSON.parse(literal.text) : undefined
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value
  throw fail('BadRequest', `The parameter '${parameter}' must be an array of strings.`)
}

export function required(args: ReadonlyMap<string, Literal>, parameter: string): Literal {
  const literal = args.get(parameter)
  if (!literal || literal.kind === 'null') throw fail('BadRequest', `The parameter '${parameter}' is missing.`)
  return literal
}

/** A row or another structure, given as JSON. */
export function jsonOf(args: ReadonlyMap<string, Literal>, parameter: string): JsonValue {
  const literal = required(args, parameter)
  if (literal.kind !== 'json') throw fail('BadRequest', `The parameter '${parameter}' must be a row: {"@odata.id":"accounts(<id>)"}.`)
  return parseJsonBody(literal.text)
}

export function parameterText(args: ReadonlyMap<string, Literal>, parameter: string): string {
  const literal = required(args, parameter)
  if (literal.kind !== 'string') throw fail('BadRequest', `The parameter '${parameter}' must be a string.`)
  return literal.text
}

export function parameterNumber(args: ReadonlyMap<string, Literal>, parameter: string): number {
  const literal = required(args, parameter)
  if (literal.kind !== 'number' || !Number.isSafeInteger(Number(literal.text))) throw fail('BadRequest', `The parameter '${parameter}' must be a whole number.`)
  return Number(literal.text)
}
