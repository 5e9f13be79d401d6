/**
 * The columns of an aggregate query: `<attribute name="revenue" alias="total" aggregate="sum"/>`, and what rows are grouped by:
 * `<attribute name="createdon" alias="month" groupby="true" dategrouping="month"/>`, told in the caller's time zone unless
 * `usertimezone="false"`.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { FetchAggregate, FetchAttribute, FetchDateGrouping } from '../protocol/fetch-query.ts'
import { refuseAggregate } from './aggregate-types.ts'
import { unique } from './bind-fetch-columns.ts'
import type { FetchRows } from './bind-fetch-links.ts'
import type { ColumnPath } from './bound-filter.ts'
import { type Calendar, zoneOf } from './calendar.ts'
import { type FetchRow, pathOf } from './fetch-row.ts'
import type { DateGrouping, ResultColumn } from './results-plan.ts'

export function bindGroups({ own, joined }: FetchRows, calendar: Calendar): readonly ResultColumn[] {
  const columns = [own, ...joined].flatMap((row) => row.entity.attributes.map((attribute) => bindAttribute(attribute, row, calendar)))
  if (columns.length === 0 || [own, ...joined].some(({ entity }) => entity.allAttributes))
    throw fail('AggregateOutside', 'an aggregate query names each of its attributes, and at least one.')
  return unique(columns)
}

function bindAttribute(attribute: FetchAttribute, row: FetchRow, calendar: Calendar): ResultColumn {
  const { name, alias, aggregate, groupBy, rowAggregate } = attribute
  if (rowAggregate !== undefined) throw fail('AggregateOutside', `'rowaggregate' of '${excerpt(name)}' stands in an aggregate query.`)
  if (aggregate !== undefined && groupBy) throw fail('GroupByAndAggregate', excerpt(name))
  if (aggregate !== undefined) return bindAggregate(aggregate, attribute, row)
  if (!groupBy) throw fail('ColumnBesideAggregate', excerpt(name))
  const path = pathOf(row, name)
  return { name: alias ?? nameOf(row, path), value: { kind: 'group', path, date: dateGrouping(attribute, path, calendar) }, isAlias: true }
}

/** A sample of the documentation groups without an alias. */
function nameOf(row: FetchRow, { column }: ColumnPath): string {
  return row.from === undefined ? column.logicalName : `${row.from}.${column.logicalName}`
}

function bindAggregate(aggregate: FetchAggregate, { name, alias, distinct, dateGrouping }: FetchAttribute, row: FetchRow): ResultColumn {
  if (alias === undefined) throw fail('AggregateWithoutAlias', excerpt(name))
  if (dateGrouping !== undefined) throw fail('DateGroupingNotForColumn', excerpt(name))
  const path = name === '*' ? undefined : pathOf(row, name)
  refuseAggregate(aggregate, path?.column, { aggregate, column: excerpt(name) })
  // Rows are counted, whatever the column: only different values are counted by it.
  if (aggregate === 'count' && !distinct)
    return { name: alias, value: { kind: 'aggregate', function: 'count', path: undefined, distinct: false }, isAlias: true }
  return { name: alias, value: { kind: 'aggregate', function: aggregate === 'count' ? 'countcolumn' : aggregate, path, distinct }, isAlias: true }
}

function dateGrouping({ dateGrouping: part, userTimeZone, name }: FetchAttribute, { column }: ColumnPath, calendar: Calendar): DateGrouping | undefined {
  if (part === undefined) return undefined
  if (column.type !== 'datetime') throw fail('DateGroupingNotForColumn', excerpt(name))
  const timeZone = userTimeZone === false ? 'UTC' : zoneOf(column, calendar)
  return { part: part satisfies FetchDateGrouping, calendar: { ...calendar, timeZone } }
}
