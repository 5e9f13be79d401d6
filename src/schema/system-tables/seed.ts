/**
 * The notation in which the standard tables are written: one line a column, in the order of the published reference.
 * `string('AccountNumber', 'Account Number', 20)`. The logical name is the schema name in lower case.
 */
import type { Ownership } from '../table.ts'
import type { DateTimeBehavior, Filler, IntegerFormat, RequiredLevel, StringFormat } from '../column.ts'

/** What any column line may add at its end. */
export type Rest = {
  readonly required?: RequiredLevel
  /** Default 'client': valid for create and update. 'server' and 'computed' are read-only unless said otherwise. */
  readonly filledBy?: Filler
  /** Only where it differs: `false` on a column that is set once, `true` on a server-kept one that a client may give. */
  readonly create?: boolean
  readonly update?: boolean
  /** `false`: a secret. It can be written and never read. */
  readonly read?: boolean
  /** Has column-level security on from the start. */
  readonly secured?: boolean
}

/** value → label, or [label, state] for a status. */
export type OptionSeed = { readonly [value: number]: string }
export type StatusSeed = { readonly [value: number]: readonly [label: string, state: number] }

export type ColumnSeed = { readonly name: string; readonly label: string; readonly rest: Rest } & (
  | { readonly type: 'string'; readonly maxLength: number; readonly format: StringFormat; readonly yomiOf?: string }
  | { readonly type: 'memo'; readonly maxLength: number }
  | { readonly type: 'integer'; readonly min: number; readonly max: number; readonly format: IntegerFormat }
  | { readonly type: 'bigint' }
  | { readonly type: 'decimal' | 'double'; readonly min: number; readonly max: number; readonly precision: number }
  | { readonly type: 'money'; readonly min: number; readonly max: number; readonly precision: number; readonly precisionSource: 0 | 1 | 2 }
  | { readonly type: 'boolean'; readonly labels: readonly [no: string, yes: string]; readonly defaultValue: boolean }
  | { readonly type: 'choice' | 'choices'; readonly options: OptionSeed; readonly defaultValue?: number | undefined }
  | { readonly type: 'state'; readonly states: { readonly [value: number]: readonly [label: string, defaultStatus: number] } }
  | { readonly type: 'status'; readonly statuses: StatusSeed }
  | { readonly type: 'datetime'; readonly behavior: DateTimeBehavior; readonly dateOnly: boolean }
  | { readonly type: 'lookup' | 'customer' | 'owner'; readonly targets: readonly string[] }
  | { readonly type: 'guid' }
  | { readonly type: 'entityname' }
)

const INT_MIN = -2147483648
const INT_MAX = 2147483647
const MONEY_MAX = 922337203685477

