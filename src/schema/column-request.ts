/**
 * A column as a client asks for it → a column: its name checked, the type's own members within their limits, defaults for what is left out.
 * `{ type: 'string', schemaName: 'new_Code' }` is a text of at most 100 characters.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Choice } from './choice.ts'
import type { Column, ColumnKind, ColumnType, DateTimeBehavior, IntegerFormat, RequiredLevel, StringFormat } from './column.ts'
import { INT_MAX, INT_MIN, MEMO_DEFAULT, MEMO_MAX, PRECISION, STRING_DEFAULT, STRING_MAX } from './column-limits.ts'
import { Label } from './label.ts'
import { checkCustomName, logicalNameOf } from './names.ts'
import { numberOptions } from './options.ts'
import type { ColumnRequest } from './schema-edit.ts'

export type RequestSetting = {
  readonly choices: ReadonlyMap<string, Choice>
  readonly metadataId: Guid
  readonly columnNumber: number
  readonly now: string
}

const STRING_FORMATS: readonly StringFormat[] = [
  'Text',
  'Email',
  'Phone',
  'Url',
  'TickerSymbol',
  'TextArea',
  'VersionNumber',
  'PhoneticGuide',
  'Json',
  'RichText',
]
const INTEGER_FORMATS: readonly IntegerFormat[] = ['None', 'Duration', 'TimeZone', 'Language', 'Locale']
const BEHAVIORS: readonly DateTimeBehavior[] = ['UserLocal', 'DateOnly', 'TimeZoneIndependent']
const REQUIRED_LEVELS: readonly RequiredLevel[] = ['None', 'Recommended', 'ApplicationRequired']

/** Made by the server alone, or together with their relationships. */
const NOT_BY_ITSELF: Partial<Record<ColumnKind, string>> = {
  lookup: 'it is created with its relationship',
  customer: 'it is created with its relationships, by CreateCustomerRelationships',
  owner: 'a table has its owner from the start',
  state: 'a table has its state from the start',
  status: 'a table has its status from the start',
  guid: 'a unique identifier is a primary id only',
  entityname: 'it stands beside a lookup only',
}

export function columnOfRequest(request: ColumnRequest, setting: RequestSetting): Column {
  const why = NOT_BY_ITSELF[request.type]
  if (why) throw fail('InvalidMetadata', `A ${request.type} column cannot be created: ${why}.`)
  checkCustomName('column', request.schemaName, request.logicalName)
  return { ...commonOf(request, setting), ...typeOfRequest(request, setting.choices) }
}

/** What every column has. */
export function commonOf(request: ColumnRequest, setting: RequestSetting): Omit<Column, keyof ColumnType> {
  const filledBy = request.filledBy ?? 'client'
  return {
    logicalName: logicalNameOf(request.schemaName),
    schemaName: request.schemaName,
    metadataId: setting.metadataId,
    displayName: request.displayName ?? Label.of(request.schemaName),
    ...(request.description && { description: request.description }),
    requiredLevel: checkRequiredLevel(request.requiredLevel ?? 'None'),
    filledBy,
    isValidForCreate: request.isValidForCreate ?? filledBy === 'client',
    isValidForUpdate: request.isValidForUpdate ?? filledBy === 'client',
    isValidForRead: request.isValidForRead ?? true,
    isCustom: true,
    ...(request.isSecured && { isSecured: true }),
    ...(request.isAudited === false && { isAudited: false }),
    columnNumber: setting.columnNumber,
    createdOn: setting.now,
    modifiedOn: setting.now,
  }
}

export function checkRequiredLevel(level: RequiredLevel): RequiredLevel {
  if (REQUIRED_LEVELS.includes(level)) return level
  throw fail('InvalidMetadata', `The required level ${level} cannot be chosen: it is one of ${REQUIRED_LEVELS.join(', ')}.`)
}

