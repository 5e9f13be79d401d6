/**
 * Conditions about who asks: `ownerid eq-userid`, `ownerid eq-useroruserteams`, `owningbusinessunit eq-businessid`. The negated ones
 * hold for rows in which the column is null too.
 */
import { assert, unreachable } from '../base/assert.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { BoundFilter, ColumnPath, RelatedRows } from './bound-filter.ts'
import type { Caller } from './caller.ts'
import { getColumn } from './find-column.ts'
import type { Join } from './join.ts'

const OPERATORS = [
  'eq-userid',
  'ne-userid',
  'eq-userteams',
  'eq-useroruserteams',
  'eq-useroruserhierarchy',
  'eq-useroruserhierarchyandteams',
  'eq-businessid',
  'ne-businessid',
  'eq-rolebusinessid',
] as const

export type PrincipalOperator = (typeof OPERATORS)[number]

export function isPrincipalOperator(operator: string): operator is PrincipalOperator {
  return (OPERATORS as readonly string[]).includes(operator)
}

export function bindPrincipal(operator: PrincipalOperator, left: ColumnPath, { userId, businessUnitId }: Caller, schema: Schema): BoundFilter {
  const isCaller = (user: ColumnPath): BoundFilter => ({ op: 'eq', left: user, right: userId })
  const isCallerOrBelow = (user: ColumnPath): BoundFilter => ({ op: 'under', left: user, ...usersTree(schema), id: userId, orEqual: true })
  switch (operator) {
    case 'eq-userid':
      return isCaller(left)
    case 'ne-userid':
      return { op: 'ne', left, right: userId }
    case 'eq-businessid':
    case 'eq-rolebusinessid':
      return { op: 'eq', left, right: businessUnitId }
    case 'ne-businessid':
      return { op: 'ne', left, right: businessUnitId }
    case 'eq-userteams':
      return isTeamOf(left, isCaller, schema, true)
    case 'eq-useroruserteams':
      return { op: 'or', terms: [isCaller(left), isTeamOf(left, isCaller, schema, true)] }
    case 'eq-useroruserhierarchy':
      return isCallerOrBelow(left)
    case 'eq-useroruserhierarchyandteams':
      return { op: 'or', terms: [isCallerOrBelow(left), isTeamOf(left, isCallerOrBelow, schema, false)] }
    default:
      return unreachable(operator)
  }
}

function usersTree(schema: Schema) {
  const table = tableOf(schema, 'systemuser')
  return { table, parent: getColumn(table, 'parentsystemuserid') }
}

/** The column holds the id of a team that has a member of whom `isMember` is true. */
function isTeamOf(left: ColumnPath, isMember: (user: ColumnPath) => BoundFilter, schema: Schema, isCallers: boolean): BoundFilter {
  const ways = [isTeamWith(left, isMember, schema), isDefaultTeamOf(left, isMember, schema)]
  return { op: 'or', terms: ways.map((rows): BoundFilter => ({ op: 'exists', rows: { ...rows, isCallers } })) }
}

function isTeamWith(left: ColumnPath, isMember: (user: ColumnPath) => BoundFilter, schema: Schema): RelatedRows {
  const table = tableOf(schema, 'teammembership')
  const filter = isMember(ownPath(table, 'systemuserid'))
  return { table, link: { kind: 'equal', inner: getColumn(table, 'teamid'), outer: left }, joins: [], filter }
}

/** Every user is in the default team of their business unit, without a row that says so. */
function isDefaultTeamOf(left: ColumnPath, isMember: (user: ColumnPath) => BoundFilter, schema: Schema): RelatedRows {
  const table = tableOf(schema, 'team')
  const users = tableOf(schema, 'systemuser')
  const inner = getColumn(users, 'businessunitid')
  const join: Join = { alias: 'member', type: 'inner', table: users, inner, outer: ownPath(table, 'businessunitid'), filter: undefined }
  const terms = [{ op: 'eq', left: ownPath(table, 'isdefault'), right: true } as const, isMember({ ...ownPath(users, 'systemuserid'), from: join.alias })]
  const link = { kind: 'equal', inner: getColumn(table, 'teamid'), outer: left } as const
  return { table, link, joins: [join], filter: { op: 'and', terms } }
}

function ownPath(table: Table, column: string): ColumnPath {
  return { steps: [], table, column: getColumn(table, column) }
}

function tableOf(schema: Schema, name: string): Table {
  const table = schema.tables.get(name)
  assert(table, `there is no table ${name}`)
  return table
}
