/** What `$filter` may hold by OData but not in Dataverse, each with the name it is refused by. */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const OPERATORS = words('add sub mul div divby mod has')
const FUNCTIONS = words(
  'tolower toupper length indexof substring substringof trim concat replace matchesPattern year month day hour minute second fractionalseconds ' +
    'totaloffsetminutes totalseconds round floor ceiling date time now mindatetime maxdatetime cast isof geo.distance geo.intersects geo.length ' +
    'hassubset hassubsequence case',
)
/** Conditions, where a value should stand. */
const CONDITIONS = words('contains startswith endswith any all')
const NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/

/** A word that stands where an operator is expected. */
export function refusedOperator(word: string): DataverseError | undefined {
  return OPERATORS.has(word) ? fail('NotSupported', `The operator '${word}' in $filter`) : undefined
}

/** A word before an opening parenthesis, where an operand is expected. */
export function refusedFunction(word: string): DataverseError {
  const last = word.slice(word.lastIndexOf('/') + 1)
  if (word === 'any' || word === 'all')
    return fail('BadRequest', `'${word}' stands behind a collection-valued navigation property: 'Account_Tasks/${word}(…)'.`)
  if (CONDITIONS.has(last) || last.startsWith('Microsoft.Dynamics.CRM.'))
    return fail('NotSupported', `The condition '${excerpt(last)}' as an operand in $filter`)
  if (FUNCTIONS.has(word)) return fail('NotSupported', `The function '${word}' in $filter`)
  if (word.startsWith('-')) return fail('NotSupported', "The operator '-' in $filter")
  const system = word.split('/').find((segment) => segment.startsWith('$'))
  if (system !== undefined) return fail('NotSupported', `'${excerpt(system)}' in $filter`)
  return fail('BadRequest', `An unknown function with name '${excerpt(word)}' was found.`)
}

/** A word that is neither a path nor a literal: `$root/accounts`, `-revenue`, `Sales.Manager/name`, `name/@Core.Description`. */
export function refusedWord(word: string): DataverseError | undefined {
  if (word.startsWith('-') && NAME.test(word.slice(1))) return fail('NotSupported', "The operator '-' in $filter")
  if (word === '{' || word === '{}') return fail('NotSupported', 'An object as an operand in $filter')
  for (const segment of word.split('/')) {
    if (segment.startsWith('$')) return fail('NotSupported', `'${excerpt(segment)}' in $filter`)
    if (segment.startsWith('@')) return fail('NotSupported', `The annotation '${excerpt(segment)}' in $filter`)
    if (segment.includes('.') && NAME.test(segment)) return fail('NotSupported', `The type cast '${excerpt(segment)}' in $filter`)
  }
  return undefined
}
