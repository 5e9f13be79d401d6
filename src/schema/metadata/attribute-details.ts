/** What a column's type adds to its metadata: `MaxLength` of a text, `Targets` of a lookup. Options are a navigation away: `OptionSet`. */
import { FIRST_INSTANT } from '../../base/date-time.ts'
import type { Column, ColumnKind, ColumnOf, ColumnType } from '../column.ts'
import { exactInteger, managedProperty, type MetadataObject } from './metadata-object.ts'

/** Could be a calculated column in Dataverse; here none is. */
const COMPUTABLE: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['string', 'integer', 'decimal', 'money', 'boolean', 'choice', 'choices', 'datetime'])
const NOT_COMPUTED: MetadataObject = { FormulaDefinition: '', SourceTypeMask: 0 }

const IME = { ImeMode: 'Auto' } as const
const INT64_MIN = exactInteger('-9223372036854775808')
const INT64_MAX = exactInteger('9223372036854775807')

export function isComputable(column: Column): boolean {
  return COMPUTABLE.has(column.type)
}

export function detailsOf(column: Column): MetadataObject {
  return isComputable(column) ? { ...ownDetails(column), ...NOT_COMPUTED } : ownDetails(column)
}

function ownDetails(column: Column): MetadataObject {
  switch (column.type) {
    case 'string':
      return { ...textDetails(column), YomiOf: column.yomiOf ?? null, DatabaseLength: column.maxLength * 2 }
    case 'memo':
      return textDetails(column)
    case 'integer':
      return { Format: column.format, MaxValue: column.max, MinValue: column.min }
    case 'bigint':
      return { MaxValue: INT64_MAX, MinValue: INT64_MIN }
    case 'decimal':
    case 'double':
      return { MaxValue: column.max, MinValue: column.min, Precision: column.precision, ...IME }
    case 'money':
      return moneyDetails(column)
    case 'boolean':
      return { DefaultValue: column.defaultValue ?? null }
    case 'choice':
    case 'choices':
      // -1 is how Dataverse writes that a choice has no default.
      return { DefaultFormValue: column.defaultValue ?? -1, ParentPicklistLogicalName: null, ChildPicklistLogicalNames: [] }
    case 'state':
    case 'status':
      return { DefaultFormValue: column.type === 'state' ? (column.options[0]?.value ?? null) : -1 }
    case 'datetime':
      return dateDetails(column)
    case 'lookup':
    case 'customer':
    case 'owner':
      return { Targets: column.targets, Format: 'None' }
    case 'entityname':
      return { DefaultFormValue: null, IsEntityReferenceStored: false }
    case 'guid':
      return {}
  }
}

function textDetails(column: Extract<ColumnType, { type: 'string' | 'memo' }>): MetadataObject {
  return { Format: enumFormat(column.format), ...IME, MaxLength: column.maxLength, IsLocalizable: false, FormatName: { Value: column.format } }
}

/** `Format` is an older enumeration, which knows neither JSON nor rich text. */
function enumFormat(format: ColumnOf<'string'>['format']): string {
  return format === 'Json' || format === 'RichText' ? 'TextArea' : format
}

function moneyDetails(column: ColumnOf<'money'>): MetadataObject {
  return {
    MaxValue: column.max,
    MinValue: column.min,
    Precision: column.precision,
    PrecisionSource: column.precisionSource,
    CalculationOf: column.baseOf ?? null,
    IsBaseCurrency: column.baseOf !== undefined,
    ...IME,
  }
}

function dateDetails(column: ColumnOf<'datetime'>): MetadataObject {
  const canChange = column.isCustom && column.filledBy === 'client'
  return {
    MinSupportedValue: FIRST_INSTANT,
    // As Dataverse states it: a day before the last one, so that no time zone leads beyond it.
    MaxSupportedValue: '9999-12-30T23:59:59Z',
    Format: column.format,
    ImeMode: 'Inactive',
    DateTimeBehavior: { Value: column.behavior },
    CanChangeDateTimeBehavior: managedProperty(canChange, canChange, 'canchangedatetimebehavior'),
  }
}
