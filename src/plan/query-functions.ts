/**
 * The query functions of `$filter` (webapi.md 6.3), each with the operator of FetchXML that it stands for:
 * `Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7)` is `createdon last-x-days 7`. Names are case-sensitive.
 */
import { assert } from '../base/assert.ts'
import { CONDITION_OPERATORS } from '../protocol/condition-operators.ts'

/** Which parameters follow `PropertyName`. `pair`: a list of exactly two. */
export type FunctionShape = 'none' | 'value' | 'two-values' | 'list' | 'pair'
export type QueryFunction = { readonly operator: string; readonly shape: FunctionShape }

const SHAPES: readonly (readonly [FunctionShape, string])[] = [
  [
    'none',
    'Today Tomorrow Yesterday ThisWeek ThisMonth ThisYear ThisFiscalYear ThisFiscalPeriod LastWeek LastMonth LastYear LastFiscalYear LastFiscalPeriod ' +
      'NextWeek NextMonth NextYear NextFiscalYear NextFiscalPeriod Last7Days Next7Days EqualUserId NotEqualUserId EqualBusinessId NotEqualBusinessId ' +
      'EqualRoleBusinessId EqualUserLanguage EqualUserTeams EqualUserOrUserTeams EqualUserOrUserHierarchy EqualUserOrUserHierarchyAndTeams',
  ],
  [
    'value',
    'LastXHours LastXDays LastXWeeks LastXMonths LastXYears LastXFiscalPeriods LastXFiscalYears ' +
      'NextXHours NextXDays NextXWeeks NextXMonths NextXYears NextXFiscalPeriods NextXFiscalYears ' +
      'OlderThanXMinutes OlderThanXHours OlderThanXDays OlderThanXWeeks OlderThanXMonths OlderThanXYears ' +
      'InFiscalYear InFiscalPeriod On NotOn OnOrAfter OnOrBefore Above AboveOrEqual Under UnderOrEqual NotUnder Contains',
  ],
  ['two-values', 'InFiscalPeriodAndYear InOrAfterFiscalPeriodAndYear InOrBeforeFiscalPeriodAndYear'],
  ['list', 'In NotIn ContainValues DoesNotContainValues'],
  ['pair', 'Between NotBetween'],
]

const FUNCTIONS: ReadonlyMap<string, QueryFunction> = new Map(SHAPES.flatMap(([shape, names]) => names.split(' ').map((name) => functionOf(name, shape))))

function functionOf(name: string, shape: FunctionShape): readonly [string, QueryFunction] {
  const operator = CONDITION_OPERATORS.get(name)
  assert(operator !== undefined, `${name} is no condition operator`)
  return [name, { operator, shape }]
}

/** Undefined where there is none of this name. */
export function queryFunction(name: string): QueryFunction | undefined {
  return FUNCTIONS.get(name)
}
