import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Column, DateTimeBehavior } from '../schema/column.ts'
import { Schema } from '../schema/schema.ts'
import { systemDefinitions } from '../schema/system-tables.ts'
import { bindOperator } from './bind-operator.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'
import { type Calendar, PLAIN_CALENDAR } from './calendar.ts'
import { ID, testColumn, testContext } from './test-schema.ts'

const schema = Schema.of(1, systemDefinitions())
const NEW_YORK: Calendar = {
  ...PLAIN_CALENDAR,
  timeZone: 'America/New_York',
  weekStart: 1,
  fiscal: { start: { month: 4, day: 1 }, period: 'Quarterly', namedBy: 'start' },
}
const context = testContext(schema, { now: '2024-05-20T13:30:45Z', calendar: NEW_YORK })

function at(name: string, tableName = 'account'): ColumnPath {
  const table = schema.tables.get(tableName)
  const column = table?.columns.get(name)
  assert.ok(table && column, `${tableName}.${name}`)
  return { steps: [], table, column }
}

/** A column of a type that no standard table has. */
function made(column: Column): ColumnPath {
  return { ...at('accountid'), column }
}
const moment = (behavior: DateTimeBehavior) => made(testColumn('when', { type: 'datetime', behavior, format: 'DateAndTime' }))
const hobbies = made(testColumn('hobbies', { type: 'choices', options: [] }))

/** `createdon ge 2024-05-20T04:00:00Z and createdon lt …`, as short as it gets. */
function text(filter: BoundFilter): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return `(${filter.terms.map(text).join(` ${filter.op} `)})`
    case 'not':
      return `not ${text(filter.term)}`
    case 'constant':
      return String(filter.value)
    case 'in':
      return `in ${filter.values.join()}`
    case 'like':
    case 'contains':
    case 'startswith':
    case 'endswith':
      return `${filter.op} ${filter.text}`
    case 'contains-values':
      return `contains-values ${filter.values.join()}`
    case 'fiscal-period':
      return `fiscal-period ${filter.period} in ${filter.calendar.timeZone}`
    case 'above':
    case 'under':
      return `${filter.orEqual ? 'eq-or-' : ''}${filter.op} ${filter.table.logicalName}.${filter.parent.logicalName} of ${nameOf(filter.id)}`
    case 'exists': {
      const { table, link, filter: inner } = filter.rows
      assert.ok(link.kind === 'equal' && inner)
      const joined = filter.rows.joins.map((one) => ` join ${one.table.logicalName}.${one.inner.logicalName} = ${one.outer.column.logicalName}`).join('')
      return `exists ${table.logicalName}.${link.inner.logicalName} = ${link.outer.column.logicalName}${joined} where ${text(inner)}`
    }
    default:
      return `${filter.op} ${'right' in filter ? nameOf(String(filter.right)) : ''}`
  }
}

const nameOf = (id: string) => ({ [context.caller.userId]: 'me', [context.caller.businessUnitId]: 'my unit', [ID]: 'ID' })[id] ?? id
const bound = (operator: string, left: ColumnPath, ...values: string[]) => text(bindOperator(operator, left, values, context))

test('comparisons take values of the column’s type, as plain text', () => {
  for (const [operator, left, values, expected] of [
    ['eq', at('name'), ['Litware'], 'eq Litware'],
    ['neq', at('name'), ['Litware'], 'ne Litware'],
    ['eq', at('numberofemployees'), ['25'], 'eq 25'],
    ['gt', at('revenue'), ['12.5'], 'gt 125000'],
    ['eq', at('creditonhold'), ['1'], 'eq true'],
    ['ne', at('creditonhold'), ['False'], 'ne false'],
    ['eq', at('statecode'), ['0'], 'eq 0'],
    ['eq', at('accountid'), [`{${ID.toUpperCase()}}`], 'eq ID'],
    ['eq', at('primarycontactid'), [ID], 'eq ID'],
    ['eq', at('owneridtype'), ['8'], 'eq systemuser'],
    ['eq', at('owneridtype'), ['team'], 'eq team'],
    ['in', at('numberofemployees'), ['1', '2'], 'in 1,2'],
    ['not-in', at('numberofemployees'), ['1', '2'], 'not in 1,2'],
    ['between', at('numberofemployees'), ['1', '5'], '(ge 1 and le 5)'],
    ['not-between', at('numberofemployees'), ['1', '5'], 'not (ge 1 and le 5)'],
    ['null', at('name'), [], 'eq null'],
    ['not-null', at('name'), [], 'ne null'],
    ['like', at('name'), ['L%'], 'like L%'],
    ['not-like', at('name'), ['L%'], 'not like L%'],
    ['begins-with', at('name'), ['L'], 'startswith L'],
    ['not-begin-with', at('name'), ['L'], 'not startswith L'],
    ['ends-with', at('name'), ['e'], 'endswith e'],
    ['not-end-with', at('name'), ['e'], 'not endswith e'],
    ['contain-values', hobbies, ['1', '9'], 'contains-values 1,9'],
    ['not-contain-values', hobbies, ['1'], 'not contains-values 1'],
    ['eq-userlanguage', at('languagecode', 'organization'), [], 'in 1033,-1'],
  ] as const) {
    assert.equal(bound(operator, left, ...values), expected, operator)
  }
})

