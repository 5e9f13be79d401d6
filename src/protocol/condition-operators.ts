/**
 * The members of ConditionOperator, each as FetchXML writes it: `LastXDays` is `last-x-days`. QueryExpression names them so, and most of the
 * query functions of `$filter` do too. Names are case-sensitive. `Mask`, `ChildOf` and their like, for internal use only on the original, are left out.
 */

/** The same word by word: `OnOrAfter` → `on-or-after`. */
const WORD_BY_WORD =
  'Like NotLike In NotIn Between NotBetween Null NotNull Contains On NotOn OnOrBefore OnOrAfter Yesterday Today Tomorrow ' +
  'LastWeek ThisWeek NextWeek LastMonth ThisMonth NextMonth LastYear ThisYear NextYear ' +
  'LastXHours NextXHours LastXDays NextXDays LastXWeeks NextXWeeks LastXMonths NextXMonths LastXYears NextXYears ' +
  'ThisFiscalYear ThisFiscalPeriod NextFiscalYear NextFiscalPeriod LastFiscalYear LastFiscalPeriod ' +
  'LastXFiscalYears LastXFiscalPeriods NextXFiscalYears NextXFiscalPeriods ' +
  'InFiscalYear InFiscalPeriod InFiscalPeriodAndYear InOrBeforeFiscalPeriodAndYear InOrAfterFiscalPeriodAndYear ' +
  'BeginsWith EndsWith Above Under NotUnder ContainValues'

const OTHERS: Readonly<Record<string, string>> = {
  Equal: 'eq',
  NotEqual: 'ne',
  GreaterThan: 'gt',
  GreaterEqual: 'ge',
  LessThan: 'lt',
  LessEqual: 'le',
  DoesNotBeginWith: 'not-begin-with',
  DoesNotEndWith: 'not-end-with',
  DoesNotContain: 'not-contains',
  DoesNotContainValues: 'not-contain-values',
  Last7Days: 'last-seven-days',
  Next7Days: 'next-seven-days',
  OlderThanXMinutes: 'olderthan-x-minutes',
  OlderThanXHours: 'olderthan-x-hours',
  OlderThanXDays: 'olderthan-x-days',
  OlderThanXWeeks: 'olderthan-x-weeks',
  OlderThanXMonths: 'olderthan-x-months',
  OlderThanXYears: 'olderthan-x-years',
  AboveOrEqual: 'eq-or-above',
  UnderOrEqual: 'eq-or-under',
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
}

export const CONDITION_OPERATORS: ReadonlyMap<string, string> = new Map([
  ...WORD_BY_WORD.split(' ').map((name) => [name, name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()] as const),
  ...Object.entries(OTHERS),
])
