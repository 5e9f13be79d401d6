/** The actions that edit the options of a choice: of one column (`EntityLogicalName`, `AttributeLogicalName`) or global (`OptionSetName`). */
import { fail } from '../protocol/errors.ts'
import { parseLabel } from '../schema/metadata/label-json.ts'
import { type Body, flagOf, integerOf, listOf, missing, requiredText, textOf } from '../schema/metadata/metadata-body.ts'
import { parseOption, refuseParents } from '../schema/metadata/parse-option-set.ts'
import type { OptionChange, OptionOwner, SchemaEdit } from '../schema/schema-edit.ts'

type EditOption = Extract<SchemaEdit, { readonly kind: 'edit-option' }>

export function insertOptionValue(body: Body): EditOption {
  return edit(body, { kind: 'insert', option: parseOption(body) })
}

export function insertStatusValue(body: Body): EditOption {
  return edit(body, { kind: 'insert', option: { ...parseOption(body), state: requiredInteger(body, 'StateCode') } })
}

export function updateOptionValue(body: Body): EditOption {
  return edit(body, updateOf(body))
}

/** `DefaultStatusCode`: the status a row gets when only this state is given. */
export function updateStateValue(body: Body): EditOption {
  const defaultStatus = integerOf(body, 'DefaultStatusCode')
  return edit(body, { ...updateOf(body), ...(defaultStatus !== undefined && { defaultStatus }) })
}

export function deleteOptionValue(body: Body): EditOption {
  return edit(body, { kind: 'delete', value: requiredInteger(body, 'Value') })
}

export function orderOption(body: Body): EditOption {
  const values = listOf(body, 'Values')
  if (!values) throw missing('Values')
  return edit(body, { kind: 'order', values: values.map((value) => requiredInteger({ Values: value }, 'Values')) })
}

function edit(body: Body, change: OptionChange): EditOption {
  return { kind: 'edit-option', of: ownerOf(body), change }
}

function ownerOf(body: Body): OptionOwner {
  const choice = textOf(body, 'OptionSetName')
  if (!choice) return { table: requiredText(body, 'EntityLogicalName'), column: requiredText(body, 'AttributeLogicalName') }
  if (textOf(body, 'AttributeLogicalName'))
    throw fail('InvalidArgument', "Give either 'OptionSetName' or 'EntityLogicalName' and 'AttributeLogicalName', not both.")
  return { choice }
}

function updateOf(body: Body): Extract<OptionChange, { readonly kind: 'update' }> {
  refuseParents(body)
  if (textOf(body, 'ExternalValue')) throw fail('NotSupported', "Changing the 'ExternalValue' of an option")
  const [label, description, color] = [parseLabel(body.Label, 'Label'), parseLabel(body.Description, 'Description'), textOf(body, 'Color')]
  return {
    kind: 'update',
    value: requiredInteger(body, 'Value'),
    ...(label && Object.keys(label).length > 0 && { label }),
    ...(description && { description }),
    ...(color && { color }),
    mergeLabels: flagOf(body, 'MergeLabels') ?? false,
  }
}

function requiredInteger(body: Body, member: string): number {
  const value = integerOf(body, member)
  if (value === undefined) throw missing(member)
  return value
}
