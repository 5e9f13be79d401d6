/**
 * `$filter` on definitions, in memory: simple members, enumerations (`AttributeType eq Microsoft.Dynamics.CRM.AttributeTypeCode'Picklist'`, or plain
 * text), and the value of a complex one (`RequiredLevel/Value`, `CanCreateAttributes/Value`). Labels cannot be filtered by. Texts are compared as they stand.
 */
import { unreachable } from '../../base/assert.ts'
import { parseInstant } from '../../base/date-time.ts'
import { fail } from '../../protocol/errors.ts'
import { excerpt } from '../../protocol/excerpt.ts'
import type { Comparison } from '../../protocol/comparison.ts'
import type { Filter, Operand, PropertyPath, TextMatch } from '../../protocol/filter.ts'
import { type Alias, type Aliases, literalOfAlias } from '../../protocol/key-predicate.ts'
import type { Literal } from '../../protocol/literal.ts'
import { argumentsOf, listOf, propertyOf, type QueryCall, refuseNegated } from '../../protocol/query-call.ts'
import { exactDigits, isMetadataObject, type MetadataObject, type MetadataValue } from './metadata-object.ts'
import type { MetadataType } from './metadata-types.ts'

export type Condition = (members: MetadataObject) => boolean

export type Simple = string | number | boolean | null
type Getter = (members: MetadataObject) => Simple

export function conditionOf(filter: Filter, type: MetadataType, aliases: Aliases): Condition {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const terms = filter.terms.map((term) => conditionOf(term, type, aliases))
      return filter.op === 'and' ? (members) => terms.every((term) => term(members)) : (members) => terms.some((term) => term(members))
    }
    case 'not': {
      refuseNegated(filter.term)
      const term = conditionOf(filter.term, type, aliases)
      return (members) => !term(members)
    }
    case 'in': {
      const left = getterOf(filter.left, type)
      const values = filter.values.map((value) => simpleOf(literalOf(value, aliases)))
      return (members) => values.some((value) => compare('eq', left(members), value))
    }
    case 'contains':
    case 'startswith':
    case 'endswith':
      return textCondition(filter.op, getterOf(filter.left, type), operandOf(filter.right, type, aliases))
    case 'is-true': {
      const left = getterOf(filter.left, type)
      return (members) => compare('eq', left(members), true)
    }
    case 'eq':
    case 'ne':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le': {
      const left = operandOf(filter.left, type, aliases)
      const right = operandOf(filter.right, type, aliases)
      return (members) => compare(filter.op, left(members), right(members))
    }
    case 'any':
    case 'all':
      throw fail('NotSupported', `The lambda operator '${filter.op}' in $filter on definitions`)
    case 'query-function':
      return listCondition(filter, type, aliases)
    default:
      return unreachable(filter)
  }
}

/** `In` and `NotIn`, with which clients ask for several definitions at once. Their values are texts. */
function listCondition(call: QueryCall, type: MetadataType, aliases: Aliases): Condition {
  if (call.name !== 'In' && call.name !== 'NotIn') throw fail('NotSupported', `The query function '${excerpt(call.name)}' in $filter on definitions`)
  const [property, list] = argumentsOf(call, ['PropertyName', 'PropertyValues'], (value) => literalOf(value, aliases))
  const left = getterOf(propertyOf(call, property), type)
  const values = new Set(listOf(call, list))
  return (members) => {
    const value = left(members)
    return (value !== null && values.has(String(value))) === (call.name === 'In')
  }
}

/** Two-valued, as on rows: a comparison with null is false, but for `eq` and `ne`. */
export function compare(op: Comparison, left: Simple, right: Simple): boolean {
  if (left === null || right === null) return op === 'eq' ? left === right : op === 'ne' && left !== right
  if (typeof left !== typeof right) {
    throw fail('BadRequest', `A binary operator with incompatible types was detected. Found operand types '${typeof left}' and '${typeof right}' for '${op}'.`)
  }
  switch (op) {
    case 'eq':
      return left === right
    case 'ne':
      return left !== right
    case 'gt':
      return left > right
    case 'ge':
      return left >= right
    case 'lt':
      return left < right
    case 'le':
      return left <= right
  }
}

/** The literal behind an alias, or itself. */
export function literalOf(value: Literal | Alias, aliases: Aliases): Literal {
  if (value.kind !== 'alias') return value
  const literal = literalOfAlias(value, aliases)
  if (!literal) throw fail('BadRequest', `The parameter alias '@${excerpt(value.name)}' has no value.`)
  return literal
}

function textCondition(op: TextMatch, left: Getter, right: Getter): Condition {
  return (members) => {
    const [text, part] = [left(members), right(members)]
    if (text === null || part === null) return false
    if (typeof text !== 'string' || typeof part !== 'string') throw fail('BadRequest', `The function '${op}' takes texts only.`)
    return op === 'contains' ? text.includes(part) : op === 'startswith' ? text.startsWith(part) : text.endsWith(part)
  }
}

function operandOf(operand: Operand, type: MetadataType, aliases: Aliases): Getter {
  if (operand.kind === 'path') return getterOf(operand, type)
  const value = simpleOf(literalOf(operand.kind === 'alias' ? operand : operand.literal, aliases))
  return () => value
}

function getterOf({ path }: PropertyPath, type: MetadataType): Getter {
  const [name = '', inner, ...deeper] = path
  if (type.navigations.has(name)) throw fail('NotSupported', `The navigation property '${name}' in $filter`)
  if (!type.properties.has(name)) throw fail('UnknownProperty', type.name, name)
  return (members) => {
    const value = members[name]
    if (inner === undefined) return simpleValue(value, name)
    if (!isMetadataObject(value) || 'LocalizedLabels' in value || deeper.length > 0) throw fail('NotSupported', `'${path.join('/')}' in $filter`)
    if (!Object.hasOwn(value, inner)) throw fail('UnknownProperty', name, inner)
    return simpleValue(value[inner], path.join('/'))
  }
}

function simpleValue(value: MetadataValue | undefined, path: string): Simple {
  if (value === undefined || value === null) return null
  if (typeof value !== 'object') return value
  const digits = isMetadataObject(value) ? exactDigits(value) : undefined
  if (digits === undefined) throw fail('NotSupported', `'${path}' as a whole in $filter`)
  return Number(digits)
}

function simpleOf(literal: Literal): Simple {
  switch (literal.kind) {
    case 'null':
      return null
    case 'boolean':
    case 'guid':
      return literal.value
    case 'number':
      return Number(literal.text)
    case 'string':
      return literal.text
    case 'enum':
      return literal.member
    case 'date':
    case 'datetime':
      return parseInstant(literal.text) ?? literal.text
    case 'json':
      throw fail('NotSupported', 'A list or an object in $filter')
    default:
      return unreachable(literal)
  }
}
