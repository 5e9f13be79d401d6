/**
 * `InitializeFrom` → a read of the source row, and what is made of it: the body of a new row of another table, to be completed and posted.
 * `{"@odata.type":"#Microsoft.Dynamics.CRM.contact","parentcustomerid_account@odata.bind":"accounts(6f0c…)","address1_city":"Leeds"}`
 */
import { fail } from '../protocol/errors.ts'
import { LOOKUP_LOGICAL_NAME, NAMESPACE } from '../protocol/names.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import { type Column, isLookup, wireName } from '../schema/column.ts'
import { type Mapping, mappingsBetween } from '../schema/row-mappings.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { QueryContext } from './query-context.ts'
import type { ReadRow } from './read-plan.ts'
import type { RowAddress } from './row-address.ts'
import { planRowSelect } from './row-read.ts'

/** A row as JSON. */
type Row = { readonly [member: string]: JsonValue }

export type Initialization = { readonly read: ReadRow; readonly compose: (source: Row) => Row; readonly target: Table }

/** Which columns the caller can use. */
const FIELD_TYPES: { readonly [name: string]: (column: Column) => boolean } = {
  All: () => true,
  ValidForCreate: (column) => column.isValidForCreate,
  ValidForUpdate: (column) => column.isValidForUpdate,
  ValidForRead: (column) => column.isValidForRead,
}

export type Wish = {
  readonly target: string
  readonly fieldType: string
  /** Without the lookup to the source. */
  readonly skipsParent: boolean
}

export function planInitialize(source: RowAddress, { target: name, fieldType, skipsParent }: Wish, context: QueryContext): Initialization {
  const { schema } = context
  const target = schema.tables.get(name)
  if (!target) throw fail('TableNotFound', name)
  const isWanted = Object.hasOwn(FIELD_TYPES, fieldType) ? FIELD_TYPES[fieldType] : undefined
  if (!isWanted) throw fail('InvalidArgument', `'${fieldType}' is not a TargetFieldType: it is one of ${Object.keys(FIELD_TYPES).join(', ')}.`)
  const mappings = mappingsBetween(source.table, target, schema)
  if (!mappings) throw fail('NoMapping', source.table.logicalName, name)
  const wanted = mappings.filter(({ to, isParent }) => isWanted(to) && !(isParent && skipsParent))
  return { read: readSource(source, wanted, context), compose: (row) => compose(row, source.table, target, wanted, schema), target }
}

function readSource(address: RowAddress, mappings: readonly Mapping[], context: QueryContext): ReadRow {
  const names = new Set([address.table.primaryIdColumn, ...mappings.map(({ from }) => from.logicalName)])
  return planRowSelect(address, [...names], LOOKUP_LOGICAL_NAME, context)
}

function compose(row: Row, source: Table, target: Table, mappings: readonly Mapping[], schema: Schema): Row {
  const made: Record<string, JsonValue> = { '@odata.type': `#${NAMESPACE}.${target.logicalName}` }
  for (const { from, to, isParent } of mappings) {
    const value = row[wireName(from)] ?? null
    if (value === null) continue
    if (!isLookup(to)) {
      made[to.logicalName] = value
      continue
    }
    const table = isParent ? source.logicalName : row[`${wireName(from)}@${LOOKUP_LOGICAL_NAME}`]
    const navigation = navigationTo(to, target, table, schema)
    if (navigation) made[`${navigation.name}@odata.bind`] = `${navigation.target.entitySetName}(${String(value)})`
  }
  return made
}

/** The navigation property by which a lookup is bound to a row of this table. */
function navigationTo(lookup: Column, table: Table, target: JsonValue | undefined, schema: Schema) {
  for (const navigation of schema.navigations.get(table.logicalName)?.values() ?? []) {
    if (navigation.kind === 'one' && navigation.column === lookup && navigation.target.logicalName === target) return navigation
  }
  return undefined
}
