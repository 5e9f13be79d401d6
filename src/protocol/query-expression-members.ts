/**
 * Members of the JSON of a QueryExpression, read by name and type. A member that the type does not have is refused: in a bulk delete
 * one that is passed over (`Critera`) would delete rows that were not meant. Annotations (`@odata.type`) are passed over.
 */
import { type DataverseError, fail } from './errors.ts'
import { isExactNumber } from './exact-number.ts'
import { excerpt } from './excerpt.ts'
import type { JsonValue } from './row-json.ts'

/** An object of the query, checked for its members. */
export type Members = { readonly type: string; readonly values: { readonly [name: string]: JsonValue } }

export function membersOf(json: JsonValue, type: string, names: readonly string[]): Members {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || isExactNumber(json)) throw invalid(`${type} must be an object.`)
  const values = json as Members['values']
  for (const name of Object.keys(values)) {
    if (names.includes(name) || name.includes('@')) continue
    throw invalid(`The property '${excerpt(name)}' does not exist on type 'Microsoft.Dynamics.CRM.${type}'.`)
  }
  return { type, values }
}

/** `null` and what is not there are the same. */
export function member(members: Members, name: string): JsonValue | undefined {
  return Object.hasOwn(members.values, name) ? (members.values[name] ?? undefined) : undefined
}

/** Empty text is none, as in a QueryExpression that .NET wrote. */
export function textMember(members: Members, name: string): string | undefined {
  const value = member(members, name)
  if (value === undefined || value === '') return undefined
  if (typeof value !== 'string') throw wrongType(members, name, 'text')
  return value
}

export function requiredMember(members: Members, name: string): string {
  const value = textMember(members, name)
  if (value === undefined) throw invalid(`${members.type} needs a value for '${name}'.`)
  return value
}

export function booleanMember(members: Members, name: string): boolean {
  const value = member(members, name)
  if (value === undefined) return false
  if (typeof value !== 'boolean') throw wrongType(members, name, 'true or false')
  return value
}

/** 0 is none: what .NET writes where nothing was set. */
export function countMember(members: Members, name: string): number | undefined {
  const value = member(members, name)
  if (value === undefined || value === 0) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw wrongType(members, name, 'a whole number')
  return value
}

export function listMember(members: Members, name: string): readonly JsonValue[] {
  const value = member(members, name)
  if (value === undefined) return []
  if (!Array.isArray(value)) throw wrongType(members, name, 'a list')
  return value
}

/** A member of an enum, as its word in the tree. */
export function enumMember<W>(members: Members, name: string, words: ReadonlyMap<string, W>): W | undefined {
  const text = textMember(members, name)
  if (text === undefined) return undefined
  const word = words.get(text)
  if (word === undefined) throw invalid(`'${excerpt(text)}' is not a valid value for '${name}' of ${members.type}.`)
  return word
}

export function invalid(detail: string): DataverseError {
  return fail('InvalidArgument', detail)
}

function wrongType(members: Members, name: string, wanted: string): DataverseError {
  return invalid(`'${name}' of ${members.type} must be ${wanted}.`)
}
