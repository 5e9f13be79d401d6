/**
 * What Dataverse calls each type of column: one table for the metadata endpoints and for `$metadata`.
 * `choice` is `Picklist`, of `PicklistType`, described by a `PicklistAttributeMetadata`, on the wire an `Edm.Int32` (webapi.md 4 and 9.1).
 */
import type { Column, ColumnKind } from './column.ts'

export type EdmType = 'Edm.String' | 'Edm.Int32' | 'Edm.Int64' | 'Edm.Decimal' | 'Edm.Double' | 'Edm.Boolean' | 'Edm.DateTimeOffset' | 'Edm.Date' | 'Edm.Guid'

type TypeNames = {
  /** `AttributeType`, a member of the enum AttributeTypeCode. */
  readonly attributeType: string
  /** `AttributeTypeName.Value`. */
  readonly attributeTypeName: string
  /** The type to cast to, without its namespace. */
  readonly metadataType: string
  /** Of the column's value; of a lookup, that of its `_x_value`. A date's is narrower: see `edmTypeOf`. */
  readonly edm: EdmType
}

const names = (attributeType: string, edm: EdmType, stem = attributeType, typeStem = stem): TypeNames => ({
  attributeType,
  attributeTypeName: `${typeStem}Type`,
  metadataType: `${stem}AttributeMetadata`,
  edm,
})

export const COLUMN_TYPES: { readonly [K in ColumnKind]: TypeNames } = {
  string: names('String', 'Edm.String'),
  memo: names('Memo', 'Edm.String'),
  integer: names('Integer', 'Edm.Int32'),
  bigint: names('BigInt', 'Edm.Int64'),
  decimal: names('Decimal', 'Edm.Decimal'),
  money: names('Money', 'Edm.Decimal'),
  double: names('Double', 'Edm.Double'),
  boolean: names('Boolean', 'Edm.Boolean'),
  choice: names('Picklist', 'Edm.Int32'),
  choices: names('Virtual', 'Edm.String', 'MultiSelectPicklist'),
  state: names('State', 'Edm.Int32'),
  status: names('Status', 'Edm.Int32'),
  datetime: names('DateTime', 'Edm.DateTimeOffset'),
  lookup: names('Lookup', 'Edm.Guid'),
  customer: names('Customer', 'Edm.Guid', 'Lookup', 'Customer'),
  owner: names('Owner', 'Edm.Guid', 'Lookup', 'Owner'),
  guid: names('Uniqueidentifier', 'Edm.Guid', 'UniqueIdentifier', 'Uniqueidentifier'),
  entityname: names('EntityName', 'Edm.String'),
}

/** A date without a time is an `Edm.Date` only where its behaviour says so, not where its format does (webapi.md 4). */
export function edmTypeOf(column: Column): EdmType {
  return column.type === 'datetime' && column.behavior === 'DateOnly' ? 'Edm.Date' : COLUMN_TYPES[column.type].edm
}

/** The types whose metadata is `metadataType`: three for `LookupAttributeMetadata`. */
export function kindsOf(metadataType: string): ColumnKind[] {
  return (Object.keys(COLUMN_TYPES) as ColumnKind[]).filter((kind) => COLUMN_TYPES[kind].metadataType === metadataType)
}
