/** What `$filter` may hold by OData but not here, each with the name it is refused by. */
import { type DataverseError, fail } from './errors.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const OPERATORS = words('add sub mul div divby mod has')
const FUNCTIONS = words(
  'tolower toupper length indexof substring substringof trim concat replace matchesPattern year month day hour minute second fractionalseconds ' +
    'totaloffsetminutes totalseconds round floor ceiling date time now mindatetime maxdatetime cast isof geo.distance geo.intersects geo.length ' +
    'hassubset hassubsequence case',
)
const QUERY_FUNCTION = /^Microsoft\.Dynamics\.CRM\.\w+$/

/** A word that stands where an operator is expected. */
export function refusedOperator(word: string): DataverseError | undefined {
  return OPERATORS.has(word) ? fail('NotSupported', `The operator '${word}' in $filter`) : undefined
}

/** A word before an opening parenthesis. */
export function refusedFunction(word: string): DataverseError {
  const last = word.slice(word.lastIndexOf('/') + 1)
  if (last === 'any' || last === 'all') return fail('NotSupported', `The lambda operator '${last}' in $filter`)
  if (QUERY_FUNCTION.test(last)) return fail('NotSupported', `The query function '${last}' in $filter`)
  if (FUNCTIONS.has(word)) return fail('NotSupported', `The function '${word}' in $filter`)
  return fail('BadRequest', `An unknown function with name '${word}' was found.`)
}

/** A segment of a property path that is not a simple name. */
export function refusedSegment(segment: string): DataverseError | undefined {
  if (segment.startsWith('$')) return fail('NotSupported', `'${segment}' in $filter`)
  if (/^[A-Za-z_][\w]*(?:\.[A-Za-z_][\w]*)+$/.test(segment)) return fail('NotSupported', `The type cast '${segment}' in $filter`)
  return undefined
}
