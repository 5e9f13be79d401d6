/**
 * Which row a key predicate names: `(6f0c…)` by id, `(accountnumber='A1')` by an active alternate key, `(_siteid_value=…,code=5)` by
 * one that holds a lookup. The columns must be exactly those of one key, in any order (sync.md 2.1). `systemuser` and `team` inherit
 * their key from `principal`: there `(ownerid=…)` is the id, and `(systemuserid=…)` is no key.
 */
import { assert } from '../base/assert.ts'
import { Decimal } from '../base/decimal.ts'
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import { type Alias, type Aliases, type KeyPart, type KeyPredicate, literalOfAlias } from '../protocol/key-predicate.ts'
import { formatLiteral, type Literal } from '../protocol/literal.ts'
import type { RowReference } from '../protocol/row-json.ts'
import { type Column, wireName } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { AlternateKey, Table } from '../schema/table.ts'
import { bindLiteral, guid } from './bind-literal.ts'
import { isPrincipal } from '../schema/principal.ts'
import type { RowAddress } from './row-address.ts'
import type { Value } from './value.ts'

const NO_ALIASES: Aliases = new Map()

export function bindAddress(table: Table, predicate: KeyPredicate, aliases: Aliases): RowAddress {
  if (predicate.kind === 'id') return byId(table, resolveAlias(predicate.value, aliases))
  const only = predicate.parts.length === 1 ? predicate.parts[0] : undefined
  if (only?.name === idName(table)) return byId(table, resolveAlias(only.value, aliases))
  const key = table.keys.find((one) => one.status === 'Active' && isKeyOf(table, one, predicate.parts))
  if (!key) throw fail('KeyNotDefined', table.logicalName)
  return { by: 'key', table, key, parts: key.columns.map((name) => bindPart(keyColumn(table, name), predicate.parts, aliases)) }
}

/** A row named in a body (`nav@odata.bind`, `@odata.id`) or in `$id`; `targets` are the logical names of the tables it may be in. */
export function bindReference(reference: RowReference, schema: Schema, targets: readonly string[]): RowAddress {
  if (reference.kind === 'content-id') throw fail('UnknownContentId', `$${reference.contentId}`)
  const table = schema.sets.get(reference.entitySet)
  if (!table) throw fail('BadPayload', reference.entitySet, `Resource not found for the segment '${reference.entitySet}'.`)
  if (!targets.includes(table.logicalName)) {
    throw fail('BadPayload', reference.entitySet, `a row of '${table.logicalName}' is given where one of '${targets.join("', '")}' is expected.`)
  }
  return bindAddress(table, reference.predicate, NO_ALIASES)
}

/** The literal itself, or the one that the query gives for its alias, which a key cannot do without. */
function resolveAlias(value: Literal | Alias, aliases: Aliases): Literal {
  if (value.kind !== 'alias') return value
  const literal = literalOfAlias(value, aliases)
  if (!literal) throw fail('BadRequest', `The parameter alias '@${value.name}' has no value.`)
  return literal
}

function byId(table: Table, literal: Literal): RowAddress {
  const id = guid(literal)
  if (id === undefined) throw fail('BadRequest', `${excerpt(formatLiteral(literal))} is not the id of a row of '${table.logicalName}'; an id is a guid.`)
  return { by: 'id', table, id }
}

/** The name under which the id may be given in a predicate. */
function idName(table: Table): string {
  return isPrincipal(table) ? 'ownerid' : table.primaryIdColumn
}

function isKeyOf(table: Table, key: AlternateKey, parts: readonly KeyPart[]): boolean {
  return key.columns.length === parts.length && key.columns.every((name) => partOf(keyColumn(table, name), parts) !== undefined)
}

function keyColumn(table: Table, name: string): Column {
  const column = table.columns.get(name)
  assert(column, `key column ${table.logicalName}.${name} does not exist`)
  return column
}

function partOf(column: Column, parts: readonly KeyPart[]): KeyPart | undefined {
  const name = wireName(column)
  return parts.find((part) => part.name === name)
}

function bindPart(column: Column, parts: readonly KeyPart[], aliases: Aliases): { readonly column: Column; readonly value: Value } {
  const part = partOf(column, parts)
  if (!part) throw fail('BadRequest', `The key column '${wireName(column)}' is missing.`)
  const value = bindLiteral(column, resolveAlias(part.value, aliases))
  // A row with null in a key column is not in the key, and empty text is stored as null.
  if (value === null || value === '') throw fail('BadRequest', `The key column '${wireName(column)}' cannot be null.`)
  // Stored values are rounded: an upsert by 1.005 where two digits are kept has to find the row it made.
  return { column, value: column.type === 'decimal' && typeof value === 'string' ? Decimal.round(value, column.precision) : value }
}
