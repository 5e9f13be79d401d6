/**
 * Functions that every connection to a SQLite file gets. All are deterministic, none is used in an index or a constraint, so that
 * other tools can write and vacuum the file.
 *
 * | function | gives |
 * |---|---|
 * | `fold(text)` | the text for comparison: NFC, then lower case |
 * | `format_number(json, precision)` | `1,234.50` from the JSON text of a number; null from `null` |
 * | `choice_labels(values, labels)` | `Swimming; Camping` from `1,9` and `{"1":"Swimming","9":"Camping"}` |
 * | `local_time(instant, zone)` | `2024-05-01T12:00:00Z` from `2024-05-01T10:00:00Z` and `Europe/Berlin`: what the clock there shows |
 */
import type { DatabaseSync } from 'node:sqlite'
import { Decimal } from '../../base/decimal.ts'
import { fold } from '../../base/fold.ts'
import { wallClock } from '../../base/time-zone.ts'
import { registerDatePart } from './date-part.ts'
import { registerExactNumbers } from './exact-numbers.ts'
import { registerExtremeText } from './extreme-text.ts'

export function registerFunctions(database: DatabaseSync): void {
  const deterministic = { deterministic: true } as const
  registerExactNumbers(database)
  registerExtremeText(database)
  registerDatePart(database)
  database.function('fold', deterministic, (text) => (typeof text === 'string' ? fold(text) : text))
  database.function('format_number', deterministic, (json, precision) => formatNumber(json, Number(precision)) ?? null)
  database.function('choice_labels', deterministic, (values, labels) => (typeof values === 'string' ? choiceLabels(values, String(labels)) : null))
  database.function('local_time', deterministic, (instant, zone) => (typeof instant === 'string' ? wallClock(instant, String(zone)) : null))
}

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/

/** Thousands in groups, rounded half away from zero. A number beyond 400 digits stays as it is. */
export function formatNumber(json: unknown, precision: number): string | undefined {
  if (typeof json !== 'string' || json === 'null') return undefined
  const rounded = roundedText(json, precision)
  const match = rounded === undefined ? null : PLAIN.exec(rounded)
  if (!match) return json
  const [, sign = '', whole = '', fraction = ''] = match
  return sign + grouped(whole) + (precision > 0 ? `.${fraction.slice(0, precision).padEnd(precision, '0')}` : '')
}

/** Most numbers need no rounding: exact arithmetic would take three times as long as all the rest. */
function roundedText(json: string, precision: number): string | undefined {
  const point = json.indexOf('.')
  const isPlain = !json.includes('e') && !json.includes('E')
  if (isPlain && (point < 0 || json.length - point - 1 <= precision || /^0*$/.test(json.slice(point + 1 + precision)))) return json
  const parsed = Decimal.parse(json)
  return parsed === undefined ? undefined : Decimal.round(parsed, precision)
}

function grouped(whole: string): string {
  if (whole.length <= 3) return whole
  const first = whole.length % 3 || 3
  let text = whole.slice(0, first)
  for (let at = first; at < whole.length; at += 3) text += `,${whole.slice(at, at + 3)}`
  return text
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
  return values
    .split(',')
    .map((value) => known[value] ?? value)
    .join('; ')
}
