/** Column definitions as entity types: `AttributeMetadata`, and for each kind of column a cast of its own. */
import type { EntityDeclaration, Members } from './csdl-notation.ts'

/** What a column that can be calculated has more. */
const CALCULATED: Members = { 'Edm.String': 'FormulaDefinition', 'Edm.Int32': 'SourceTypeMask' }

export const COLUMN_TYPES: readonly EntityDeclaration[] = [
  {
    kind: 'entity',
    name: 'AttributeMetadata',
    base: 'MetadataBase',
    alternateKey: 'LogicalName',
    properties: {
      'Edm.Boolean':
        'CanBeSecuredForCreate CanBeSecuredForRead CanBeSecuredForUpdate IsCustomAttribute IsDataSourceSecret IsFilterable IsLogical IsManaged IsPrimaryId ' +
        'IsPrimaryName IsRequiredForForm IsRetrievable IsSearchable IsSecured IsValidForCreate IsValidForForm IsValidForGrid IsValidForRead ' +
        'IsValidForUpdate IsValidODataAttribute',
      'Edm.String': 'AttributeOf AutoNumberFormat DeprecatedVersion EntityLogicalName ExternalName InheritsFrom IntroducedVersion LogicalName SchemaName',
      'Edm.Int32': 'ColumnNumber SourceType',
      'Edm.Guid': 'LinkedAttributeId',
      'Edm.DateTimeOffset': 'CreatedOn ModifiedOn',
      AttributeTypeCode: 'AttributeType',
      AttributeTypeDisplayName: 'AttributeTypeName',
      BooleanManagedProperty:
        'CanModifyAdditionalSettings IsAuditEnabled IsCustomizable IsGlobalFilterEnabled IsRenameable IsSortableEnabled IsValidForAdvancedFind',
      Label: 'Description DisplayName',
      AttributeRequiredLevelManagedProperty: 'RequiredLevel',
      'Collection(AttributeSetting)': 'Settings',
    },
  },
  column('String', {
    'Edm.Int32': 'DatabaseLength MaxLength SourceTypeMask',
    StringFormat: 'Format',
    StringFormatName: 'FormatName',
    ImeMode: 'ImeMode',
    'Edm.String': 'FormulaDefinition YomiOf',
    'Edm.Boolean': 'IsLocalizable',
  }),
  column('Memo', { 'Edm.Int32': 'MaxLength', StringFormat: 'Format', MemoFormatName: 'FormatName', ImeMode: 'ImeMode', 'Edm.Boolean': 'IsLocalizable' }),
  column('Integer', { 'Edm.Int32': 'MaxValue MinValue SourceTypeMask', IntegerFormat: 'Format', 'Edm.String': 'FormulaDefinition' }),
  column('BigInt', { 'Edm.Int64': 'MaxValue MinValue' }),
  column('Decimal', { ...CALCULATED, 'Edm.Decimal': 'MaxValue MinValue', 'Edm.Int32': 'Precision SourceTypeMask', ImeMode: 'ImeMode' }),
  column('Double', { 'Edm.Double': 'MaxValue MinValue', 'Edm.Int32': 'Precision', ImeMode: 'ImeMode' }),
  column('Money', {
    'Edm.Double': 'MaxValue MinValue',
    'Edm.Int32': 'Precision PrecisionSource SourceTypeMask',
    'Edm.String': 'CalculationOf FormulaDefinition',
    'Edm.Boolean': 'IsBaseCurrency',
    ImeMode: 'ImeMode',
  }),
  column(
    'Boolean',
    { ...CALCULATED, 'Edm.Boolean': 'DefaultValue' },
    { BooleanOptionSetMetadata: 'OptionSet' },
    { BooleanOptionSetMetadata: 'GlobalOptionSet' },
  ),
  column('DateTime', {
    ...CALCULATED,
    BooleanManagedProperty: 'CanChangeDateTimeBehavior',
    DateTimeBehavior: 'DateTimeBehavior',
    DateTimeFormat: 'Format',
    ImeMode: 'ImeMode',
    'Edm.DateTimeOffset': 'MaxSupportedValue MinSupportedValue',
  }),
  {
    kind: 'entity',
    name: 'EnumAttributeMetadata',
    base: 'AttributeMetadata',
    isAbstract: true,
    properties: { 'Edm.Int32': 'DefaultFormValue' },
    parts: { OptionSetMetadata: 'OptionSet' },
    links: { OptionSetMetadata: 'GlobalOptionSet' },
  },
  choice('Picklist', {
    'Edm.String': 'FormulaDefinition ParentPicklistLogicalName',
    'Edm.Int32': 'SourceTypeMask',
    'Collection(Edm.String)': 'ChildPicklistLogicalNames',
  }),
  choice('MultiSelectPicklist', {
    'Edm.String': 'FormulaDefinition ParentPicklistLogicalName',
    'Edm.Int32': 'SourceTypeMask',
    'Collection(Edm.String)': 'ChildPicklistLogicalNames',
  }),
  choice('State', {}),
  choice('Status', {}),
  choice('EntityName', { 'Edm.Boolean': 'IsEntityReferenceStored' }),
  column('Lookup', { LookupFormat: 'Format', 'Collection(Edm.String)': 'Targets' }),
  column('UniqueIdentifier', {}),
  column('ManagedProperty', {
    'Edm.String': 'ManagedPropertyLogicalName ParentAttributeName',
    'Edm.Int32': 'ParentComponentType',
    AttributeTypeCode: 'ValueAttributeTypeCode',
  }),
  column('Image', { 'Edm.Boolean': 'CanStoreFullImage IsPrimaryImage', 'Edm.Int32': 'MaxSizeInKB', 'Edm.Int16': 'MaxHeight MaxWidth' }),
  column('File', { 'Edm.Int32': 'MaxSizeInKB' }),
]

function column(kind: string, properties: Members, parts: Members = {}, links: Members = {}): EntityDeclaration {
  return { kind: 'entity', name: `${kind}AttributeMetadata`, base: 'AttributeMetadata', properties, parts, links }
}

function choice(kind: string, properties: Members): EntityDeclaration {
  return { kind: 'entity', name: `${kind}AttributeMetadata`, base: 'EnumAttributeMetadata', properties }
}
