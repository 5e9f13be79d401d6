/**
 * A column of a table: what every column has, and what its type adds.
 * All values are plain JSON, so that a definition can be stored and sent as it is.
 */
import type { Guid } from '../base/guid.ts'
import type { Option } from './choice.ts'
import type { Label } from './label.ts'

export type RequiredLevel = 'None' | 'SystemRequired' | 'ApplicationRequired' | 'Recommended'

/**
 * Who gives the column its value. `client`: whoever writes the row. `server`: kept by the write path
 * (`createdon`, `owninguser`, `…_base`). `computed`: derived from other columns of the row (`fullname`).
 */
export type Filler = 'client' | 'server' | 'computed'

type Common = {
  readonly logicalName: string
  readonly schemaName: string
  readonly metadataId: Guid
  readonly displayName: Label
  readonly description?: Label | undefined
  readonly requiredLevel: RequiredLevel
  readonly filledBy: Filler
  readonly isValidForCreate: boolean
  readonly isValidForUpdate: boolean
  readonly isValidForRead: boolean
  readonly isCustom: boolean
  /** Has column-level security on: such a column may not be part of an alternate key. */
  readonly isSecured?: boolean | undefined
  /** Whether its changes are kept where those of its table are. Left out: as `auditing.ts` says. */
  readonly isAudited?: boolean | undefined
  readonly columnNumber: number
  /** ISO 8601 with `Z`, whole seconds. */
  readonly createdOn: string
  readonly modifiedOn: string
}

export type StringFormat = 'Text' | 'Email' | 'Phone' | 'Url' | 'TickerSymbol' | 'TextArea' | 'VersionNumber' | 'PhoneticGuide' | 'Json' | 'RichText'
export type IntegerFormat = 'None' | 'Duration' | 'TimeZone' | 'Language' | 'Locale'
export type DateTimeBehavior = 'UserLocal' | 'DateOnly' | 'TimeZoneIndependent'

/** Each member's comment says what is stored and what a parsed value of it looks like: see `Value` in `plan/value.ts`. */
export type ColumnType =
  | { readonly type: 'string'; readonly maxLength: number; readonly format: StringFormat; readonly yomiOf?: string | undefined }
  | { readonly type: 'memo'; readonly maxLength: number; readonly format: StringFormat }
  | { readonly type: 'integer'; readonly min: number; readonly max: number; readonly format: IntegerFormat }
  | { readonly type: 'bigint' }
  | { readonly type: 'decimal'; readonly min: number; readonly max: number; readonly precision: number }
  | {
      readonly type: 'money'
      readonly min: number
      readonly max: number
      readonly precision: number
      /** 0: the column's own precision; 1: the organization's pricing precision; 2: the currency's. */
      readonly precisionSource: 0 | 1 | 2
      /** On a `…_base` column: the money column whose value in the base currency this is. */
      readonly baseOf?: string | undefined
    }
  | { readonly type: 'double'; readonly min: number; readonly max: number; readonly precision: number }
  | { readonly type: 'boolean'; readonly trueLabel: Label; readonly falseLabel: Label; readonly defaultValue: boolean | undefined }
  | {
      readonly type: 'choice' | 'choices'
      /** Either the column's own options, or the name of a global choice that holds them. */
      readonly options: readonly Option[]
      readonly globalChoice?: string | undefined
      readonly defaultValue?: number | undefined
    }
  | { readonly type: 'state'; readonly options: readonly Option[] }
  | { readonly type: 'status'; readonly options: readonly Option[] }
  | { readonly type: 'datetime'; readonly behavior: DateTimeBehavior; readonly format: 'DateOnly' | 'DateAndTime' }
  /** `targets`: logical names of the tables it may point at, also those this server does not have. */
  | { readonly type: 'lookup' | 'customer' | 'owner'; readonly targets: readonly string[] }
  | { readonly type: 'guid'; readonly isPrimaryId: boolean }
  /** The logical name of a table, beside a polymorphic lookup (`owneridtype`). */
  | { readonly type: 'entityname' }

export type Column = Common & ColumnType
export type ColumnKind = ColumnType['type']
export type ColumnOf<K extends ColumnKind> = Common & Extract<ColumnType, { readonly type: K }>
export type LookupColumn = ColumnOf<'lookup' | 'customer' | 'owner'>

export function isLookup(column: Column): column is LookupColumn {
  return column.type === 'lookup' || column.type === 'customer' || column.type === 'owner'
}

/** State and status: a pair that the server keeps valid, whatever a client may write. */
export function isStateColumn(column: Column): boolean {
  return column.type === 'state' || column.type === 'status'
}

/** Stored with the target's table beside the id: it can point at more than one table. */
export function isPolymorphic(column: Column): column is LookupColumn {
  return isLookup(column) && (column.type !== 'lookup' || column.targets.length > 1)
}

/** The name under which a column is read on the wire: `name`, but `_primarycontactid_value` for a lookup. */
export function wireName(column: Column): string {
  return isLookup(column) ? `_${column.logicalName}_value` : column.logicalName
}
