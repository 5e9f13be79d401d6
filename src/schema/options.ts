/**
 * The options of a choice: numbering new ones, and the edits that clients may make to them.
 * An option without a value gets the next one from 100,000,000 on: the prefix 10,000 of the default publisher, and five digits of its own.
 */
import { fail } from '../protocol/errors.ts'
import type { Option } from './choice.ts'
import { INT_MAX, INT_MIN } from './column-limits.ts'
import { editLabel } from './edit-labels.ts'
import type { OptionChange, OptionRequest } from './schema-edit.ts'

const FIRST_CUSTOM = 100000000

export function numberOptions(requests: readonly OptionRequest[]): Option[] {
  const given = requests.flatMap((one) => (one.value === undefined ? [] : [one.value]))
  const seen = new Set<number>()
  const repeated = given.find((value) => seen.has(value) || !seen.add(value))
  if (repeated !== undefined) throw fail('InvalidMetadata', `The option value ${repeated} is given twice.`)
  given.forEach(checkValue)
  let last = largest(given)
  return requests.map((one) => ({ ...one, value: one.value ?? ++last }))
}

function nextValue(options: readonly Option[]): number {
  return largest(options.map((one) => one.value)) + 1
}

/** Not `Math.max(...)`: a list of a hundred thousand is more than a call takes. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), FIRST_CUSTOM - 1)
}

export function insertOption(options: readonly Option[], request: OptionRequest): { readonly options: readonly Option[]; readonly value: number } {
  const value = request.value ?? nextValue(options)
  checkValue(value)
  if (options.some((one) => one.value === value)) throw fail('InvalidMetadata', `There is an option with the value ${value} already.`)
  return { options: [...options, { ...request, value }], value }
}

export function updateOption(options: readonly Option[], change: Extract<OptionChange, { kind: 'update' }>): readonly Option[] {
  const current = optionOf(options, change.value)
  const changed: Option = {
    ...current,
    label: editLabel(current.label, change.label, change.mergeLabels),
    description: editLabel(current.description, change.description, change.mergeLabels),
    color: change.color ?? current.color,
    defaultStatus: change.defaultStatus ?? current.defaultStatus,
  }
  return options.map((one) => (one === current ? changed : one))
}

export function deleteOption(options: readonly Option[], value: number): readonly Option[] {
  const gone = optionOf(options, value)
  return options.filter((one) => one !== gone)
}

export function orderOptions(options: readonly Option[], values: readonly number[]): readonly Option[] {
  if (values.length !== options.length || new Set(values).size !== values.length) throw fail('InvalidMetadata', 'The order has to name every option once.')
  return values.map((value) => optionOf(options, value))
}

export function optionOf(options: readonly Option[], value: number): Option {
  const option = options.find((one) => one.value === value)
  if (!option) throw fail('MetadataNotFound', 'option', String(value))
  return option
}

function checkValue(value: number): void {
  if (!Number.isInteger(value) || value < INT_MIN || value > INT_MAX) throw fail('InvalidMetadata', `The option value ${value} is not a 32-bit whole number.`)
}
