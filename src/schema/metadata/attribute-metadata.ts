/**
 * A column as `AttributeMetadata`: what every column shows. What its type adds is in `attribute-details.ts`.
 * The virtual columns that Dataverse shows behind lookups and choices (`primarycontactidname`) are not columns here, and are left out.
 */
import { canColumnBeAudited, isColumnAudited } from '../auditing.ts'
import { type Column, isLookup } from '../column.ts'
import { COLUMN_TYPES } from '../column-types.ts'
import { securabilityOf } from '../secured-columns.ts'
import type { Table } from '../table.ts'
import { detailsOf, isComputable } from './attribute-details.ts'
import { labelJson } from './label-json.ts'
import { managedProperty, type MetadataObject } from './metadata-object.ts'

const made = new WeakMap<Column, { readonly table: Table; readonly json: MetadataObject }>()

/** Remembered by column as long as its table's own names stay; without `@odata.type`. */
export function attributeMetadata(table: Table, column: Column): MetadataObject {
  const known = made.get(column)
  if (known && (known.table === table || hasSameNames(known.table, table))) return known.json
  const json = render(table, column)
  made.set(column, { table, json })
  return json
}

function hasSameNames(before: Table, after: Table): boolean {
  return before.logicalName === after.logicalName && before.primaryIdColumn === after.primaryIdColumn && before.primaryNameColumn === after.primaryNameColumn
}

function render(table: Table, column: Column): MetadataObject {
  const names = COLUMN_TYPES[column.type]
  const isPrimaryId = column.logicalName === table.primaryIdColumn
  const isPrimaryName = column.logicalName === table.primaryNameColumn
  const canBeSecured = securabilityOf(table, column)
  return {
    MetadataId: column.metadataId,
    HasChanged: null,
    AttributeOf: attributeOf(table, column) ?? null,
    AttributeType: names.attributeType,
    ColumnNumber: column.columnNumber,
    DeprecatedVersion: null,
    IntroducedVersion: column.isCustom ? '1.0.0.0' : '5.0.0.0',
    EntityLogicalName: table.logicalName,
    IsCustomAttribute: column.isCustom,
    IsPrimaryId: isPrimaryId,
    IsValidODataAttribute: column.isValidForRead && column.type !== 'entityname',
    IsPrimaryName: isPrimaryName,
    IsValidForCreate: column.isValidForCreate,
    IsValidForRead: column.isValidForRead,
    IsValidForUpdate: column.isValidForUpdate,
    CanBeSecuredForRead: canBeSecured.read,
    CanBeSecuredForCreate: canBeSecured.create,
    CanBeSecuredForUpdate: canBeSecured.update,
    IsSecured: column.isSecured ?? false,
    IsRetrievable: !column.isCustom,
    IsFilterable: false,
    IsSearchable: false,
    IsManaged: !column.isCustom,
    LinkedAttributeId: null,
    LogicalName: column.logicalName,
    IsValidForForm: true,
    IsRequiredForForm: column.requiredLevel === 'SystemRequired',
    IsValidForGrid: true,
    SchemaName: column.schemaName,
    ExternalName: null,
    IsLogical: false,
    IsDataSourceSecret: false,
    InheritsFrom: null,
    CreatedOn: column.createdOn,
    ModifiedOn: column.modifiedOn,
    SourceType: isComputable(column) ? 0 : null,
    AutoNumberFormat: column.type === 'string' ? '' : null,
    ...detailsOf(column),
    AttributeTypeName: { Value: names.attributeTypeName },
    Description: labelJson(column.description, column, 'Description'),
    DisplayName: labelJson(column.displayName, column, 'DisplayName'),
    IsAuditEnabled: managedProperty(isColumnAudited(table, column), canColumnBeAudited(table, column), 'canmodifyauditsettings'),
    ...(column.isCustom ? CUSTOM_SETTINGS : SYSTEM_SETTINGS),
    RequiredLevel: managedProperty(column.requiredLevel, column.isCustom && column.requiredLevel !== 'SystemRequired', 'canmodifyrequirementlevelsettings'),
    Settings: [],
  }
}

const settings = (isCustom: boolean): MetadataObject => ({
  IsGlobalFilterEnabled: managedProperty(false, isCustom, 'canmodifyglobalfiltersettings'),
  IsSortableEnabled: managedProperty(false, isCustom, 'canmodifyissortablesettings'),
  IsCustomizable: managedProperty(true, isCustom, 'iscustomizable'),
  IsRenameable: managedProperty(true, isCustom, 'isrenameable'),
  IsValidForAdvancedFind: managedProperty(true, isCustom, 'canmodifysearchsettings'),
  CanModifyAdditionalSettings: managedProperty(true, isCustom, 'canmodifyadditionalsettings'),
})
const CUSTOM_SETTINGS = settings(true)
const SYSTEM_SETTINGS = settings(false)

/** `owneridtype` belongs to `ownerid`. */
function attributeOf(table: Table, column: Column): string | undefined {
  if (column.type !== 'entityname' || !column.logicalName.endsWith('type')) return undefined
  const lookup = table.columns.get(column.logicalName.slice(0, -4))
  return lookup && isLookup(lookup) ? lookup.logicalName : undefined
}
