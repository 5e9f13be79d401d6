/** Choices in a request body: the options of a column, and global choices. What an option has beside labels and values is refused by name. */
import { fail } from '../../protocol/errors.ts'
import type { JsonValue } from '../../protocol/row-json.ts'
import type { Choice } from '../choice.ts'
import { Label } from '../label.ts'
import type { OptionRequest, SchemaEdit } from '../schema-edit.ts'
import { parseLabel } from './label-json.ts'
import { type Body, bodyOf, flagOf, integerOf, listOf, requiredText, textOf, typeNameOf } from './metadata-body.ts'
import { refuseOtherChanges } from './unchanged.ts'
import { globalOptionSet } from './option-set-metadata.ts'

type ChoiceRequest = Extract<SchemaEdit, { readonly kind: 'create-choice' }>['choice']
type ChoiceChange = Extract<SchemaEdit, { readonly kind: 'update-choice' }>['change']

/** `Value` may be missing or null: the server gives the next one. */
export function parseOption(json: JsonValue): OptionRequest {
  const body = bodyOf(json, "A member of 'Options'")
  refuseParents(body)
  const label = parseLabel(body.Label, 'Label')
  if (!label || Object.keys(label).length === 0) throw fail('InvalidMetadata', "An option needs a 'Label'.")
  const description = parseLabel(body.Description, 'Description')
  const [color, externalValue] = [textOf(body, 'Color'), textOf(body, 'ExternalValue')]
  return {
    value: integerOf(body, 'Value'),
    label,
    ...(description && Object.keys(description).length > 0 && { description }),
    ...(color && { color }),
    ...(externalValue && { externalValue }),
  }
}

/** Options that depend on those of another choice. */
export function refuseParents(body: Body): void {
  if (listOf(body, 'ParentValues')?.length) throw fail('NotSupported', "'ParentValues' of an option")
}

export function parseOptions(optionSet: Body): readonly OptionRequest[] {
  return (listOf(optionSet, 'Options') ?? []).map(parseOption)
}

export function parseGlobalOptionSet(json: JsonValue): ChoiceRequest {
  const body = bodyOf(json, 'A global choice')
  const type = textOf(body, 'OptionSetType') ?? 'Picklist'
  if (type !== 'Picklist' || (typeNameOf(body) ?? 'OptionSetMetadata') !== 'OptionSetMetadata')
    throw fail('NotSupported', `A global choice of the type ${type}`)
  if (flagOf(body, 'IsGlobal') === false) throw fail('InvalidMetadata', "The member 'IsGlobal' of a global choice cannot be false.")
  if (textOf(body, 'ParentOptionSetName')) throw fail('NotSupported', "'ParentOptionSetName' of a choice")
  const name = requiredText(body, 'Name')
  const description = parseLabel(body.Description, 'Description')
  return {
    name,
    displayName: parseLabel(body.DisplayName, 'DisplayName') ?? Label.of(name),
    ...(description && { description }),
    options: parseOptions(body),
  }
}

const CHANGEABLE: ReadonlySet<string> = new Set(['DisplayName', 'Description'])

/** Options are no part of this change: they have actions of their own, and are passed over («Create and update choices»). */
export function parseGlobalOptionSetChange(json: JsonValue, choice: Choice): ChoiceChange {
  const body = bodyOf(json, 'A global choice')
  refuseOtherChanges(body, globalOptionSet(choice), CHANGEABLE)
  const displayName = parseLabel(body.DisplayName, 'DisplayName')
  const description = parseLabel(body.Description, 'Description')
  return { ...(displayName && { displayName }), ...(description && { description }) }
}
