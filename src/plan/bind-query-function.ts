/**
 * `Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=["a","b"])` bound: the condition that FetchXML's operator of that meaning makes.
 * Behind a range variable or a lookup the property is one of that row: `o/Microsoft.Dynamics.CRM.Today(PropertyName='createdon')`.
 */
import { unreachable } from '../base/assert.ts'
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { Literal } from '../protocol/literal.ts'
import { NAMESPACE } from '../protocol/names.ts'
import { argumentsOf, listOf, propertyOf, type QueryCall, textOf, wrongCall } from '../protocol/query-call.ts'
import { bindOperator } from './bind-operator.ts'
import type { BoundFilter } from './bound-filter.ts'
import { countValues, followPath, literalOf, type Scope } from './filter-scope.ts'
import { type FunctionShape, queryFunction } from './query-functions.ts'

const PARAMETERS: Readonly<Record<FunctionShape, readonly string[]>> = {
  none: ['PropertyName'],
  value: ['PropertyName', 'PropertyValue'],
  'two-values': ['PropertyName', 'PropertyValue1', 'PropertyValue2'],
  list: ['PropertyName', 'PropertyValues'],
  pair: ['PropertyName', 'PropertyValues'],
}

export function bindQueryFunction(call: QueryCall, scope: Scope): BoundFilter {
  const known = queryFunction(call.name)
  if (!known) throw fail('BadRequest', `An unknown function with name '${excerpt(`${NAMESPACE}.${call.name}`)}' was found.`)
  const [property, ...values] = argumentsOf(call, PARAMETERS[known.shape], (value) => literalOf(value, scope))
  const left = followPath(propertyOf(call, property), scope)
  return bindOperator(known.operator, left, textsOf(call, values, known.shape, scope), scope.whole.context)
}

function textsOf(call: QueryCall, values: readonly Literal[], shape: FunctionShape, scope: Scope): readonly string[] {
  switch (shape) {
    case 'none':
    case 'value':
    case 'two-values':
      return values.map((value) => textOf(call, value))
    case 'list':
    case 'pair': {
      const texts = listOf(call, values[0])
      if (shape === 'pair' && texts.length !== 2) throw wrongCall(call, `takes exactly two values, not ${texts.length}`)
      countValues(texts.length, scope)
      return texts
    }
    default:
      return unreachable(shape)
  }
}
