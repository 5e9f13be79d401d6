/** Global choices, and the options of any choice: inserting, updating, deleting, ordering (webapi.md 9.2). */
import { assert } from '../base/assert.ts'
import { fail } from '../protocol/errors.ts'
import type { Choice, Option } from './choice.ts'
import type { Column, ColumnOf } from './column.ts'
import { columnOf, type Draft, editableTable, putColumn } from './edit-draft.ts'
import { editLabel } from './edit-labels.ts'
import { checkCustomName } from './names.ts'
import { deleteOption, insertOption, numberOptions, optionOf, orderOptions, updateOption } from './options.ts'
import type { EditResult, OptionChange, SchemaEdit } from './schema-edit.ts'
import type { Table } from './table.ts'

export function createChoice(draft: Draft, edit: Extract<SchemaEdit, { kind: 'create-choice' }>): EditResult {
  const { name, displayName, description, options } = edit.choice
  checkCustomName('choice', name)
  if ([...draft.choices.keys()].some((known) => known.toLowerCase() === name.toLowerCase())) throw fail('SchemaNameTaken', 'choice', name)
  const choice: Choice = { name, metadataId: draft.newId(), displayName, ...(description && { description }), options: numberOptions(options), isCustom: true }
  draft.choices.set(name, choice)
  return { metadataId: choice.metadataId }
}

export function updateChoice(draft: Draft, edit: Extract<SchemaEdit, { kind: 'update-choice' }>): EditResult {
  const choice = choiceOf(draft, edit.name)
  const displayName = editLabel(choice.displayName, edit.change.displayName, edit.mergeLabels)
  draft.choices.set(choice.name, { ...choice, displayName, description: editLabel(choice.description, edit.change.description, edit.mergeLabels) })
  return { metadataId: choice.metadataId }
}

export function deleteChoice(draft: Draft, edit: Extract<SchemaEdit, { kind: 'delete-choice' }>): EditResult {
  const choice = choiceOf(draft, edit.name)
  if (!choice.isCustom) throw fail('SystemMetadata', `choice ${choice.name}`)
  const [user] = usersOf(draft, choice.name)
  if (user) throw fail('MetadataInUse', `choice ${choice.name}`, `the column ${user.table.logicalName}.${user.column.logicalName}`)
  draft.choices.delete(choice.name)
  draft.deleted.push({ kind: 'choice', metadataId: choice.metadataId })
  return { metadataId: choice.metadataId }
}

export function editOption(draft: Draft, edit: Extract<SchemaEdit, { kind: 'edit-option' }>): EditResult {
  if ('choice' in edit.of) return editGlobalOption(draft, choiceOf(draft, edit.of.choice), edit.change)
  const table = editableTable(draft, edit.of.table)
  const column = columnOf(table, edit.of.column)
  switch (column.type) {
    case 'choice':
    case 'choices':
      return editLocalOption(draft, table, column, edit.change)
    case 'status':
      return editStatus(draft, table, column, edit.change)
    case 'state':
      return editState(draft, table, column, edit.change)
    case 'boolean':
      return editBoolean(draft, table, column, edit.change)
    default:
      throw fail('InvalidMetadata', `The column ${table.logicalName}.${column.logicalName} has no options.`)
  }
}

type Edited = { readonly options: readonly Option[]; readonly value?: number | undefined }

function editOptions(options: readonly Option[], change: OptionChange): Edited {
  switch (change.kind) {
    case 'insert':
      return insertOption(options, change.option)
    case 'update':
      return { options: updateOption(options, change) }
    case 'delete':
      return { options: deleteOption(options, change.value) }
    case 'order':
      return { options: orderOptions(options, change.values) }
  }
}

function editGlobalOption(draft: Draft, choice: Choice, change: OptionChange): EditResult {
  const { options, value } = editOptions(choice.options, change)
  draft.choices.set(choice.name, { ...choice, options })
  for (const { table, column } of usersOf(draft, choice.name)) dropLostDefault(draft, table.logicalName, column, options)
  return { metadataId: choice.metadataId, newOptionValue: value }
}