test('who asks is told apart from their teams, their people and their unit', () => {
  const teamsOf = (user: string) =>
    `(exists teammembership.teamid = ownerid where ${user} or ` +
    `exists team.teamid = ownerid join systemuser.businessunitid = businessunitid where (eq true and ${user}))`
  const people = 'eq-or-under systemuser.parentsystemuserid of me'
  for (const [operator, expected] of [
    ['eq-userid', 'eq me'],
    ['ne-userid', 'ne me'],
    ['eq-businessid', 'eq my unit'],
    ['ne-businessid', 'ne my unit'],
    ['eq-userteams', teamsOf('eq me')],
    ['eq-useroruserteams', `(eq me or ${teamsOf('eq me')})`],
    ['eq-useroruserhierarchy', people],
    ['eq-useroruserhierarchyandteams', `(${people} or ${teamsOf(people)})`],
  ] as const) {
    assert.equal(bound(operator, at('ownerid')), expected, operator)
  }
})

test('trees are followed by the hierarchical relationship of the table, or of the one a lookup points at', () => {
  for (const [operator, left, expected] of [
    ['under', at('accountid'), 'under account.parentaccountid of ID'],
    ['eq-or-under', at('accountid'), 'eq-or-under account.parentaccountid of ID'],
    ['not-under', at('accountid'), 'not under account.parentaccountid of ID'],
    ['above', at('parentaccountid'), 'above account.parentaccountid of ID'],
    ['eq-or-above', at('businessunitid', 'businessunit'), 'eq-or-above businessunit.parentbusinessunitid of ID'],
    ['under', at('territoryid', 'territory'), 'under territory.parentterritoryid of ID'],
    ['under', at('ownerid'), 'under systemuser.parentsystemuserid of ID'],
  ] as const) {
    assert.equal(bound(operator, left, ID), expected)
  }
  for (const left of [at('teamid', 'team'), at('name'), at('transactioncurrencyid')]) {
    assert.throws(() => bindOperator('under', left, [ID], context), { name: /InvalidArgument|OperatorNotForColumn/ })
  }
})

test('a moment is the caller’s where the column is, and the same everywhere where it is not', () => {
  const [local, day, absolute] = [moment('UserLocal'), moment('DateOnly'), moment('TimeZoneIndependent')]
  for (const [operator, left, value, expected] of [
    ['ge', local, '2024-05-01', 'ge 2024-05-01T04:00:00Z'],
    ['ge', local, '2024-05-01 10:00', 'ge 2024-05-01T14:00:00Z'],
    ['ge', local, '2024-05-01T10:00:00', 'ge 2024-05-01T14:00:00Z'],
    ['ge', local, '2024-05-01T10:00:00Z', 'ge 2024-05-01T10:00:00Z'],
    ['ge', local, '2024-05-01T10:00:00+02:00', 'ge 2024-05-01T08:00:00Z'],
    ['ge', day, '2024-05-01T23:00:00', 'ge 2024-05-01'],
    ['ge', absolute, '2024-05-01', 'ge 2024-05-01T00:00:00Z'],
    ['ge', absolute, '2024-05-01T10:00:00', 'ge 2024-05-01T10:00:00Z'],
    ['on', local, '2024-05-01', '(ge 2024-05-01T04:00:00Z and lt 2024-05-02T04:00:00Z)'],
    // The evening before, there.
    ['on', local, '2024-05-01T02:00:00Z', '(ge 2024-04-30T04:00:00Z and lt 2024-05-01T04:00:00Z)'],
    // The day on which the clock is put forward has 23 hours.
    ['on', local, '2024-03-10', '(ge 2024-03-10T05:00:00Z and lt 2024-03-11T04:00:00Z)'],
    ['not-on', local, '2024-05-01', 'not (ge 2024-05-01T04:00:00Z and lt 2024-05-02T04:00:00Z)'],
    ['on-or-after', local, '2024-05-01', 'ge 2024-05-01T04:00:00Z'],
    ['on-or-before', local, '2024-05-01', 'lt 2024-05-02T04:00:00Z'],
    ['on', day, '2024-05-01', '(ge 2024-05-01 and lt 2024-05-02)'],
    ['on', absolute, '2024-05-01', '(ge 2024-05-01T00:00:00Z and lt 2024-05-02T00:00:00Z)'],
    ['last-x-days', local, '1', '(ge 2024-05-19T04:00:00Z and le 2024-05-20T13:30:45Z)'],
    ['last-x-days', day, '1', '(ge 2024-05-19 and le 2024-05-20)'],
    ['last-x-days', absolute, '1', '(ge 2024-05-19T00:00:00Z and le 2024-05-20T09:30:45Z)'],
    // A day counts as its midnight: today's has passed.
    ['next-x-days', day, '1', '(gt 2024-05-20 and lt 2024-05-22)'],
    ['in-fiscal-year', local, '2024', '(ge 2024-04-01T04:00:00Z and lt 2025-04-01T04:00:00Z)'],
    ['in-fiscal-year', day, '2024', '(ge 2024-04-01 and lt 2025-04-01)'],
    ['in-fiscal-period', local, '3', 'fiscal-period 3 in America/New_York'],
    ['in-fiscal-period', day, '3', 'fiscal-period 3 in UTC'],
    ['in-fiscal-period', local, '5', 'false'],
  ] as const) {
    assert.equal(bound(operator, left, value), expected, `${operator} ${value}`)
  }
  assert.equal(bound('in-fiscal-period-and-year', day, '4', '2024'), '(ge 2025-01-01 and lt 2025-04-01)')
  assert.equal(bound('in-or-before-fiscal-period-and-year', day, '4', '2024'), 'lt 2025-04-01')
  assert.equal(bound('in-or-after-fiscal-period-and-year', day, '4', '2024'), 'ge 2025-01-01')
  assert.equal(bound('in-fiscal-period-and-year', day, '5', '2024'), 'false')
})

