/**
 * `Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=["a","b"])` bound: the condition that FetchXML's operator of that meaning makes.
 * Behind a range variable or a lookup the property is one of that row: `o/Microsoft.Dynamics.CRM.Today(PropertyName='createdon')`.
 */
import { unreachable } from '../base/assert.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { Filter, PropertyPath } from '../protocol/filter.ts'
import { listItems } from '../protocol/json-list.ts'
import type { Literal } from '../protocol/literal.ts'
import { NAMESPACE } from '../protocol/names.ts'
import { bindOperator } from './bind-operator.ts'
import type { BoundFilter } from './bound-filter.ts'
import { countValues, followPath, literalOf, type Scope } from './filter-scope.ts'
import { type FunctionShape, queryFunction } from './query-functions.ts'

type Call = Extract<Filter, { readonly op: 'query-function' }>

const PARAMETERS: Readonly<Record<FunctionShape, readonly string[]>> = {
  none: ['PropertyName'],
  value: ['PropertyName', 'PropertyValue'],
  'two-values': ['PropertyName', 'PropertyValue1', 'PropertyValue2'],
  list: ['PropertyName', 'PropertyValues'],
  pair: ['PropertyName', 'PropertyValues'],
}

export function bindQueryFunction(call: Call, scope: Scope): BoundFilter {
  const known = queryFunction(call.name)
  if (!known) throw fail('BadRequest', `An unknown function with name '${excerpt(`${NAMESPACE}.${call.name}`)}' was found.`)
  const [property, ...values] = argumentsOf(call, PARAMETERS[known.shape], scope)
  const left = followPath(pathOf(call, property), scope)
  return bindOperator(known.operator, left, textsOf(call, values, known.shape, scope), scope.whole.context)
}

/** In the order of `names`, each given once. */
function argumentsOf(call: Call, names: readonly string[], scope: Scope): readonly Literal[] {
  const given = new Map(call.parameters.map(({ name, value }) => [name, value]))
  const values = names.map((name) => given.get(name))
  if (call.parameters.length !== names.length || values.includes(undefined)) throw wrong(call, `takes ${names.join(', ')}`)
  return values.flatMap((value) => (value ? [literalOf(value, scope)] : []))
}

function pathOf(call: Call, property: Literal | undefined): PropertyPath {
  if (property?.kind !== 'string') throw wrong(call, "takes a text as PropertyName: 'createdon'")
  return { ...call.row, path: [...call.row.path, ...property.text.split('/')] }
}

function textsOf(call: Call, values: readonly Literal[], shape: FunctionShape, scope: Scope): readonly string[] {
  switch (shape) {
    case 'none':
    case 'value':
    case 'two-values':
      return values.map((value) => textOf(call, value))
    case 'list':
    case 'pair': {
      const [list] = values
      const items = list?.kind === 'json' ? listItems(list.text) : undefined
      if (!items) throw wrong(call, 'takes a list of values as PropertyValues: ["a","b"]')
      if (shape === 'pair' && items.length !== 2) throw wrong(call, `takes exactly two values, not ${items.length}`)
      countValues(items.length, scope)
      return items.map((item) => textOf(call, item))
    }
    default:
      return unreachable(shape)
  }
}

function textOf(call: Call, literal: Literal): string {
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
      throw wrong(call, 'takes no null')
    case 'json':
      throw wrong(call, 'takes plain values')
    default:
      return unreachable(literal)
  }
}

function wrong({ name }: Call, rule: string): DataverseError {
  return fail('BadRequest', `The query function '${NAMESPACE}.${name}' ${rule}.`)
}
