/**
 * The query functions of `$filter` (webapi.md 6.3), each with the operator of FetchXML that it stands for:
 * `Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7)` is `createdon last-x-days 7`. Names are case-sensitive.
 */

/** Which parameters follow `PropertyName`. `pair`: a list of exactly two. */
export type FunctionShape = 'none' | 'value' | 'two-values' | 'list' | 'pair'
export type QueryFunction = { readonly operator: string; readonly shape: FunctionShape }

/** `LastXFiscalYears` → `last-x-fiscal-years`. */
function kebab(name: string): string {
  return name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
}

const same = (shape: FunctionShape, names: string): readonly (readonly [string, QueryFunction])[] =>
  names.split(' ').map((name) => [name, { operator: kebab(name), shape }])
const other = (shape: FunctionShape, operators: Readonly<Record<string, string>>): readonly (readonly [string, QueryFunction])[] =>
  Object.entries(operators).map(([name, operator]) => [name, { operator, shape }])

const FUNCTIONS: ReadonlyMap<string, QueryFunction> = new Map([
  ...same(
    'none',
    'Today Tomorrow Yesterday ThisWeek ThisMonth ThisYear ThisFiscalYear ThisFiscalPeriod LastWeek LastMonth LastYear LastFiscalYear LastFiscalPeriod ' +
      'NextWeek NextMonth NextYear NextFiscalYear NextFiscalPeriod',
  ),
  ...other('none', {
    Last7Days: 'last-seven-days',
    Next7Days: 'next-seven-days',
    EqualUserId: 'eq-userid',
    NotEqualUserId: 'ne-userid',
    EqualBusinessId: 'eq-businessid',
    NotEqualBusinessId: 'ne-businessid',
    EqualRoleBusinessId: 'eq-rolebusinessid',
    EqualUserLanguage: 'eq-userlanguage',
    EqualUserTeams: 'eq-userteams',
    EqualUserOrUserTeams: 'eq-useroruserteams',
    EqualUserOrUserHierarchy: 'eq-useroruserhierarchy',
    EqualUserOrUserHierarchyAndTeams: 'eq-useroruserhierarchyandteams',
  }),
  ...same(
    'value',
    'LastXHours LastXDays LastXWeeks LastXMonths LastXYears LastXFiscalPeriods LastXFiscalYears ' +
      'NextXHours NextXDays NextXWeeks NextXMonths NextXYears NextXFiscalPeriods NextXFiscalYears ' +
      'InFiscalYear InFiscalPeriod On NotOn OnOrAfter OnOrBefore Above Under NotUnder Contains',
  ),
  ...other('value', {
    OlderThanXMinutes: 'olderthan-x-minutes',
    OlderThanXHours: 'olderthan-x-hours',
    OlderThanXDays: 'olderthan-x-days',
    OlderThanXWeeks: 'olderthan-x-weeks',
    OlderThanXMonths: 'olderthan-x-months',
    OlderThanXYears: 'olderthan-x-years',
    AboveOrEqual: 'eq-or-above',
    UnderOrEqual: 'eq-or-under',
  }),
  ...same('two-values', 'InFiscalPeriodAndYear InOrAfterFiscalPeriodAndYear InOrBeforeFiscalPeriodAndYear'),
  ...same('list', 'In NotIn'),
  ...other('list', { ContainValues: 'contain-values', DoesNotContainValues: 'not-contain-values' }),
  ...same('pair', 'Between NotBetween'),
])

/** Undefined where there is none of this name. */
export function queryFunction(name: string): QueryFunction | undefined {
  return FUNCTIONS.get(name)
}
