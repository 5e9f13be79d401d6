/** Functions that need no rows: an address as lines, and times told in a time zone. */
import { addressText } from '../base/address-text.ts'
import { parseInstant } from '../base/date-time.ts'
import { fold } from '../base/fold.ts'
import { instantOf, wallClock } from '../base/time-zone.ts'
import { TIME_ZONES, zoneOfCode } from '../base/time-zone-codes.ts'
import { fail } from '../protocol/errors.ts'
import { parameterNumber, parameterText, required } from './operation-arguments.ts'
import type { Answer, Arguments, ServerFunction } from './operation.ts'

export const TEXT_FUNCTIONS: { readonly [name: string]: ServerFunction } = {
  FormatAddress: { parameters: ['Line1', 'City', 'StateOrProvince', 'PostalCode', 'Country'], run: (_app, args) => formatAddress(args) },
  // Names are in English whatever the locale.
  GetTimeZoneCodeByLocalizedName: { parameters: ['LocalizedStandardName', 'LocaleId'], run: (_app, args) => timeZoneCode(args) },
  LocalTimeFromUtcTime: {
    parameters: ['TimeZoneCode', 'UtcTime'],
    run: (_app, args) => ({ LocalTime: wallClock(timeOf(args, 'UtcTime'), zoneOf(args)) }),
  },
  UtcTimeFromLocalTime: {
    parameters: ['TimeZoneCode', 'LocalTime'],
    run: (_app, args) => ({ UtcTime: instantOf(timeOf(args, 'LocalTime'), zoneOf(args)) }),
  },
}

function formatAddress(args: Arguments): Answer {
  const text = (name: string): string | undefined => {
    const literal = args.get(name)
    return !literal || literal.kind === 'null' ? undefined : parameterText(args, name)
  }
  const parts = { lines: [text('Line1')], city: text('City'), state: text('StateOrProvince'), postalCode: text('PostalCode'), country: text('Country') }
  return { Address: addressText(parts) }
}

function timeZoneCode(args: Arguments): Answer {
  const name = parameterText(args, 'LocalizedStandardName')
  parameterNumber(args, 'LocaleId')
  for (const [code, { standardName }] of TIME_ZONES) if (fold(standardName) === fold(name)) return { TimeZoneCode: code }
  throw fail('RowNotFoundByKey', 'timezonelocalizedname')
}

function zoneOf(args: Arguments): string {
  const code = parameterNumber(args, 'TimeZoneCode')
  if (!TIME_ZONES.has(code)) throw fail('InvalidArgument', `${code} is not the code of a time zone.`)
  return zoneOfCode(code)
}

/** A wall clock's time comes with a `Z` too, which says nothing then. */
function timeOf(args: Arguments, parameter: string): string {
  const literal = required(args, parameter)
  const text = literal.kind === 'datetime' || literal.kind === 'string' ? literal.text : undefined
  const instant = text === undefined ? undefined : parseInstant(text)
  if (instant === undefined) throw fail('BadRequest', `The parameter '${parameter}' must be a date and time: 2024-05-01T10:00:00Z.`)
  return instant
}
