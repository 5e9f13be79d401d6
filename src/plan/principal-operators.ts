/**
 * Conditions about who asks: `ownerid eq-userid`, `ownerid eq-useroruserteams`, `owningbusinessunit eq-businessid`. The negated ones
 * hold for rows in which the column is null too.
 */
import { assert, unreachable } from '../base/assert.ts'
import type { Schema } from '../schema/schema.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'
import type { Caller } from './caller.ts'
import { parentColumn } from './tree-operators.ts'

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
      return isTeamOf(left, isCaller, schema)
    case 'eq-useroruserteams':
      return { op: 'or', terms: [isCaller(left), isTeamOf(left, isCaller, schema)] }
    case 'eq-useroruserhierarchy':
      return isCallerOrBelow(left)
    case 'eq-useroruserhierarchyandteams':
      return { op: 'or', terms: [isCallerOrBelow(left), isTeamOf(left, isCallerOrBelow, schema)] }
    default:
      return unreachable(operator)
  }
}

function usersTree(schema: Schema) {
  const table = schema.tables.get('systemuser')
  const parent = table && parentColumn(table, schema)
  assert(table && parent, 'the users have managers')
  return { table, parent }
}

/** The column holds the id of a team that has a member of whom `isMember` is true. */
function isTeamOf(left: ColumnPath, isMember: (user: ColumnPath) => BoundFilter, schema: Schema): BoundFilter {
  const table = schema.tables.get('teammembership')
  const team = table?.columns.get('teamid')
  const user = table?.columns.get('systemuserid')
  assert(table && team && user, 'teams have members')
  const filter = isMember({ steps: [], table, column: user })
  return { op: 'exists', rows: { table, link: { kind: 'equal', inner: team, outer: left }, joins: [], filter } }
}
