/**
 * A column in a request body → `ColumnRequest`. Its type is that of `@odata.type`, else of `AttributeTypeName` or `AttributeType`.
 * Members that only a user interface reads are passed over; those that would change what the column holds are refused by name.
 */
import { fail } from '../../protocol/errors.ts'
import type { JsonValue } from '../../protocol/row-json.ts'
import { isColumnAudited } from '../auditing.ts'
import type { Column, ColumnKind, RequiredLevel } from '../column.ts'
import { COLUMN_TYPES, kindsOf } from '../column-types.ts'
import type { Schema } from '../schema.ts'
import type { ColumnRequest } from '../schema-edit.ts'
import type { Table } from '../table.ts'
import { attributeMetadata } from './attribute-metadata.ts'
import { CHANGEABLE_DETAILS, parseDetails } from './parse-attribute-details.ts'
import { parseLabel } from './label-json.ts'
import { asObject, type Body, bodyOf, flagOf, integerOf, requiredText, textOf, typeNameOf, wrappedFlag, wrappedOneOf } from './metadata-body.ts'
import { ATTRIBUTE_TYPE, castOf } from './metadata-types.ts'
import { parseTransitions } from './parse-transitions.ts'
import { refuseOtherChanges } from './unchanged.ts'
import { refuseUnknownMembers } from './unknown-members.ts'

const REQUIRED_LEVELS: readonly RequiredLevel[] = ['None', 'SystemRequired', 'ApplicationRequired', 'Recommended']

export function parseAttribute(json: JsonValue, schema: Schema): ColumnRequest {
  const body = bodyOf(json, 'A column')
  const type = kindOf(body)
  refuseUnknownMembers(body, castOf(ATTRIBUTE_TYPE, COLUMN_TYPES[type].metadataType))
  refuseUnsupported(body)
  const isPrimaryName = flagOf(body, 'IsPrimaryName')
  return {
    type,
    schemaName: requiredText(body, 'SchemaName'),
    ...defined({ logicalName: textOf(body, 'LogicalName') }),
    ...(isPrimaryName && { isPrimaryName }),
    ...parseCommon(body),
    ...parseDetails(body, type, schema),
  }
}

const CHANGEABLE = ['DisplayName', 'Description', 'RequiredLevel', 'IsSecured', 'IsAuditEnabled']

/** What a whole definition sent back may change. Options have actions of their own (`UpdateOptionValue` …) and are passed over, but for the transitions of a status. */
export function parseAttributeChange(json: JsonValue, table: Table, column: Column, schema: Schema): Partial<ColumnRequest> {
  const body = bodyOf(json, 'A column')
  const metadataType = typeNameOf(body)
  if (metadataType !== undefined && metadataType !== 'AttributeMetadata' && metadataType !== COLUMN_TYPES[column.type].metadataType) {
    throw fail(
      'InvalidMetadata',
      `The type of ${table.logicalName}.${column.logicalName} cannot be changed: it is a ${COLUMN_TYPES[column.type].metadataType}.`,
    )
  }
  refuseOtherChanges(body, attributeMetadata(table, column), new Set([...CHANGEABLE, ...CHANGEABLE_DETAILS[column.type]]))
  const {
    options: _options,
    trueLabel: _true,
    falseLabel: _false,
    globalChoice: _choice,
    ...change
  } = { ...parseCommon(body), ...parseDetails(body, column.type, schema) }
  if (column.type === 'status') Object.assign(change, { statusTransitions: parseTransitions(body) })
  const isSame = (member: string, value: unknown) => isUnset(column, member, value) || (member === 'isAudited' && value === isColumnAudited(table, column))
  return Object.fromEntries(Object.entries(defined(change)).filter(([member, value]) => !isSame(member, value))) as Partial<ColumnRequest>
}

/** What the definition shows where the column says nothing: not secured, no default option. */
function isUnset(column: Column, member: string, value: unknown): boolean {
  const isSilent = (column as unknown as Record<string, unknown>)[member] === undefined
  return isSilent && ((member === 'isSecured' && value === false) || (member === 'defaultValue' && value === -1))
}

function parseCommon(body: Body): Partial<ColumnRequest> {
  const description = parseLabel(body.Description, 'Description')
  return defined({
    displayName: parseLabel(body.DisplayName, 'DisplayName'),
    description: description && Object.keys(description).length > 0 ? description : undefined,
    requiredLevel: wrappedOneOf(body, 'RequiredLevel', REQUIRED_LEVELS),
    isSecured: flagOf(body, 'IsSecured'),
    isAudited: wrappedFlag(body, 'IsAuditEnabled'),
  })
}

/** Three kinds of column are a `LookupAttributeMetadata`; what a client asks for is the plain one. */
function kindOf(body: Body): ColumnKind {
  const name = typeNameOf(body)
  if (name !== undefined && name !== 'AttributeMetadata') return kindsOf(name)[0] ?? refuseType(name)
  const typeName = asObject(body.AttributeTypeName)
  const asked = typeName ? textOf(typeName, 'Value') : textOf(body, 'AttributeType')
  if (asked === undefined) throw fail('InvalidMetadata', "The required member '@odata.type' of a column is missing.")
  const kinds = Object.keys(COLUMN_TYPES) as ColumnKind[]
  return kinds.find((kind) => asked === (typeName ? COLUMN_TYPES[kind].attributeTypeName : COLUMN_TYPES[kind].attributeType)) ?? refuseType(asked)
}

/** `FileAttributeMetadata`, `ImageAttributeMetadata` … */
function refuseType(name: string): never {
  throw fail('NotSupported', `A column of the type ${name}`)
}

function refuseUnsupported(body: Body): void {
  if (textOf(body, 'AutoNumberFormat')) throw fail('NotSupported', "'AutoNumberFormat' of a column")
  if (textOf(body, 'FormulaDefinition') || (integerOf(body, 'SourceType') ?? 0) !== 0) throw fail('NotSupported', 'A calculated or rollup column')
  if (flagOf(body, 'IsLocalizable')) throw fail('NotSupported', "'IsLocalizable' of a column")
  for (const member of ['IsValidForCreate', 'IsValidForUpdate', 'IsValidForRead']) {
    if (flagOf(body, member) === false) throw fail('NotSupported', `A new column with '${member}' false`)
  }
  if (textOf(body, 'ParentPicklistLogicalName')) throw fail('NotSupported', "'ParentPicklistLogicalName' of a column")
}

/** Without the members that are undefined: those take the type's defaults, or stay as they are. */
function defined<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>
}
