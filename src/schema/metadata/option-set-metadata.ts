/** Choices as `OptionSetMetadata` and `BooleanOptionSetMetadata`: the global ones, and those of one column, named `account_statuscode`. */
import type { Choice, Option } from '../choice.ts'
import type { Column, ColumnOf } from '../column.ts'
import type { Table } from '../table.ts'
import { type LabelOwner, labelJson } from './label-json.ts'
import { transitionData } from '../status-transitions.ts'
import { managedProperty, type MetadataObject, once, partId } from './metadata-object.ts'

export type EnumColumn = ColumnOf<'choice' | 'choices' | 'state' | 'status' | 'boolean'>

export function isEnum(column: Column): column is EnumColumn {
  return column.type === 'choice' || column.type === 'choices' || column.type === 'state' || column.type === 'status' || column.type === 'boolean'
}

export function localChoiceId(column: Column): string {
  return partId(column.metadataId, 'OptionSet')
}

export const globalOptionSet = once(
  (choice: Choice): MetadataObject => ({
    ...headOf(choice.metadataId, choice.isCustom, choice.name, true, 'Picklist'),
    ParentOptionSetName: null,
    Description: labelJson(choice.description, choice, 'Description'),
    DisplayName: labelJson(choice.displayName, choice, 'DisplayName'),
    IsCustomizable: managedProperty(true, choice.isCustom, 'iscustomizable'),
    Options: choice.options.map((option) => optionJson(option, choice)),
  }),
)

const localOptionSets = new WeakMap<EnumColumn, MetadataObject>()

export function localOptionSet(table: Table, column: EnumColumn): MetadataObject {
  const known = localOptionSets.get(column)
  if (known) return known
  const json = renderLocal(`${table.logicalName}_${column.logicalName}`, column)
  localOptionSets.set(column, json)
  return json
}

function renderLocal(name: string, column: EnumColumn): MetadataObject {
  const owner: LabelOwner = { metadataId: localChoiceId(column), isCustom: column.isCustom }
  const type = column.type === 'boolean' ? 'Boolean' : column.type === 'state' ? 'State' : column.type === 'status' ? 'Status' : 'Picklist'
  return {
    ...headOf(owner.metadataId, column.isCustom, name, false, type),
    ...(column.type !== 'boolean' && { ParentOptionSetName: null }),
    Description: labelJson(column.description, owner, 'Description'),
    DisplayName: labelJson(column.displayName, owner, 'DisplayName'),
    IsCustomizable: managedProperty(true, column.isCustom, 'iscustomizable'),
    ...optionsOf(column, owner),
  }
}

function headOf(metadataId: string, isCustom: boolean, name: string, isGlobal: boolean, type: string): MetadataObject {
  return {
    MetadataId: metadataId,
    HasChanged: null,
    IsCustomOptionSet: isCustom,
    IsGlobal: isGlobal,
    IsManaged: !isCustom,
    Name: name,
    ExternalTypeName: null,
    OptionSetType: type,
    IntroducedVersion: isCustom ? '1.0.0.0' : '5.0.0.0',
  }
}

function optionsOf(column: EnumColumn, owner: LabelOwner): MetadataObject {
  if (column.type !== 'boolean')
    return { Options: column.options.map((option) => ({ ...typeOfOption(column), ...optionJson(option, owner), ...ownMembers(column, option) })) }
  return {
    TrueOption: optionJson({ value: 1, label: column.trueLabel }, owner),
    FalseOption: optionJson({ value: 0, label: column.falseLabel }, owner),
  }
}

function optionJson(option: Option, owner: LabelOwner): MetadataObject {
  return {
    Value: option.value,
    Color: option.color ?? null,
    IsManaged: !owner.isCustom,
    ExternalValue: option.externalValue ?? null,
    ParentValues: [],
    Tag: null,
    IsHidden: false,
    MetadataId: null,
    HasChanged: null,
    Label: labelJson(option.label, owner, `Label ${option.value}`),
    Description: labelJson(option.description, owner, `Description ${option.value}`),
  }
}

function typeOfOption(column: EnumColumn): MetadataObject {
  if (column.type === 'state') return { '@odata.type': '#Microsoft.Dynamics.CRM.StateOptionMetadata' }
  return column.type === 'status' ? { '@odata.type': '#Microsoft.Dynamics.CRM.StatusOptionMetadata' } : {}
}

function ownMembers(column: EnumColumn, option: Option): MetadataObject {
  if (column.type === 'state') return { DefaultStatus: option.defaultStatus ?? null, InvariantName: option.invariantName ?? null }
  return column.type === 'status' ? { State: option.state ?? null, TransitionData: transitionData(option) } : {}
}
