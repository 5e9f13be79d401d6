/** What a choice column may hold: its own options, or those of the global choice it names. */
import type { Option } from './choice.ts'
import type { Column } from './column.ts'
import type { Schema } from './schema.ts'

export type OptionColumn = Extract<Column, { readonly options: readonly Option[] }>

export function optionsOf(column: OptionColumn, schema: Schema): readonly Option[] {
  const choice = 'globalChoice' in column && column.globalChoice ? schema.choices.get(column.globalChoice) : undefined
  return choice?.options ?? column.options
}

const VALUES = new WeakMap<readonly Option[], ReadonlySet<number>>()

export function isOption(column: OptionColumn, value: number, schema: Schema): boolean {
  const options = optionsOf(column, schema)
  let values = VALUES.get(options)
  if (!values) {
    values = new Set(options.map((option) => option.value))
    VALUES.set(options, values)
  }
  return values.has(value)
}
