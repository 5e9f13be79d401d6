/** What a column's type adds in a request body: `MaxLength`, `MinValue`, `OptionSet` … Limits and defaults are `column-request.ts`'s. */
import { fail } from '../../protocol/errors.ts'
import type { JsonValue } from '../../protocol/row-json.ts'
import { parseRowReference } from '../../protocol/row-reference.ts'
import type { ColumnKind, DateTimeBehavior, IntegerFormat, StringFormat } from '../column.ts'
import type { Schema } from '../schema.ts'
import type { ColumnRequest } from '../schema-edit.ts'
import { parseLabel } from './label-json.ts'
import { type Body, flagOf, integerOf, numberOf, objectOf, oneOf, textOf, textsOf, wrappedOneOf } from './metadata-body.ts'
import { parseOptions } from './parse-option-set.ts'

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

const TEXT = ['MaxLength', 'Format', 'FormatName', 'ImeMode']
const RANGE = ['MinValue', 'MaxValue']

/** Members read here that an update may change, and `ImeMode`, which input methods of user interfaces alone read. */
export const CHANGEABLE_DETAILS: { readonly [K in ColumnKind]: readonly string[] } = {
  string: TEXT,
  memo: TEXT,
  integer: [...RANGE, 'Format'],
  bigint: [],
  decimal: [...RANGE, 'Precision', 'ImeMode'],
  double: [...RANGE, 'Precision', 'ImeMode'],
  money: [...RANGE, 'Precision', 'PrecisionSource', 'ImeMode'],
  boolean: ['DefaultValue'],
  choice: ['DefaultFormValue'],
  choices: ['DefaultFormValue'],
  state: [],
  status: [],
  datetime: ['Format', 'ImeMode'],
  lookup: [],
  customer: [],
  owner: [],
  guid: [],
  entityname: [],
}

export function parseDetails(body: Body, type: ColumnKind, schema: Schema): Partial<ColumnRequest> {
  return Object.fromEntries(Object.entries(detailsOf(body, type, schema)).filter(([, value]) => value !== undefined))
}

function detailsOf(body: Body, type: ColumnKind, schema: Schema): { readonly [member: string]: unknown } {
  switch (type) {
    case 'string':
    case 'memo':
      return { maxLength: integerOf(body, 'MaxLength'), format: textFormatOf(body), yomiOf: textOf(body, 'YomiOf') || undefined }
    case 'integer':
      return { min: integerOf(body, 'MinValue'), max: integerOf(body, 'MaxValue'), format: oneOf(body, 'Format', INTEGER_FORMATS) }
    case 'decimal':
    case 'double':
      return rangeOf(body)
    case 'money':
      return { ...rangeOf(body), precisionSource: integerOf(body, 'PrecisionSource') }
    case 'boolean':
      return { defaultValue: flagOf(body, 'DefaultValue'), ...booleanLabelsOf(body) }
    case 'choice':
    case 'choices':
      return choiceOf(body, schema)
    case 'datetime':
      return { behavior: wrappedOneOf(body, 'DateTimeBehavior', BEHAVIORS), format: oneOf(body, 'Format', ['DateOnly', 'DateAndTime']) }
    case 'lookup':
    case 'customer':
    case 'owner':
      return { targets: textsOf(body, 'Targets') }
    case 'state':
    case 'status':
    case 'bigint':
    case 'guid':
    case 'entityname':
      return {}
  }
}

/** `FormatName` knows more formats than `Format`. */
function textFormatOf(body: Body): StringFormat | undefined {
  return wrappedOneOf(body, 'FormatName', STRING_FORMATS) ?? oneOf(body, 'Format', STRING_FORMATS)
}

function rangeOf(body: Body): { readonly [member: string]: number | undefined } {
  return { min: numberOf(body, 'MinValue'), max: numberOf(body, 'MaxValue'), precision: integerOf(body, 'Precision') }
}

function booleanLabelsOf(body: Body): Partial<ColumnRequest> {
  const optionSet = objectOf(body, 'OptionSet')
  if (!optionSet) return {}
  if (body['GlobalOptionSet@odata.bind'] || flagOf(optionSet, 'IsGlobal')) throw fail('NotSupported', 'A global choice of yes and no')
  return { trueLabel: labelOf(optionSet, 'TrueOption', 1), falseLabel: labelOf(optionSet, 'FalseOption', 0) }
}

function labelOf(optionSet: Body, member: string, value: number): unknown {
  const option = objectOf(optionSet, member)
  if (option && (integerOf(option, 'Value') ?? value) !== value) throw fail('InvalidMetadata', `The value of '${member}' must be ${value}.`)
  return parseLabel(option?.Label, 'Label')
}

function choiceOf(body: Body, schema: Schema): { readonly [member: string]: unknown } {
  const optionSet = objectOf(body, 'OptionSet')
  const globalChoice = globalChoiceOf(body, optionSet, schema)
  const isOwn = globalChoice === undefined && optionSet !== undefined
  return { defaultValue: integerOf(body, 'DefaultFormValue'), globalChoice, options: isOwn ? parseOptions(optionSet) : undefined }
}

/** `"GlobalOptionSet@odata.bind":"/GlobalOptionSetDefinitions(Name='new_colors')"`, or an `OptionSet` that says it is global, by its name. */
function globalChoiceOf(body: Body, optionSet: Body | undefined, schema: Schema): string | undefined {
  const bound = body['GlobalOptionSet@odata.bind'] ?? undefined
  if (bound !== undefined) return boundChoice(bound, schema)
  const global = objectOf(body, 'GlobalOptionSet') ?? optionSet
  return global && flagOf(global, 'IsGlobal') ? textOf(global, 'Name') : undefined
}

function boundChoice(bound: JsonValue, schema: Schema): string {
  const reference = typeof bound === 'string' ? parseRowReference(bound) : undefined
  if (reference?.kind !== 'row' || reference.entitySet !== 'GlobalOptionSetDefinitions') throw notAChoice()
  const { predicate } = reference
  const [part] = predicate.kind === 'named' ? predicate.parts : [{ name: 'MetadataId', value: predicate.value }]
  const { value } = part ?? {}
  const text = value?.kind === 'guid' ? value.value : value?.kind === 'string' ? value.text : undefined
  if (text === undefined) throw notAChoice()
  const choice = [...schema.choices.values()].find((one) => (part?.name === 'Name' ? one.name : one.metadataId) === text)
  if (!choice) throw fail('MetadataNotFound', 'OptionSet', text)
  return choice.name
}

function notAChoice(): Error {
  return fail('InvalidMetadata', "The member 'GlobalOptionSet@odata.bind' must name a global choice: /GlobalOptionSetDefinitions(Name='name').")
}
