/**
 * Turns the column lines of a seed into columns: names, numbers, options, and for each money column its `…_base` beside it.
 * Used for the standard tables and for the system columns of a new custom table, which differ only in ids and moments.
 */
import type { Guid } from '../../base/guid.ts'
import type { Option } from '../choice.ts'
import type { Column, ColumnType } from '../column.ts'
import { MONEY_MAX } from '../column-limits.ts'
import { Label } from '../label.ts'
import type { ColumnSeed, OptionSeed } from './seed.ts'

/** What the lines of one table share. */
export type ColumnSetting = {
  readonly primaryId: string
  readonly idOf: (logicalName: string) => Guid
  readonly createdOn: string
  readonly firstNumber: number
  readonly isCustom: boolean
}

export function columnsOf(seeds: readonly ColumnSeed[], setting: ColumnSetting): Column[] {
  const withBases = seeds.flatMap((seed): (ColumnSeed | BaseSeed)[] => (seed.type === 'money' ? [seed, baseOf(seed)] : [seed]))
  return withBases.map((seed, index) => columnOf(seed, setting, setting.firstNumber + index))
}

type BaseSeed = Extract<ColumnSeed, { type: 'money' }> & { readonly baseOf: string }

/** The amount in the organization's base currency. Four decimals whatever the column's own precision (webapi.md 4). */
function baseOf(seed: Extract<ColumnSeed, { type: 'money' }>): BaseSeed {
  const label = seed.label === '' ? '' : `${seed.label} (Base)`
  return {
    type: 'money',
    name: `${seed.name}_Base`,
    label,
    baseOf: seed.name.toLowerCase(),
    min: -MONEY_MAX,
    max: MONEY_MAX,
    precision: 4,
    precisionSource: 2,
    rest: { filledBy: 'computed' },
  }
}

function columnOf(seed: ColumnSeed | BaseSeed, setting: ColumnSetting, columnNumber: number): Column {
  const logicalName = seed.name.toLowerCase()
  const filledBy = seed.rest.filledBy ?? 'client'
  return {
    logicalName,
    schemaName: seed.name,
    metadataId: setting.idOf(logicalName),
    displayName: seed.label === '' ? {} : Label.of(seed.label),
    requiredLevel: seed.rest.required ?? 'None',
    filledBy,
    isValidForCreate: seed.rest.create ?? filledBy === 'client',
    isValidForUpdate: seed.rest.update ?? filledBy === 'client',
    isValidForRead: seed.rest.read ?? true,
    isCustom: setting.isCustom,
    ...(seed.rest.secured && { isSecured: true }),
    columnNumber,
    createdOn: setting.createdOn,
    modifiedOn: setting.createdOn,
    ...typeOf(seed, setting.primaryId),
  }
}

function typeOf(seed: ColumnSeed | BaseSeed, primaryId: string): ColumnType {
  switch (seed.type) {
    case 'string':
      return { type: 'string', maxLength: seed.maxLength, format: seed.format, ...(seed.yomiOf && { yomiOf: seed.yomiOf }) }
    case 'memo':
      return { type: 'memo', maxLength: seed.maxLength, format: 'TextArea' }
    case 'integer':
      return { type: 'integer', min: seed.min, max: seed.max, format: seed.format }
    case 'bigint':
      return { type: 'bigint' }
    case 'decimal':
      return { type: 'decimal', min: seed.min, max: seed.max, precision: seed.precision }
    case 'double':
      return { type: 'double', min: seed.min, max: seed.max, precision: seed.precision }
    case 'money':
      return {
        type: 'money',
        min: seed.min,
        max: seed.max,
        precision: seed.precision,
        precisionSource: seed.precisionSource,
        ...('baseOf' in seed && { baseOf: seed.baseOf }),
      }
    case 'boolean':
      return { type: 'boolean', falseLabel: Label.of(seed.labels[0]), trueLabel: Label.of(seed.labels[1]), defaultValue: seed.defaultValue }
    case 'choice':
    case 'choices':
      return { type: seed.type, options: optionsOf(seed.options), ...(seed.defaultValue !== undefined && { defaultValue: seed.defaultValue }) }
    case 'state':
      return {
        type: 'state',
        options: entries(seed.states).map(([value, [label, defaultStatus]]) => ({ value, label: Label.of(label), defaultStatus, invariantName: label })),
      }
    case 'status':
      return { type: 'status', options: entries(seed.statuses).map(([value, [label, state]]) => ({ value, label: Label.of(label), state })) }
    case 'datetime':
      return { type: 'datetime', behavior: seed.behavior, format: seed.dateOnly ? 'DateOnly' : 'DateAndTime' }
    case 'lookup':
    case 'customer':
    case 'owner':
      return { type: seed.type, targets: seed.targets }
    case 'guid':
      return { type: 'guid', isPrimaryId: seed.name.toLowerCase() === primaryId }
    case 'entityname':
      return { type: 'entityname' }
  }
}

const optionsOf = (options: OptionSeed): Option[] => entries(options).map(([value, label]) => ({ value, label: Label.of(label) }))

function entries<V>(values: { readonly [value: number]: V }): [number, V][] {
  return Object.entries(values).map(([value, one]) => [Number(value), one])
}
