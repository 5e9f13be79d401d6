/**
 * Values as people read them, in English of the United States: labels of choices, names behind lookups, `$1,234.50`, `5/1/2024 10:00 AM`.
 * Each is JSON text, null where the column is. Instants are told in the caller's zone. Plain text and ids have none.
 */
import { unreachable } from '../../base/assert.ts'
import { MONEY_SCALE } from '../../plan/value.ts'
import type { Option } from '../../schema/choice.ts'
import { isLookup, isPolymorphic, type Column, type ColumnOf, type LookupColumn } from '../../schema/column.ts'
import { optionsOf } from '../../schema/column-options.ts'
import { Label } from '../../schema/label.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Table } from '../../schema/table.ts'
import { columnOf } from './folded.ts'
import { bound } from './json-text.ts'
import { byTarget } from './lookup-annotations.ts'
import type { ReadScope } from './read-scope.ts'
import { join, nothing, type Sql, sql, verbatim } from '../sql/sql.ts'
import { mayReadSome, rowsOf } from './visible-rows.ts'

const DEFAULT_SYMBOL = '$'
/** Any text column: `jsonOf` looks at nothing but the type. */
export const TEXT = { type: 'string' } as Column

/** Undefined: a column of this type has none. */
export function formattedValue(table: Table, column: Column, alias: string, scope: ReadScope): Sql | undefined {
  if (isLookup(column)) return nameBehind(column, alias, scope)
  return formattedStored(column, columnOf(alias, column.logicalName), () => currencySymbol(table, column, alias, scope), scope)
}

/** The same of any expression that gives what the column stores: the greatest of several. Undefined of lookups too. */
export function formattedStored(column: Column, stored: Sql, symbol: () => Sql, scope: ReadScope): Sql | undefined {
  switch (column.type) {
    case 'string':
    case 'memo':
    case 'entityname':
    case 'guid':
    case 'lookup':
    case 'customer':
    case 'owner':
      return undefined
    case 'choice':
    case 'state':
    case 'status':
      return choiceLabel(stored, optionsOf(column, scope.schema))
    case 'choices':
      return quoted(scope.dialect.choiceLabels(stored, labelMap(optionsOf(column, scope.schema))))
    case 'boolean':
      return sql`case ${stored} when 1 then ${labelJson(column.trueLabel)} when 0 then ${labelJson(column.falseLabel)} end`
    case 'integer':
    case 'bigint':
      return sql`case when ${stored} is not null then '"' || ${scope.dialect.grouped(stored)} || '"' end`
    case 'decimal':
    case 'double':
      return quoted(scope.dialect.formatNumber(scope.dialect.jsonOf(column, stored), column.precision))
    case 'money':
      return money(column, stored, symbol(), scope)
    case 'datetime':
      return moment(column, stored, scope)
    default:
      return unreachable(column)
  }
}

/** An instant is told in the caller's zone; UTC needs no function, which would take ten times as long. */
function moment(column: ColumnOf<'datetime'>, stored: Sql, { timeZone, dialect }: ReadScope): Sql {
  const wall = timeZone !== undefined && column.behavior === 'UserLocal' ? dialect.localTime(stored, timeZone) : stored
  return column.behavior === 'DateOnly' || column.format === 'DateOnly' ? quoted(day(wall)) : quoted(sql`${day(wall)} || ${timeOfDay(wall)}`)
}

/** For texts that hold nothing JSON would escape. */
export function quoted(text: Sql): Sql {
  return sql`('"' || ${text} || '"')`
}

/** Labels are clients' text: bound, and already JSON, so that the database has nothing to quote. */
function labelJson(label: Label): Sql {
  return bound(JSON.stringify(Label.text(label)))
}

function choiceLabel(stored: Sql, options: readonly Option[]): Sql | undefined {
  if (options.length === 0) return undefined
  return sql`case ${stored} ${join(
    options.map(({ value, label }) => sql`when ${whole(value)} then ${labelJson(label)}`),
    ' ',
  )} end`
}

/** `{"1":"Swimming","9":"Camping"}`, the labels escaped as inside a JSON string. */
function labelMap(options: readonly Option[]): string {
  return JSON.stringify(Object.fromEntries(options.map(({ value, label }) => [value, JSON.stringify(Label.text(label)).slice(1, -1)])))
}

