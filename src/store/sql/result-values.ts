/**
 * What one column of a result is in SQL: its JSON text, what rows of a group have in common in it, and what it is ordered by.
 * Of `sum` over `revenue`: `money_sum(r."revenue")`, grouped by nothing.
 */
import { unreachable } from '../../base/assert.ts'
import type { ColumnPath } from '../../plan/bound-filter.ts'
import type { DateGrouping, ReadResults, ResultColumn } from '../../plan/results-plan.ts'
import { fail } from '../../protocol/errors.ts'
import { type Column, isLookup, isPolymorphic } from '../../schema/column.ts'
import { type AggregateValue, aggregateSql } from './aggregate-sql.ts'
import { columnOf, isText } from './folded.ts'
import { formattedValue, quoted } from './formatted-values.ts'
import type { JoinedPaths } from './joined-paths.ts'
import { rowsOf } from './visible-rows.ts'
import { jsonUnlessNull, literal } from './json-text.ts'
import { navigationName, targetTable } from './lookup-annotations.ts'
import { andPointsInto } from './lookup-target.ts'
import type { ReadScope } from './read-scope.ts'
import { join, type Sql, sql } from './sql.ts'
import { targetColumn } from './storage-names.ts'

export type ValueSql = {
  /** JSON text; null where there is no value. */
  readonly json: Sql
  /** The same of what annotations may say. */
  readonly formatted: Sql | undefined
  readonly navigation?: Sql | undefined
  readonly target?: Sql | undefined
  /** Of the column, if the value is one's. */
  readonly attribute: string | undefined
  /** Equal in rows of one group; none for an aggregate. */
  readonly groupBy: readonly Sql[]
  readonly order: Sql
}

/** `plan.form`: among groups, and rows of which equal ones are shown once, a value stands for those of several rows. */
export function valueSql({ value }: ResultColumn, plan: Pick<ReadResults, 'table' | 'form'>, paths: JoinedPaths, scope: ReadScope): ValueSql {
  switch (value.kind) {
    case 'column':
      return columnSql(value.path, plan.form !== 'rows', paths, scope)
    case 'group':
      return value.date ? datePartSql(value.path, value.date, paths, scope) : columnSql(value.path, true, paths, scope)
    case 'aggregate':
      return { ...aggregateSql(value as AggregateValue, paths, scope), groupBy: [] }
    case 'children':
      return childrenSql(plan, value.parent, paths, scope)
    default:
      return unreachable(value)
  }
}

function columnSql(path: ColumnPath, isOfSeveral: boolean, paths: JoinedPaths, scope: ReadScope): ValueSql {
  const { table, column } = path
  const alias = paths.rowOf(path)
  const stored = columnOf(alias, column.logicalName)
  const order = paths.comparable(path)
  const wanted = isLookup(column) ? { navigation: navigationName(table, column, alias, scope), target: targetTable(column, alias) } : {}
  return {
    json: jsonUnlessNull(column, isOfSeveral && isText(column) ? sql`min(${stored})` : stored, scope.dialect),
    formatted: formattedValue(table, column, alias, scope),
    ...wanted,
    attribute: column.logicalName,
    groupBy: isPolymorphic(column) ? [order, columnOf(alias, targetColumn(column.logicalName))] : [order],
    order,
  }
}

function datePartSql(path: ColumnPath, grouping: DateGrouping, paths: JoinedPaths, { dialect }: ReadScope): ValueSql {
  const { column } = path
  const number = dialect.datePart(grouping, columnOf(paths.rowOf(path), column.logicalName))
  const text = fiscalText(grouping, number)
  return {
    json: text ? quoted(text) : sql`(${number} || '')`,
    formatted: text ? undefined : sql`case when ${number} is not null then ${quoted(dialect.grouped(number))} end`,
    attribute: column.logicalName,
    groupBy: [number],
    order: number,
  }
}

const PERIOD_WORD = { Annually: 'P', SemiAnnually: 'Semester ', Quarterly: 'Quarter ', Monthly: 'Month ', FourWeekly: 'P' } as const

/** `FY2023`, `Quarter 1 FY2023` */
function fiscalText({ part, calendar }: DateGrouping, number: Sql): Sql | undefined {
  if (part === 'fiscal-year') return sql`'FY' || ${number}`
  return part === 'fiscal-period' ? sql`${literal(PERIOD_WORD[calendar.fiscal.period])} || (${number} % 100) || ' FY' || (${number} / 100)` : undefined
}

function childrenSql({ table }: Pick<ReadResults, 'table'>, parent: Column, { root }: JoinedPaths, scope: ReadScope): ValueSql {
  const under = sql`${columnOf('h', parent.logicalName)} = ${columnOf(root, table.primaryIdColumn)}${andPointsInto(table, parent, 'h')}`
  const count = sql`(select count(*) from ${rowsOf(table, 'h', scope)} where ${under})`
  return { json: sql`(${count} || '')`, formatted: quoted(scope.dialect.grouped(count)), attribute: table.primaryIdColumn, groupBy: [count], order: count }
}

// SQLite groups and orders by 2,000 terms (sqlite.org/limits.html); an order asked for takes some of them.
const MAX_GROUP_TERMS = 1900

/** What makes the rows of a result without keys differ. */
export function groupsOf(values: readonly ValueSql[]): Sql | undefined {
  const groups = values.flatMap(({ groupBy }) => groupBy)
  if (groups.length > MAX_GROUP_TERMS) throw fail('NotSupported', `A query of distinct rows or groups of more than ${MAX_GROUP_TERMS} columns`)
  return groups.length === 0 ? undefined : join(groups)
}
