/**
 * Columns derived from others of the row, written whenever one of those is: `fullname` is first, middle and last name,
 * `address1_composite` the address as lines: `Main St 1\r\nSeattle, WA 98101\r\nUSA`.
 */
import { addressText, joined } from '../base/address-text.ts'
import type { Guid } from '../base/guid.ts'
import type { Value } from '../plan/value.ts'
import type { Column } from '../schema/column.ts'
import { partsOfText } from '../schema/derived-columns.ts'
import type { Table } from '../schema/table.ts'
import { readColumns } from './find-row.ts'
import { perTable } from './per-table.ts'
import type { Values } from './resolve-lookups.ts'
import type { Work } from './write-work.ts'

type Text = string | undefined
type Compute = (inputs: readonly Text[]) => string
type ComputedColumn = { readonly column: Column; readonly maxLength: number; readonly inputs: readonly Column[]; readonly compute: Compute }

const nameText: Compute = (names) => joined(names, ' ')
const addressLines: Compute = ([line1, line2, line3, city, state, postalCode, country]) =>
  addressText({ lines: [line1, line2, line3], city, state, postalCode, country })

const computedOf = perTable((table): readonly ComputedColumn[] =>
  [...table.columns.values()].flatMap((column) => {
    const inputs = partsOfText(column)?.map((input) => table.columns.get(input)) ?? []
    if (inputs.length === 0 || !('maxLength' in column) || inputs.includes(undefined)) return []
    const compute = column.logicalName.endsWith('fullname') ? nameText : addressLines
    return [{ column, maxLength: column.maxLength, inputs: inputs as Column[], compute }]
  }),
)

export function hasComputed(table: Table): boolean {
  return computedOf(table).length > 0
}

/** `id`: of the row that is updated, whose other inputs are read; undefined for a new row, whose inputs are all in `values`. */
export async function computeColumns(table: Table, id: Guid | undefined, values: Values, work: Work): Promise<void> {
  const touched = computedOf(table).filter(({ inputs }) => inputs.some((input) => values.has(input)))
  if (touched.length === 0) return
  const missing = id === undefined ? [] : touched.flatMap(({ inputs }) => inputs.filter((input) => !values.has(input)))
  const stored = id !== undefined && missing.length > 0 ? await readColumns(table, id, missing, work) : undefined
  for (const { column, maxLength, inputs, compute } of touched) {
    const text = compute(inputs.map((input) => textOf(values.get(input) ?? stored?.get(input))))
    // The parts together may be longer than the whole is allowed to be.
    values.set(column, text === '' ? null : cut(text, maxLength))
  }
}

function textOf(value: Value | undefined): Text {
  return typeof value === 'string' ? value : undefined
}

/** Never through the middle of a surrogate pair. */
function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const short = text.slice(0, maxLength)
  return short.isWellFormed() ? short : short.slice(0, -1)
}