/** The members of the column's type. */
export function typeOfRequest(request: ColumnRequest, choices: ReadonlyMap<string, Choice>): ColumnType {
  switch (request.type) {
    case 'string': {
      const maxLength = whole(request, 'maxLength', 1, STRING_MAX, STRING_DEFAULT)
      return { type: 'string', maxLength, format: oneOf(request, 'format', STRING_FORMATS, 'Text'), ...(request.yomiOf && { yomiOf: String(request.yomiOf) }) }
    }
    case 'memo': {
      const maxLength = whole(request, 'maxLength', 1, MEMO_MAX, MEMO_DEFAULT)
      return { type: 'memo', maxLength, format: oneOf(request, 'format', STRING_FORMATS, 'TextArea') }
    }
    case 'integer':
      return { type: 'integer', ...range(request, INT_MIN, INT_MAX, true), format: oneOf(request, 'format', INTEGER_FORMATS, 'None') }
    case 'bigint':
      return { type: 'bigint' }
    case 'decimal':
      return { type: 'decimal', ...preciseRange(request, 'decimal') }
    case 'double':
      return { type: 'double', ...preciseRange(request, 'double') }
    case 'money': {
      // The currency's precision, unless a precision of the column's own is asked for.
      const source = oneOf(request, 'precisionSource', [0, 1, 2] as const, request.precision === undefined ? 2 : 0)
      return { type: 'money', ...preciseRange(request, 'money'), precisionSource: source }
    }
    case 'boolean': {
      const labels = { trueLabel: request.trueLabel ?? Label.of('Yes'), falseLabel: request.falseLabel ?? Label.of('No') }
      return { type: 'boolean', ...labels, defaultValue: request.defaultValue ?? false }
    }
    case 'choice':
    case 'choices':
      return choiceType(request, request.type, choices)
    case 'datetime':
      return datetimeType(request)
    case 'lookup':
    case 'customer':
    case 'owner':
      return { type: request.type, targets: request.targets }
    case 'state':
    case 'status':
      return { type: request.type, options: request.options }
    case 'guid':
      return { type: 'guid', isPrimaryId: request.isPrimaryId === true }
    case 'entityname':
      return { type: 'entityname' }
  }
}

function choiceType(request: ColumnRequest, type: 'choice' | 'choices', choices: ReadonlyMap<string, Choice>): ColumnType {
  const global = request.globalChoice === undefined ? undefined : choices.get(request.globalChoice)
  if (request.globalChoice !== undefined && !global) throw fail('MetadataNotFound', 'choice', request.globalChoice)
  if (global && request.options?.length)
    throw fail('InvalidMetadata', `${request.schemaName} has the global choice ${global.name}: it cannot have options of its own.`)
  const options = global ? [] : numberOptions(request.options ?? [])
  // -1 is how the metadata says that there is no default.
  const defaultValue = request.defaultValue === undefined || request.defaultValue === -1 ? undefined : whole(request, 'defaultValue', INT_MIN, INT_MAX, -1)
  if (defaultValue !== undefined && !(global?.options ?? options).some((one) => one.value === defaultValue)) {
    throw fail('InvalidMetadata', `The default value ${defaultValue} of ${request.schemaName} is none of its options.`)
  }
  return { type, options, ...(global && { globalChoice: global.name }), ...(defaultValue !== undefined && { defaultValue }) }
}

function datetimeType(request: ColumnRequest): ColumnType {
  const behavior = oneOf(request, 'behavior', BEHAVIORS, 'UserLocal')
  const format = oneOf(request, 'format', ['DateOnly', 'DateAndTime'] as const, behavior === 'DateOnly' ? 'DateOnly' : 'DateAndTime')
  if (behavior !== 'DateOnly' || format === 'DateOnly') return { type: 'datetime', behavior, format }
  throw fail('InvalidMetadata', `The column ${request.schemaName} has the behavior DateOnly: its format has to be DateOnly.`)
}

function preciseRange(request: ColumnRequest, type: 'decimal' | 'money' | 'double'): { min: number; max: number; precision: number } {
  const limit = PRECISION[type]
  return { ...range(request, -limit.range, limit.range, false), precision: whole(request, 'precision', 0, limit.max, limit.default) }
}

function range(request: ColumnRequest, min: number, max: number, isWhole: boolean): { min: number; max: number } {
  const found = { min: amount(request, 'min', min, max, min, isWhole), max: amount(request, 'max', min, max, max, isWhole) }
  if (found.min > found.max) throw fail('InvalidMetadata', `The smallest value of ${request.schemaName}, ${found.min}, is above its largest, ${found.max}.`)
  return found
}

function whole(request: ColumnRequest, member: string, min: number, max: number, otherwise: number): number {
  return amount(request, member, min, max, otherwise, true)
}

function amount(request: ColumnRequest, member: string, min: number, max: number, otherwise: number, isWhole: boolean): number {
  const value: unknown = request[member] ?? otherwise
  if (typeof value === 'number' && value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value
  const kind = isWhole ? 'a whole number' : 'a number'
  throw fail('InvalidMetadata', `The ${member} of ${request.schemaName} is ${String(value)}: it has to be ${kind} from ${min} to ${max}.`)
}

function oneOf<T extends string | number>(request: ColumnRequest, member: string, words: readonly T[], otherwise: T): T {
  const value = request[member] ?? otherwise
  if (words.includes(value)) return value
  throw fail('InvalidMetadata', `The ${member} of ${request.schemaName} is ${String(value)}: it has to be one of ${words.join(', ')}.`)
}
