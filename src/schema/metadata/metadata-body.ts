/**
 * Members of a definition in a request body, each read as what it must be. A member that is missing or null is `undefined`:
 * clients leave out what they do not set, or send null for it.
 */
import { isExactNumber } from '../../protocol/exact-number.ts'
import { fail } from '../../protocol/errors.ts'
import type { JsonValue } from '../../protocol/row-json.ts'

export type Body = { readonly [member: string]: JsonValue }

/** Undefined where it is no object. */
export function asObject(json: JsonValue | undefined): Body | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !isExactNumber(json) ? (json as Body) : undefined
}

/** The whole body, or an object in it; `what` is only named in errors. */
export function bodyOf(json: JsonValue | undefined, what: string): Body {
  const body = asObject(json)
  if (!body) throw fail('InvalidMetadata', `${what} must be a JSON object.`)
  return body
}

export function objectOf(body: Body, member: string): Body | undefined {
  const value = body[member] ?? undefined
  return value === undefined ? undefined : bodyOf(value, `The member '${member}'`)
}

export function textOf(body: Body, member: string): string | undefined {
  const value = body[member] ?? undefined
  if (value !== undefined && typeof value !== 'string') throw wrong(member, 'a string')
  return value
}

export function flagOf(body: Body, member: string): boolean | undefined {
  const value = body[member] ?? undefined
  if (value !== undefined && typeof value !== 'boolean') throw wrong(member, 'true or false')
  return value
}

export function numberOf(body: Body, member: string): number | undefined {
  const value = body[member] ?? undefined
  if (value !== undefined && typeof value !== 'number') throw wrong(member, 'a number')
  return value
}

export function integerOf(body: Body, member: string): number | undefined {
  const value = numberOf(body, member)
  if (value !== undefined && !Number.isSafeInteger(value)) throw wrong(member, 'a whole number')
  return value
}

export function listOf(body: Body, member: string): readonly JsonValue[] | undefined {
  const value = body[member] ?? undefined
  if (value !== undefined && !Array.isArray(value)) throw wrong(member, 'an array')
  return value
}

export function textsOf(body: Body, member: string): readonly string[] | undefined {
  return listOf(body, member)?.map((value) => {
    if (typeof value !== 'string') throw wrong(member, 'an array of strings')
    return value
  })
}

/** A member of an enumeration. */
export function oneOf<T extends string>(body: Body, member: string, allowed: readonly T[]): T | undefined {
  const value = textOf(body, member)
  if (value === undefined) return undefined
  const known = allowed.find((one) => one === value)
  if (known === undefined) throw fail('InvalidMetadata', `The member '${member}' cannot be '${value}'; it is one of ${allowed.join(', ')}.`)
  return known
}

/** `{"Value":…}` around one of an enumeration: `RequiredLevel`, `FormatName`, `DateTimeBehavior`. Also the bare value. */
export function wrappedOneOf<T extends string>(body: Body, member: string, allowed: readonly T[]): T | undefined {
  const wrapper = asObject(body[member])
  return wrapper ? oneOf({ [member]: wrapper.Value ?? null }, member, allowed) : oneOf(body, member, allowed)
}

/** A managed property, `{"Value":true,…}`, or the bare value. */
export function wrappedFlag(body: Body, member: string): boolean | undefined {
  const wrapper = asObject(body[member])
  return flagOf(wrapper ? { [member]: wrapper.Value ?? null } : body, member)
}

export function requiredText(body: Body, member: string): string {
  const value = textOf(body, member)
  if (value === undefined || value === '') throw missing(member)
  return value
}

export function missing(member: string): Error {
  return fail('InvalidMetadata', `The required member '${member}' is missing.`)
}

/** `#Microsoft.Dynamics.CRM.StringAttributeMetadata`, with or without `#`: the name behind the namespace, `Complex…` taken away. */
export function typeNameOf(body: Body): string | undefined {
  const name = textOf(body, '@odata.type')
  return name?.replace(/^#?(?:Microsoft\.Dynamics\.CRM\.|mscrm\.)?(?:Complex)?/, '')
}

function wrong(member: string, wanted: string): Error {
  return fail('InvalidMetadata', `The member '${member}' must be ${wanted}.`)
}
