/** The text in parentheses behind a set: `(6f0c…)`, `(accountnumber='A1')`, `(_siteid_value=…,code=@c)`, `()`. */
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { isIdentifier } from './identifier.ts'
import { badList } from './json-list.ts'
import { formatLiteral, type Literal, parseLiteral } from './literal.ts'
import { splitOutside } from './split.ts'

export type Alias = { readonly kind: 'alias'; readonly name: string }
/** What a query gives for its aliases, by their names without `@`; each text is still to be parsed. */
export type Aliases = ReadonlyMap<string, string>
export type KeyPart = { readonly name: string; readonly value: Literal | Alias }

export type KeyPredicate =
  /** A bare value: the primary id. */
  | { readonly kind: 'id'; readonly value: Literal | Alias }
  /** Also a function's parameters; empty for `()`. */
  | { readonly kind: 'named'; readonly parts: readonly KeyPart[] }

/** 100: a key has at most 16 columns, a function a handful of parameters. */
const MAX_PARTS = 100

/** The text between the parentheses, percent-decoded. */
export function parseKeyPredicate(text: string): KeyPredicate {
  const trimmed = text.trim()
  if (trimmed === '') return { kind: 'named', parts: [] }
  if (splitName(trimmed) === undefined) return { kind: 'id', value: parseValue(trimmed) }
  const texts = splitOutside(trimmed, ',')
  if (!texts) throw fail('BadUrl', `a quote or bracket is not closed in '(${excerpt(text)})'`)
  if (texts.length > MAX_PARTS) throw fail('BadUrl', `more than ${MAX_PARTS} values in one pair of parentheses`)
  const parts = texts.map(parsePart)
  if (new Set(parts.map((part) => part.name)).size < parts.length) throw fail('BadUrl', `a name is given twice in '(${excerpt(text)})'`)
  return { kind: 'named', parts }
}

/** The inverse, without parentheses and not percent-encoded. */
export function formatKeyPredicate(predicate: KeyPredicate): string {
  if (predicate.kind === 'id') return formatValue(predicate.value)
  return predicate.parts.map((part) => `${part.name}=${formatValue(part.value)}`).join(',')
}

/** `@p1`: the value stands in a query option of that name. */
export function parseAlias(text: string): Alias | undefined {
  return text.startsWith('@') && isIdentifier(text.slice(1)) ? { kind: 'alias', name: text.slice(1) } : undefined
}

/** The literal that the query gives for an alias: `accounts(accountnumber=@k)?@k='A%2FB'`. Undefined where it gives none. */
export function literalOfAlias({ name }: Alias, aliases: Aliases): Literal | undefined {
  const text = aliases.get(name)?.trim()
  if (text === undefined) return undefined
  const literal = parseLiteral(text)
  if (!literal && text.startsWith('[')) throw badList(text)
  if (!literal) throw fail('BadRequest', `'${excerpt(text)}', the value of '@${name}', is not a literal.`)
  return literal
}

/** An alias may stand in many places: what is longer than any path is not read in each of them. */
const MAX_PATH = 1000

/** The names of the path that the query gives for an alias: `$filter=contains(@p1,'x')&@p1=name`. Undefined where it gives a literal, or nothing. */
export function pathOfAlias({ name }: Alias, aliases: Aliases): readonly string[] | undefined {
  const text = aliases.get(name)?.trim()
  if (text === undefined || text.length > MAX_PATH || parseLiteral(text)) return undefined
  const names = text.split('/')
  return names.every(isIdentifier) ? names : undefined
}

function parsePart(text: string): KeyPart {
  const split = splitName(text)
  if (!split) throw fail('BadUrl', `'${excerpt(text)}' is not of the form name=value`)
  return { name: split.name, value: parseValue(split.value) }
}

/** Tells `code='A'` from the bare values `'a=b'` and `[{"x":"="}]`. */
function splitName(text: string): { readonly name: string; readonly value: string } | undefined {
  const equals = text.indexOf('=')
  if (equals === -1) return undefined
  const name = text.slice(0, equals).trim()
  return isIdentifier(name) ? { name, value: text.slice(equals + 1) } : undefined
}

function parseValue(text: string): Literal | Alias {
  const trimmed = text.trim()
  const value = parseAlias(trimmed) ?? parseLiteral(trimmed)
  if (!value) throw fail('BadUrl', `'${excerpt(trimmed)}' is not a literal`)
  return value
}

export function formatValue(value: Literal | Alias): string {
  return value.kind === 'alias' ? `@${value.name}` : formatLiteral(value)
}
