/**
 * Functions that every connection to a SQLite file gets. All are deterministic, none is used in an index or a constraint, so that
 * other tools can write and vacuum the file.
 *
 * | function | gives |
 * |---|---|
 * | `fold(text)` | the text for comparison: NFC, then lower case |
 * | `format_number(json, precision)` | `1,234.50` from the JSON text of a number; null from `null` |
 * | `format_money(json, precision, symbol)` | `$1,234.50`, `-$0.05`, escaped as inside a JSON string |
 * | `choice_labels(values, labels)` | `Swimming; Camping` from `1,9` and `{"1":"Swimming","9":"Camping"}` |
 */
import type { DatabaseSync } from 'node:sqlite'
import { Decimal } from '../../base/decimal.ts'
import { fold } from '../../base/fold.ts'

export function registerFunctions(database: DatabaseSync): void {
  const deterministic = { deterministic: true } as const
  database.function('fold', deterministic, (text) => (typeof text === 'string' ? fold(text) : text))
  database.function('format_number', deterministic, (json, precision) => formatNumber(json, Number(precision)) ?? null)
  database.function('format_money', deterministic, (json, precision, symbol) => formatMoney(json, Number(precision), String(symbol)) ?? null)
  database.function('choice_labels', deterministic, (values, labels) => (typeof values === 'string' ? choiceLabels(values, String(labels)) : null))
}

/** Thousands in groups, rounded half away from zero. A number beyond 400 digits stays as it is. */
export function formatNumber(json: unknown, precision: number): string | undefined {
  if (typeof json !== 'string' || json === 'null') return undefined
  const parsed = Decimal.parse(json)
  if (parsed === undefined) return json
  const rounded = Decimal.round(parsed, precision)
  const sign = rounded.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = rounded.slice(sign.length).split('.')
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ',') + (precision > 0 ? `.${fraction.padEnd(precision, '0')}` : '')
}

function formatMoney(json: unknown, precision: number, symbol: string): string | undefined {
  const text = formatNumber(json, precision)
  const shown = JSON.stringify(symbol).slice(1, -1)
  return text?.startsWith('-') ? `-${shown}${text.slice(1)}` : text && shown + text
}

const labelMaps = new Map<string, Readonly<Record<string, string>>>()
const MAX_LABEL_MAPS = 200

function choiceLabels(values: string, labels: string): string {
  let map = labelMaps.get(labels)
  if (!map) {
    if (labelMaps.size >= MAX_LABEL_MAPS) labelMaps.clear()
    map = JSON.parse(labels) as Record<string, string>
    labelMaps.set(labels, map)
  }
  const known = map
  return values.split(',').map((value) => known[value] ?? value).join('; ')
}
