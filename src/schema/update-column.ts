/**
 * Changing a column that is there: labels, required level, limits, defaults. What a client sends is often the whole definition,
 * so that a member equal to the current one is no change. What cannot change is refused, never passed over.
 */
import { fail } from '../protocol/errors.ts'
import { canColumnBeAudited } from './auditing.ts'
import type { Option } from './choice.ts'
import { type Column, isLookup } from './column.ts'
import { checkRequiredLevel, typeOfRequest } from './column-request.ts'
import { columnOf, type Draft, editableTable, putColumn } from './edit-draft.ts'
import { checkKeySize } from './edit-key.ts'
import { editLabel } from './edit-labels.ts'
import type { ColumnRequest, EditResult, SchemaEdit } from './schema-edit.ts'
import type { Table } from './table.ts'

/** Members of the types that may change, and those that are fixed when the column is made. */
const LIMITS = ['maxLength', 'format', 'min', 'max', 'precision', 'precisionSource', 'defaultValue'] as const
const FIXED = [
  'type',
  'schemaName',
  'logicalName',
  'behavior',
  'globalChoice',
  'yomiOf',
  'baseOf',
  'isPrimaryId',
  'filledBy',
  'isValidForCreate',
  'isValidForUpdate',
  'isValidForRead',
] as const

export function updateColumn(draft: Draft, edit: Extract<SchemaEdit, { kind: 'update-column' }>): EditResult {
  const table = editableTable(draft, edit.table)
  const column = columnOf(table, edit.column)
  const { change, mergeLabels } = edit
  checkFixed(table, column, change)
  const labelled: Column = {
    ...column,
    displayName: editLabel(column.displayName, change.displayName, mergeLabels),
    description: editLabel(column.description, change.description, mergeLabels),
    requiredLevel: requiredLevelOf(table, column, change),
    isSecured: change.isSecured ?? column.isSecured,
    isAudited: auditedOf(table, column, change),
  }
  const changed = { ...labelled, ...typeChange(draft, labelled, change, mergeLabels) } as Column
  const after = putColumn(draft, table, withTransitions(table, changed, change.statusTransitions))
  // A longer text may take a key over its limit of bytes (sync.md 1.3).
  for (const key of after.keys) if (key.columns.includes(column.logicalName)) checkKeySize(after, key.columns)
  return { metadataId: column.metadataId }
}

function checkFixed(table: Table, column: Column, change: Partial<ColumnRequest>): void {
  const current = column as unknown as Record<string, unknown>
  const wrong = FIXED.find((member) => change[member] !== undefined && change[member] !== current[member])
  if (wrong) throw fail('InvalidMetadata', `The ${wrong} of ${table.logicalName}.${column.logicalName} cannot be changed.`)
  if (isLookup(column) && change.targets && !isSame([...change.targets].sort(), [...column.targets].sort())) {
    throw fail('InvalidMetadata', `The targets of ${table.logicalName}.${column.logicalName} change with its relationships.`)
  }
  if (change.isPrimaryName !== undefined && change.isPrimaryName !== (column.logicalName === table.primaryNameColumn)) {
    throw fail('InvalidMetadata', `The primary name column of ${table.logicalName} cannot be changed.`)
  }
}

function requiredLevelOf(table: Table, column: Column, change: Partial<ColumnRequest>): Column['requiredLevel'] {
  if (change.requiredLevel === undefined || change.requiredLevel === column.requiredLevel) return column.requiredLevel
  if (column.requiredLevel === 'SystemRequired') throw fail('SystemMetadata', `required level of ${table.logicalName}.${column.logicalName}`)
  return checkRequiredLevel(change.requiredLevel)
}

function auditedOf(table: Table, column: Column, change: Partial<ColumnRequest>): boolean | undefined {
  if (change.isAudited && !canColumnBeAudited(table, column)) throw fail('SystemMetadata', `auditing of ${table.logicalName}.${column.logicalName}`)
  return change.isAudited ?? column.isAudited
}

/** The type's members after the change; the limits are checked only where one of them changes: system columns exceed some. */
function typeChange(draft: Draft, column: Column, change: Partial<ColumnRequest>, mergeLabels: boolean): object {
  const current = column as unknown as Record<string, unknown>
  const changed = LIMITS.filter((member) => change[member] !== undefined && change[member] !== current[member])
  const parts = { ...labelChange(column, change, mergeLabels), ...Object.fromEntries(changed.map((member) => [member, change[member]])) }
  if (changed.length === 0) return parts
  if (column.filledBy !== 'client') throw fail('SystemMetadata', `column ${column.logicalName}`)
  return typeOfRequest({ ...column, ...parts } as ColumnRequest, draft.choices)
}

/** Labels of options and of true and false. Options come and go by their own actions, `InsertOptionValue` … (webapi.md 9.2). */
function labelChange(column: Column, change: Partial<ColumnRequest>, mergeLabels: boolean): object {
  if (column.type === 'boolean') {
    return { trueLabel: editLabel(column.trueLabel, change.trueLabel, mergeLabels), falseLabel: editLabel(column.falseLabel, change.falseLabel, mergeLabels) }
  }
  if (!('options' in column) || change.options === undefined || ('globalChoice' in column && column.globalChoice)) return {}
  const asked: readonly Option[] = change.options
  const values = (options: readonly Option[]) => options.map((one) => one.value).sort((a, b) => a - b)
  if (!isSame(values(asked), values(column.options))) {
    throw fail(
      'InvalidMetadata',
      `The options of ${column.logicalName} are changed by InsertOptionValue, UpdateOptionValue, DeleteOptionValue and OrderOption.`,
    )
  }
  return {
    options: column.options.map((option) => {
      const wanted = asked.find((one) => one.value === option.value)
      return {
        ...option,
        label: editLabel(option.label, wanted?.label, mergeLabels),
        description: editLabel(option.description, wanted?.description, mergeLabels),
      }
    }),
  }
}

/** Of each status that is named, where it leads; the others stay as they are. */
function withTransitions(table: Table, column: Column, wanted: ReadonlyMap<number, readonly number[]> | undefined): Column {
  if (!wanted || column.type !== 'status') return column
  const known = new Set(column.options.map((option) => option.value))
  for (const [from, to] of wanted) {
    const stranger = [from, ...to].find((value) => !known.has(value))
    if (stranger !== undefined) throw fail('InvalidMetadata', `The transitions of ${table.logicalName} name the status ${stranger}, which it does not have.`)
  }
  return { ...column, options: column.options.map((option) => ({ ...option, transitions: wanted.get(option.value) ?? option.transitions })) }
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index])
}