/** A number of ours in the text of a statement. */
function whole(value: number): Sql {
  return verbatim(String(Math.trunc(value)))
}

/** `-$1,234.50`, rounded half away from zero from the four decimals that are stored. */
function money(column: ColumnOf<'money'>, stored: Sql, symbol: Sql, scope: ReadScope): Sql {
  const digits = Math.min(Math.max(column.precision, 0), MONEY_SCALE)
  const unit = 10 ** digits
  const step = 10 ** (MONEY_SCALE - digits)
  const half = Math.trunc(step / 2)
  const units = sql`((abs(${stored}) + ${whole(half)}) / ${whole(step)})`
  const sign = sql`case when ${stored} <= ${whole(-Math.max(half, 1))} then '-' else '' end`
  const fraction = digits > 0 ? sql` || '.' || substr(cast(${whole(unit)} + ${units} % ${whole(unit)} as text), 2)` : nothing
  const text = sql`${sign} || ${symbol} || ${scope.dialect.grouped(sql`${units} / ${whole(unit)}`)}${fraction}`
  // A symbol is a client's text, and may hold what JSON escapes.
  return sql`case when ${stored} is not null then ${scope.dialect.jsonOf(TEXT, text)} end`
}

/** That of the row's currency; of a `…_base` column, the organization's. */
function currencySymbol(table: Table, column: Column, alias: string, { schema }: ReadScope): Sql {
  if (column.type === 'money' && column.baseOf !== undefined) return baseSymbol(schema)
  const fallback = bound(DEFAULT_SYMBOL)
  if (!table.columns.has('transactioncurrencyid') || !schema.tables.has('transactioncurrency')) return fallback
  const currency = columnOf(alias, 'transactioncurrencyid')
  return sql`coalesce((select c.currencysymbol from transactioncurrency as c where c.transactioncurrencyid = ${currency}), ${fallback})`
}

/** That of the organization: of amounts in its base currency, and of what is put together of several rows. */
export function baseSymbol(schema: Schema): Sql {
  const fallback = bound(DEFAULT_SYMBOL)
  if (!schema.tables.get('organization')?.columns.has('basecurrencysymbol')) return fallback
  return sql`coalesce((select o.basecurrencysymbol from organization as o limit 1), ${fallback})`
}

/** `2024-05-01…` → `5/1/2024` */
function day(stored: Sql): Sql {
  return sql`ltrim(substr(${stored}, 6, 2), '0') || '/' || ltrim(substr(${stored}, 9, 2), '0') || '/' || ltrim(substr(${stored}, 1, 4), '0')`
}

/** `…T22:05:00Z` → ` 10:05 PM` */
function timeOfDay(stored: Sql): Sql {
  const hour = sql`(cast(substr(${stored}, 12, 2) as integer) + 11) % 12 + 1`
  return sql`' ' || (${hour}) || substr(${stored}, 14, 3) || case when substr(${stored}, 12, 2) < '12' then ' AM' else ' PM' end`
}

/** The primary name of the row that the lookup points at. */
function nameBehind(column: LookupColumn, alias: string, scope: ReadScope): Sql | undefined {
  const names = column.targets.flatMap((target) => {
    const table = scope.schema.tables.get(target)
    const primaryName = table?.primaryNameColumn === undefined ? undefined : table.columns.get(table.primaryNameColumn)
    return table && primaryName && mayReadSome(table, scope)
      ? [[target, primaryNameJson(table, primaryName, columnOf(alias, column.logicalName), scope)] as const]
      : []
  })
  return isPolymorphic(column) ? (names.length > 0 ? byTarget(column, alias, names) : undefined) : names[0]?.[1]
}

function primaryNameJson(table: Table, primaryName: Column, id: Sql, scope: ReadScope): Sql {
  const text = columnOf('t', primaryName.logicalName)
  const found = sql`${columnOf('t', table.primaryIdColumn)} = ${id} and ${text} is not null`
  return sql`(select ${scope.dialect.jsonOf(primaryName, text)} from ${rowsOf(table, 't', scope)} where ${found})`
}