test('what does not fit is refused in Dataverse’s words', () => {
  const local = moment('UserLocal')
  const refused = (operator: string, left: ColumnPath, values: readonly string[], name: string, message: RegExp) =>
    assert.throws(
      () => bindOperator(operator, left, values, context),
      (error: Error) => {
        assert.equal(error.name, name, `${operator} ${values}: ${error.message}`)
        assert.match(error.message, message)
        return true
      },
    )
  refused('equals', at('name'), ['x'], 'UnknownOperator', /'equals'/)
  refused('constructor', at('name'), ['x'], 'UnknownOperator', /'constructor'/)
  refused('', at('name'), [], 'UnknownOperator', /''/)
  refused('eq', at('name'), [], 'InvalidArgument', /takes 1 value but received 0/)
  refused('today', local, ['1'], 'InvalidArgument', /takes 0 values but received 1/)
  refused('between', at('numberofemployees'), ['1'], 'InvalidArgument', /takes 2 values/)
  refused('in', at('name'), [], 'InvalidArgument', /at least one value/)
  refused('in', at('name'), Array(2001).fill('x'), 'InvalidArgument', /at the most 2000 values/)
  refused('eq', at('numberofemployees'), ['many'], 'BadRequest', /'many'/)
  refused('eq', at('creditonhold'), ['maybe'], 'InvalidArgument', /account\.creditonhold.*System\.Boolean/)
  refused('eq', at('accountid'), ['x'], 'InvalidArgument', /System\.Guid/)
  refused('under', at('accountid'), ['x'], 'InvalidArgument', /System\.Guid/)
  refused('eq', local, ['yesterday'], 'InvalidArgument', /System\.DateTime/)
  refused('on', local, ['2024-02-30'], 'InvalidArgument', /System\.DateTime/)
  refused('last-x-days', local, ['0'], 'InvalidArgument', /System\.Int32/)
  refused('last-x-days', local, ['-1'], 'InvalidArgument', /System\.Int32/)
  refused('last-x-days', local, ['1.5'], 'InvalidArgument', /System\.Int32/)
  refused('in-fiscal-year', local, ['99999999999'], 'InvalidArgument', /System\.Int32/)
  refused('today', at('name'), [], 'OperatorNotForColumn', /'today'.*'account.name'.*'string'/)
  refused('like', at('numberofemployees'), ['1%'], 'OperatorNotForColumn', /integer/)
  refused('eq-userid', at('name'), [], 'OperatorNotForColumn', /string/)
  refused('contain-values', at('statecode'), ['1'], 'OperatorNotForColumn', /state/)
  // As the reference says of each operator of hours and minutes.
  for (const operator of ['last-x-hours', 'next-x-hours', 'olderthan-x-hours', 'olderthan-x-minutes']) {
    refused(operator, moment('DateOnly'), ['1'], 'OperatorNotForColumn', /DateOnly/)
  }
})
