/**
 * `MetadataFilterExpression`: the conditions of RetrieveMetadataChanges.
 * `{"FilterOperator":"And","Conditions":[{"PropertyName":"LogicalName","ConditionOperator":"Equals","Value":{"Type":"System.String","Value":"account"}}]}`
 */
import { fail } from '../../protocol/errors.ts'
import type { JsonValue } from '../../protocol/row-json.ts'
import { checkMember } from './complex-metadata.ts'
import { asObject, type Body, listOf, oneOf, requiredText } from './metadata-body.ts'
import { compare, type Condition, type Simple } from './metadata-filter.ts'
import { exactDigits, isMetadataObject, type MetadataValue } from './metadata-object.ts'
import type { MetadataType } from './metadata-types.ts'

const OPERATORS = ['Equals', 'NotEquals', 'In', 'NotIn', 'GreaterThan', 'LessThan'] as const

const MAX_DEPTH = 20

/** True of everything where there are no conditions. */
export function criteriaOf(json: JsonValue | undefined, type: MetadataType, depth = 0): Condition {
  if (json === undefined || json === null) return () => true
  const body = asObject(json)
  if (!body || depth > MAX_DEPTH) throw fail('InvalidArgument', "The 'Criteria' of a query must be a MetadataFilterExpression.")
  const terms = [
    ...(listOf(body, 'Conditions') ?? []).map((condition) => conditionOf(asObject(condition) ?? {}, type)),
    ...(listOf(body, 'Filters') ?? []).map((filter) => criteriaOf(filter, type, depth + 1)),
  ]
  if (terms.length === 0) return () => true
  const isOr = oneOf(body, 'FilterOperator', ['And', 'Or']) === 'Or'
  return isOr ? (members) => terms.some((term) => term(members)) : (members) => terms.every((term) => term(members))
}

function conditionOf(body: Body, type: MetadataType): Condition {
  const name = requiredText(body, 'PropertyName')
  checkMember(type, name)
  const operator = oneOf(body, 'ConditionOperator', OPERATORS)
  const wrapper = asObject(body.Value)
  const value = wrapper ? (wrapper.Value ?? null) : (body.Value ?? null)
  switch (operator) {
    case 'In':
    case 'NotIn': {
      const values = valuesOf(value)
      return (members) => {
        const left = simpleOf(members[name], name)
        return values.some((one) => compare('eq', left, asTypeOf(left, one))) === (operator === 'In')
      }
    }
    case undefined:
      throw fail('InvalidArgument', "A condition needs a 'ConditionOperator'.")
    default: {
      const op = ({ Equals: 'eq', NotEquals: 'ne', GreaterThan: 'gt', LessThan: 'lt' } as const)[operator]
      return (members) => {
        const left = simpleOf(members[name], name)
        return compare(op, left, asTypeOf(left, value))
      }
    }
  }
}

/** Of a complex value only its `Value` counts: a managed property, the name of a type. */
function simpleOf(value: MetadataValue | undefined, name: string): Simple {
  if (value === undefined || value === null) return null
  if (typeof value !== 'object') return value
  if (isMetadataObject(value)) {
    const digits = exactDigits(value)
    if (digits !== undefined) return Number(digits)
    if ('Value' in value) return simpleOf(value.Value, name)
  }
  throw fail('InvalidArgument', `'${name}' is a label or a list: no condition can be set on it.`)
}

/** Values come as text whatever their `Type`: `"True"`, `"5"`. */
function asTypeOf(left: Simple, value: JsonValue): Simple {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value : undefined
  if (text === undefined) throw fail('InvalidArgument', "The 'Value' of a condition must be a simple value.")
  if (typeof left === 'boolean') return text.toLowerCase() === 'true'
  return typeof left === 'number' ? Number(text) : text
}

/** An array, or its JSON as text, or texts separated by commas. */
function valuesOf(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value
  if (typeof value !== 'string') throw fail('InvalidArgument', "The 'Value' of an In condition must be a list.")
  if (!value.startsWith('[')) return value.split(',').map((one) => one.trim())
  try {
    return JSON.parse(value) as readonly JsonValue[]
  } catch {
    throw fail('InvalidArgument', "The 'Value' of an In condition is not a list.")
  }
}