export const string = (name: string, label: string, maxLength: number, rest: Rest & { format?: StringFormat; yomiOf?: string } = {}): ColumnSeed => ({
  type: 'string',
  name,
  label,
  maxLength,
  format: rest.format ?? 'Text',
  ...(rest.yomiOf && { yomiOf: rest.yomiOf }),
  rest,
})
export const memo = (name: string, label: string, maxLength: number, rest: Rest = {}): ColumnSeed => ({ type: 'memo', name, label, maxLength, rest })
export const integer = (name: string, label: string, min = INT_MIN, max = INT_MAX, rest: Rest & { format?: IntegerFormat } = {}): ColumnSeed => ({
  type: 'integer',
  name,
  label,
  min,
  max,
  format: rest.format ?? 'None',
  rest,
})
export const bigint = (name: string, label: string, rest: Rest = {}): ColumnSeed => ({ type: 'bigint', name, label, rest })
export const decimal = (name: string, label: string, min: number, max: number, precision: number, rest: Rest = {}): ColumnSeed => ({
  type: 'decimal',
  name,
  label,
  min,
  max,
  precision,
  rest,
})
export const double = (name: string, label: string, min: number, max: number, precision: number, rest: Rest = {}): ColumnSeed => ({
  type: 'double',
  name,
  label,
  min,
  max,
  precision,
  rest,
})
/** The `…_base` column of a money column is added by the builder: it is not written here. */
export const money = (
  name: string,
  label: string,
  min = -MONEY_MAX,
  max = MONEY_MAX,
  precision = 2,
  precisionSource: 0 | 1 | 2 = 2,
  rest: Rest = {},
): ColumnSeed => ({ type: 'money', name, label, min, max, precision, precisionSource, rest })
export const boolean = (name: string, label: string, no: string, yes: string, defaultValue: boolean, rest: Rest = {}): ColumnSeed => ({
  type: 'boolean',
  name,
  label,
  labels: [no, yes],
  defaultValue,
  rest,
})
export const choice = (name: string, label: string, options: OptionSeed, defaultValue?: number, rest: Rest = {}): ColumnSeed => ({
  type: 'choice',
  name,
  label,
  options,
  defaultValue,
  rest,
})
export const state = (states: { readonly [value: number]: readonly [label: string, defaultStatus: number] }, rest: Rest = {}): ColumnSeed => ({
  type: 'state',
  name: 'StateCode',
  label: 'Status',
  states,
  rest,
})
export const status = (statuses: StatusSeed, rest: Rest = {}): ColumnSeed => ({ type: 'status', name: 'StatusCode', label: 'Status Reason', statuses, rest })
/** A point in time, stored in UTC. */
export const datetime = (name: string, label: string, rest: Rest & { behavior?: DateTimeBehavior } = {}): ColumnSeed => ({
  type: 'datetime',
  name,
  label,
  behavior: rest.behavior ?? 'UserLocal',
  dateOnly: false,
  rest,
})
/** Format DateOnly in the reference; behaviour `UserLocal` unless the reference says DateOnly. */
export const date = (name: string, label: string, rest: Rest & { behavior?: DateTimeBehavior } = {}): ColumnSeed => ({
  type: 'datetime',
  name,
  label,
  behavior: rest.behavior ?? 'UserLocal',
  dateOnly: true,
  rest,
})
export const lookup = (name: string, label: string, targets: readonly string[], rest: Rest = {}): ColumnSeed => ({ type: 'lookup', name, label, targets, rest })
export const customer = (name: string, label: string, rest: Rest = {}): ColumnSeed => ({ type: 'customer', name, label, targets: ['account', 'contact'], rest })
export const owner = (rest: Rest = {}): ColumnSeed => ({ type: 'owner', name: 'OwnerId', label: 'Owner', targets: ['systemuser', 'team'], rest })
export const guid = (name: string, label: string, rest: Rest = {}): ColumnSeed => ({ type: 'guid', name, label, rest })
export const entityname = (name: string, label: string, rest: Rest = {}): ColumnSeed => ({ type: 'entityname', name, label, rest })

/** One-to-many, written at the referencing table. Navigation names as the published reference gives them. */
export type RelationshipSeed = {
  readonly schemaName: string
  /** Logical name of the referenced table (the one side). */
  readonly to: string
  /** Logical name of the lookup column on this table. */
  readonly column: string
  /** `ReferencingEntityNavigationPropertyName`, on this table. */
  readonly one: string
  /** `ReferencedEntityNavigationPropertyName`, on the other table. */
  readonly many: string
  /** Left out: the system's defaults, no cascade and RemoveLink on delete. */
  readonly cascade?: {
    readonly assign?: string
    readonly delete?: string
    readonly merge?: string
    readonly reparent?: string
    readonly share?: string
    readonly unshare?: string
  }
  readonly isHierarchical?: boolean
}

export type ManyToManySeed = {
  readonly schemaName: string
  readonly intersect: string
  readonly table1: string
  readonly column1: string
  readonly navigation1: string
  readonly table2: string
  readonly column2: string
  readonly navigation2: string
  /** What a pair has beside the two ids. */
  readonly columns?: readonly ColumnSeed[]
}

export type TableSeed = {
  readonly schemaName: string
  readonly displayName: string
  readonly displayCollectionName: string
  readonly collectionSchemaName: string
  readonly entitySetName: string
  readonly ownership: Ownership
  readonly objectTypeCode: number
  /** Logical names. */
  readonly primaryId: string
  /** Left out where rows have no name. */
  readonly primaryName?: string
  readonly isActivity?: boolean
  readonly hasNotes?: boolean
  readonly hasActivities?: boolean
  readonly tracksChanges?: boolean
  readonly isAudited?: boolean
  /** Lookups without relationships: they name rows that may be gone. */
  readonly unrelated?: readonly string[]
  readonly columns: readonly ColumnSeed[]
  readonly relationships: readonly RelationshipSeed[]
  readonly manyToMany?: readonly ManyToManySeed[]
}
