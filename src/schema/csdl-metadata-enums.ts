/** The enumerations and complex types of which table, column and relationship definitions are made. */
import type { ComplexDeclaration, EnumDeclaration, Members } from './csdl-notation.ts'

export const METADATA_ENUMS: readonly EnumDeclaration[] = [
  { kind: 'enum', name: 'AssociatedMenuBehavior', members: 'UseCollectionName UseLabel DoNotDisplay' },
  { kind: 'enum', name: 'AssociatedMenuGroup', members: 'Details Sales Service Marketing' },
  { kind: 'enum', name: 'AttributeRequiredLevel', members: 'None SystemRequired ApplicationRequired Recommended' },
  {
    kind: 'enum',
    name: 'AttributeTypeCode',
    members:
      'Boolean Customer DateTime Decimal Double Integer Lookup Memo Money Owner PartyList Picklist State Status String Uniqueidentifier ' +
      'CalendarRules Virtual BigInt ManagedProperty EntityName',
  },
  { kind: 'enum', name: 'CascadeType', members: 'NoCascade Cascade Active UserOwned RemoveLink Restrict' },
  { kind: 'enum', name: 'DateTimeFormat', members: 'DateOnly DateAndTime' },
  { kind: 'enum', name: 'EntityKeyIndexStatus', members: 'Pending InProgress Active Failed' },
  { kind: 'enum', name: 'ImeMode', members: 'Auto Inactive Active Disabled' },
  { kind: 'enum', name: 'IntegerFormat', members: 'None Duration TimeZone Language Locale' },
  { kind: 'enum', name: 'LookupFormat', members: 'None Connection Regarding Text' },
  { kind: 'enum', name: 'ManagedPropertyEvaluationPriority', members: 'None Low Normal High Essential' },
  {
    kind: 'enum',
    name: 'ManagedPropertyOperation',
    members: { None: 0, Create: 1, Update: 2, CreateUpdate: 3, Delete: 4, UpdateDelete: 6, All: 7 },
  },
  { kind: 'enum', name: 'ManagedPropertyType', members: 'Operation Attribute CustomEvaluator Custom' },
  { kind: 'enum', name: 'OptionSetType', members: 'Picklist State Status Boolean' },
  {
    kind: 'enum',
    name: 'OwnershipTypes',
    isFlags: true,
    members: { None: 0, UserOwned: 1, TeamOwned: 2, BusinessOwned: 4, OrganizationOwned: 8, BusinessParented: 16, Filtered: 32 },
  },
  { kind: 'enum', name: 'PrivilegeType', members: 'None Create Read Write Delete Assign Share Append AppendTo' },
  { kind: 'enum', name: 'RelationshipType', members: 'OneToManyRelationship ManyToManyRelationship' },
  { kind: 'enum', name: 'SecurityTypes', isFlags: true, members: { None: 0, Append: 1, ParentChild: 2, Pointer: 4, Inheritance: 8 } },
  { kind: 'enum', name: 'StringFormat', members: 'Email Text TextArea Url TickerSymbol PhoneticGuide VersionNumber Phone Json RichText' },
]

/** A switch of an app, of which there are none here. */
const SETTING: Members = { 'Edm.String': 'Name', Object: 'Value' }

export const METADATA_COMPLEX_TYPES: readonly ComplexDeclaration[] = [
  {
    kind: 'complex',
    name: 'AssociatedMenuConfiguration',
    properties: {
      AssociatedMenuBehavior: 'Behavior',
      AssociatedMenuGroup: 'Group',
      Label: 'Label',
      'Edm.Int32': 'Order',
      'Edm.Boolean': 'AvailableOffline IsCustomizable',
      'Edm.Guid': 'ViewId',
      'Edm.String': 'Icon MenuId QueryApi',
    },
  },
  lockable('AttributeRequiredLevelManagedProperty', 'AttributeRequiredLevel'),
  { kind: 'complex', name: 'AttributeSetting', properties: SETTING },
  wrapped('AttributeTypeDisplayName'),
  lockable('BooleanManagedProperty', 'Edm.Boolean'),
  { kind: 'complex', name: 'CascadeConfiguration', properties: { CascadeType: 'Assign Delete Merge Reparent Share Unshare RollupView Archive' } },
  wrapped('DateTimeBehavior'),
  { kind: 'complex', name: 'EntitySetting', properties: SETTING },
  { kind: 'complex', name: 'Label', properties: { 'Collection(LocalizedLabel)': 'LocalizedLabels', LocalizedLabel: 'UserLocalizedLabel' } },
  {
    kind: 'complex',
    name: 'LocalizedLabel',
    properties: { 'Edm.String': 'Label', 'Edm.Int32': 'LanguageCode', 'Edm.Boolean': 'IsManaged HasChanged', 'Edm.Guid': 'MetadataId' },
  },
  wrapped('MemoFormatName'),
  // Any value, with the name of its .NET type.
  { kind: 'complex', name: 'Object', properties: { 'Edm.String': 'Type Value' } },
  {
    kind: 'complex',
    name: 'OptionMetadata',
    properties: {
      'Edm.Int32': 'Value',
      Label: 'Label Description',
      'Edm.String': 'Color ExternalValue Tag',
      'Collection(Edm.Int32)': 'ParentValues',
      'Edm.Boolean': 'IsManaged IsHidden HasChanged',
      'Edm.Guid': 'MetadataId',
    },
  },
  { kind: 'complex', name: 'RelationshipAttribute', properties: { 'Edm.String': 'ReferencedAttribute ReferencingAttribute' } },
  {
    kind: 'complex',
    name: 'SecurityPrivilegeMetadata',
    properties: {
      'Edm.Boolean': 'CanBeBasic CanBeDeep CanBeEntityReference CanBeGlobal CanBeLocal CanBeParentEntityReference CanBeRecordFilter',
      'Edm.String': 'Name',
      'Edm.Guid': 'PrivilegeId',
      PrivilegeType: 'PrivilegeType',
    },
  },
  { kind: 'complex', name: 'StateOptionMetadata', base: 'OptionMetadata', properties: { 'Edm.Int32': 'DefaultStatus', 'Edm.String': 'InvariantName' } },
  { kind: 'complex', name: 'StatusOptionMetadata', base: 'OptionMetadata', properties: { 'Edm.Int32': 'State', 'Edm.String': 'TransitionData' } },
  wrapped('StringFormatName'),
]

/** A setting that a solution's publisher may lock. */
function lockable(name: string, value: string): ComplexDeclaration {
  const properties = value === 'Edm.Boolean' ? { 'Edm.Boolean': 'Value CanBeChanged' } : { [value]: 'Value', 'Edm.Boolean': 'CanBeChanged' }
  return { kind: 'complex', name, properties: { ...properties, 'Edm.String': 'ManagedPropertyLogicalName' } }
}

/** A name that later versions may add to, so no enumeration: `{ "Value": "UserLocal" }`. */
function wrapped(name: string): ComplexDeclaration {
  return { kind: 'complex', name, properties: { 'Edm.String': 'Value' } }
}
