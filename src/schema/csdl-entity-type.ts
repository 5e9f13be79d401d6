/** Entity types: those every table's type comes from, and one for the rows of each table. */
import { alternateKeys, columnAnnotations, tableAnnotations } from './csdl-annotations.ts'
import { facetsOf, keyElement } from './csdl-notation.ts'
import { partnerOf, type RowType, type RowTypes } from './csdl-row-type.ts'
import { type Column, wireName } from './column.ts'
import { edmTypeOf } from './column-types.ts'
import type { Navigation } from './schema.ts'
import { element } from './xml.ts'

/** `principal`: a user or a team, whoever can own rows. Its key has the same value as `systemuserid` or `teamid`. */
export function baseTypeElements(): string[] {
  const ownerId = element('Property', { Name: 'ownerid', Type: 'Edm.Guid', Nullable: 'false' })
  return [
    element('EntityType', { Name: 'crmbaseentity', Abstract: 'true' }),
    element('EntityType', { Name: 'crmmodelbaseentity', Abstract: 'true' }),
    element('EntityType', { Name: 'expando', BaseType: 'mscrm.crmbaseentity', OpenType: 'true' }),
    element('EntityType', { Name: 'principal', BaseType: 'mscrm.crmbaseentity', Abstract: 'true' }, [keyElement('ownerid'), ownerId]),
  ]
}

export function rowTypeElement(type: RowType, types: RowTypes, annotated: boolean): string {
  const { table } = type
  const hasOwnKey = type.base === 'crmbaseentity'
  return element('EntityType', { Name: table.logicalName, BaseType: `mscrm.${type.base}` }, [
    ...(hasOwnKey ? [keyElement(table.primaryIdColumn)] : []),
    ...type.columns.map((column) => propertyElement(column, hasOwnKey && column.logicalName === table.primaryIdColumn, annotated)),
    ...type.navigations.map((navigation) => navigationElement(navigation, types)),
    ...alternateKeys(table),
    ...(annotated ? tableAnnotations(table) : []),
  ])
}

function propertyElement(column: Column, isKey: boolean, annotated: boolean): string {
  const type = edmTypeOf(column)
  const attributes = { Name: wireName(column), Type: type, Nullable: isKey ? 'false' : undefined, ...facetsOf(type) }
  return element('Property', attributes, annotated ? columnAnnotations(column) : [])
}

/**
 * Dataverse writes `Nullable="false"` on lookups, also on empty ones. CSDL 4.0 (8.2) would then demand it of `_x_value` as well, and
 * typed clients would not expect null: left out here.
 */
function navigationElement(navigation: Navigation, types: RowTypes): string {
  const attributes = { Name: navigation.name, Type: targetType(navigation), Partner: partnerOf(navigation, types) }
  return element('NavigationProperty', attributes, constraint(navigation))
}

function targetType(navigation: Navigation): string {
  if (navigation.kind === 'owner') return 'mscrm.principal'
  const target = `mscrm.${navigation.target.logicalName}`
  return navigation.kind === 'one' ? target : `Collection(${target})`
}

/** A polymorphic lookup has a navigation property for each target, all of them tied to the one `_x_value`. */
function constraint(navigation: Navigation): string[] {
  if ((navigation.kind !== 'one' && navigation.kind !== 'owner') || !navigation.column.isValidForRead) return []
  const referenced = navigation.kind === 'owner' ? 'ownerid' : navigation.relationship.referencedColumn
  return [element('ReferentialConstraint', { Property: wireName(navigation.column), ReferencedProperty: referenced })]
}