function editLocalOption(draft: Draft, table: Table, column: ColumnOf<'choice' | 'choices'>, change: OptionChange): EditResult {
  if (column.globalChoice !== undefined) {
    const name = `${table.logicalName}.${column.logicalName}`
    throw fail('InvalidMetadata', `The column ${name} has the options of the global choice ${column.globalChoice}: edit that, by OptionSetName.`)
  }
  const { options, value } = editOptions(column.options, change)
  putColumn(draft, table, { ...column, options })
  dropLostDefault(draft, table.logicalName, { ...column, options }, options)
  return { metadataId: column.metadataId, newOptionValue: value }
}

/** A default that is no longer among the options is none. */
function dropLostDefault(draft: Draft, table: string, column: ColumnOf<'choice' | 'choices'>, options: readonly Option[]): void {
  if (column.defaultValue === undefined || options.some((one) => one.value === column.defaultValue)) return
  const { defaultValue: _, ...without } = column
  putColumn(draft, editableTable(draft, table), without as Column)
}

/** Each status belongs to a state, and each state keeps the status that its rows get by default. */
function editStatus(draft: Draft, table: Table, column: ColumnOf<'status'>, change: OptionChange): EditResult {
  const states = statesOf(table)
  if (change.kind === 'insert' && !states.some((one) => one.value === change.option.state)) {
    throw fail('InvalidMetadata', `The status of ${table.logicalName} needs a state: one of ${states.map((one) => one.value).join(', ')}.`)
  }
  if (change.kind === 'delete' && states.some((one) => one.defaultStatus === change.value)) {
    throw fail('MetadataInUse', `status ${change.value} of ${table.logicalName}`, 'a state, as its default')
  }
  const { options, value } = editOptions(column.options, change)
  putColumn(draft, table, { ...column, options })
  return { metadataId: column.metadataId, newOptionValue: value }
}

/** States are given: their labels can change, and the status that a row gets when only its state is given. */
function editState(draft: Draft, table: Table, column: ColumnOf<'state'>, change: OptionChange): EditResult {
  if (change.kind !== 'update') throw fail('SystemMetadata', `state of ${table.logicalName}`)
  const status = table.columns.get('statuscode')
  assert(status?.type === 'status', `${table.logicalName} has a state and no status`)
  if (change.defaultStatus !== undefined && optionOf(status.options, change.defaultStatus).state !== change.value) {
    throw fail('InvalidStatus', change.defaultStatus, change.value, table.logicalName)
  }
  putColumn(draft, table, { ...column, options: updateOption(column.options, change) })
  return { metadataId: column.metadataId }
}

/** 0 and 1 are there for good. */
function editBoolean(draft: Draft, table: Table, column: ColumnOf<'boolean'>, change: OptionChange): EditResult {
  const name = `${table.logicalName}.${column.logicalName}`
  if (change.kind !== 'update') throw fail('InvalidMetadata', `The column ${name} has two options, 0 and 1: only their labels can change.`)
  if (change.value !== 0 && change.value !== 1) throw fail('MetadataNotFound', 'option', String(change.value))
  const part = change.value === 1 ? 'trueLabel' : 'falseLabel'
  putColumn(draft, table, { ...column, [part]: editLabel(column[part], change.label, change.mergeLabels) })
  return { metadataId: column.metadataId }
}

function statesOf(table: Table): readonly Option[] {
  const state = table.columns.get('statecode')
  return state?.type === 'state' ? state.options : []
}

function choiceOf(draft: Draft, name: string): Choice {
  const choice = draft.choices.get(name)
  if (!choice) throw fail('MetadataNotFound', 'choice', name)
  return choice
}

function usersOf(draft: Draft, choice: string): { table: Table; column: ColumnOf<'choice' | 'choices'> }[] {
  return [...draft.tables.values()].flatMap((table) =>
    [...table.columns.values()].flatMap((column) =>
      (column.type === 'choice' || column.type === 'choices') && column.globalChoice === choice ? [{ table, column }] : [],
    ),
  )
}
