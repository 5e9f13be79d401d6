/**
 * A row in a request body, before any schema: JSON members sorted into values, bound lookups and nested rows.
 * `{"name":"A","primarycontactid@odata.bind":"/contacts(…)","Account_Tasks":[{"subject":"x"}]}`
 */
import { type DataverseError, fail } from './errors.ts'
import { exactNumberOf, isExactNumber, mayHoldExactNumbers } from './exact-number.ts'
import { excerpt } from './excerpt.ts'
import type { KeyPredicate } from './key-predicate.ts'
import { parseRowReference } from './row-reference.ts'

/** A number whose source text a double cannot hold exactly. */
export type ExactNumber = { readonly exact: string }
export type JsonValue = string | number | boolean | null | ExactNumber | readonly JsonValue[] | { readonly [name: string]: JsonValue }

/** A row named in a body: `/contacts(emailaddress1='a@b.c')`, an absolute URL, or `$1`. */
export type RowReference =
  | { readonly kind: 'row'; readonly entitySet: string; readonly predicate: KeyPredicate }
  | { readonly kind: 'content-id'; readonly contentId: string }

export type RowMember =
  | { readonly kind: 'value'; readonly name: string; readonly value: string | number | boolean | null | ExactNumber }
  /** `nav@odata.bind`; `null` clears a single-valued one. */
  | { readonly kind: 'bind'; readonly navigation: string; readonly references: readonly RowReference[] | null; readonly isCollection: boolean }
  /** A nested object (deep insert, or `{"@odata.id": …}`), or an array of them. */
  | { readonly kind: 'rows'; readonly navigation: string; readonly rows: readonly RowBody[]; readonly isCollection: boolean }

export type RowBody = {
  /** `@odata.type` without `#` and namespace: `account`. */
  readonly type?: string | undefined
  /** `@odata.id` */
  readonly id?: RowReference | undefined
  readonly members: readonly RowMember[]
}

/** Deeper than any deep insert; far from what the stack bears. */
const MAX_DEPTH = 64

type JsonObject = { readonly [name: string]: JsonValue }
type Reviver = (this: unknown, name: string, value: unknown, source: { readonly source: string }) => unknown

/** The body's text as JSON. An empty body is the caller's to judge: here it is malformed. */
export function parseJsonBody(text: string): JsonValue {
  const value = parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  // Such characters come only through escapes: raw ones JSON refuses, or the decoding of UTF-8 never makes.
  const isSuspect = /\\u(?:0000|[dD][89a-fA-F])/.test(text) || !text.isWellFormed()
  inspect(value, 0, isSuspect)
  return value
}

/** Sorts a row's members. `entitySet` is only named in errors. Annotations are passed over, `@odata.bind`, `.id` and `.type` excepted. */
export function parseRowBody(json: JsonValue, entitySet = ''): RowBody {
  if (!isObject(json)) throw fail('BadPayload', entitySet, 'the body must be a JSON object.')
  const members: RowMember[] = []
  let type: string | undefined
  let id: RowReference | undefined
  for (const [name, value] of Object.entries(json)) {
    const at = name.indexOf('@')
    if (at === -1) members.push(memberOf(name, value, entitySet))
    else if (at > 0 && name.slice(at) === '@odata.bind') members.push(bindOf(name.slice(0, at), value, entitySet))
    else if (name === '@odata.type') type = typeNameOf(value, entitySet)
    else if (name === '@odata.id') id = parseRowReference(textOf(name, value, entitySet))
  }
  const body: { type?: string; id?: RowReference; members: readonly RowMember[] } = { members }
  if (type !== undefined) body.type = type
  if (id !== undefined) body.id = id
  return body
}

/** `#Microsoft.Dynamics.CRM.account`, with or without `#`, is `account`. */
function typeNameOf(value: JsonValue, entitySet = ''): string {
  const text = textOf('@odata.type', value, entitySet)
  return text.slice(Math.max(text.lastIndexOf('.'), text.lastIndexOf('#')) + 1)
}

function memberOf(name: string, value: JsonValue, entitySet: string): RowMember {
  if (value === null || typeof value !== 'object' || isExactNumber(value)) return { kind: 'value', name, value }
  if (!isArray(value)) return { kind: 'rows', navigation: name, rows: [parseRowBody(value, entitySet)], isCollection: false }
  if (!value.every(isObject)) throw fail('BadPayload', entitySet, `'${excerpt(name)}' must be an array of objects.`)
  return { kind: 'rows', navigation: name, rows: value.map((row) => parseRowBody(row, entitySet)), isCollection: true }
}

function bindOf(navigation: string, value: JsonValue, entitySet: string): RowMember {
  // Form builders send '' where they mean null.
  if (value === null || value === '') return { kind: 'bind', navigation, references: null, isCollection: false }
  const name = `${navigation}@odata.bind`
  const texts = isArray(value) ? value : [value]
  return { kind: 'bind', navigation, references: texts.map((text) => parseRowReference(textOf(name, text, entitySet))), isCollection: isArray(value) }
}

function textOf(name: string, value: JsonValue, entitySet: string): string {
  if (typeof value !== 'string') throw fail('BadPayload', entitySet, `the value of '${excerpt(name)}' must be text.`)
  return value
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}

function parseJson(text: string): JsonValue {
  try {
    return mayHoldExactNumbers(text) ? JSON.parse(text, keepExact as (name: string, value: unknown) => unknown) : JSON.parse(text)
  } catch (error) {
    throw malformed(error)
  }
}

const keepExact: Reviver = (_name, value, context) => (typeof value === 'number' ? (exactNumberOf(context.source, value) ?? value) : value)

/** A RangeError is the reviver's stack at its end: nested too deeply as well. */
function malformed(error: unknown): DataverseError {
  return error instanceof RangeError ? tooDeep() : fail('BadJson', error instanceof Error ? error.message : '')
}

function tooDeep(): DataverseError {
  return fail('BadJson', `It is nested more than ${MAX_DEPTH} levels deep.`)
}

/** Walks the whole body: `for … in` takes half the time of `Object.entries`, and JSON's objects inherit nothing enumerable. */
function inspect(value: JsonValue, depth: number, checksText: boolean): void {
  if (typeof value === 'string') {
    if (checksText) refuseBadText(value)
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (depth >= MAX_DEPTH) throw tooDeep()
  if (isArray(value)) {
    for (const item of value) inspect(item, depth + 1, checksText)
    return
  }
  const object: Readonly<Record<string, JsonValue>> = value as JsonObject
  for (const name in object) {
    if (checksText) refuseBadText(name)
    inspect(object[name] ?? null, depth + 1, checksText)
  }
}

/** No store keeps these: PostgreSQL refuses U+0000, and a lone surrogate has no UTF-8. */
function refuseBadText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) throw fail('InvalidArgument', 'Text must not hold U+0000 or a lone surrogate.')
}
