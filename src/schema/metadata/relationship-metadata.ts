/** Relationships as `OneToManyRelationshipMetadata` and `ManyToManyRelationshipMetadata`. Their menus in apps are shown as they are by default. */
import { Guid } from '../../base/guid.ts'
import { isParental } from '../cascade.ts'
import type { Cascade, ManyToMany, OneToMany, Relationship } from '../relationship.ts'
import { NO_LABEL } from './label-json.ts'
import { managedProperty, type MetadataObject, once } from './metadata-object.ts'

export const relationshipMetadata = once(
  (relationship: Relationship): MetadataObject => (relationship.kind === 'one-to-many' ? oneToMany(relationship) : manyToMany(relationship)),
)

function oneToMany(relationship: OneToMany): MetadataObject {
  return {
    ReferencedAttribute: relationship.referencedColumn,
    ReferencedEntity: relationship.referencedTable,
    ReferencingAttribute: relationship.referencingColumn,
    ReferencingEntity: relationship.referencingTable,
    IsHierarchical: relationship.isHierarchical,
    EntityKey: null,
    IsRelationshipAttributeDenormalized: false,
    ReferencedEntityNavigationPropertyName: relationship.referencedNavigation,
    ReferencingEntityNavigationPropertyName: relationship.referencingNavigation,
    RelationshipBehavior: 1,
    IsDenormalizedLookup: null,
    DenormalizedAttributeName: null,
    ...commonOf(relationship, 'OneToManyRelationship', isParental(relationship.cascade) ? 'ParentChild' : 'Append'),
    AssociatedMenuConfiguration: MENU,
    CascadeConfiguration: cascadeJson(relationship.cascade),
    RelationshipAttributes: [],
    IsCustomizable: managedProperty(true, relationship.isCustom, 'iscustomizable'),
  }
}

function manyToMany(relationship: ManyToMany): MetadataObject {
  return {
    Entity1LogicalName: relationship.table1,
    Entity2LogicalName: relationship.table2,
    IntersectEntityName: relationship.intersectTable,
    Entity1IntersectAttribute: relationship.table1Column,
    Entity2IntersectAttribute: relationship.table2Column,
    Entity1NavigationPropertyName: relationship.table1Navigation,
    Entity2NavigationPropertyName: relationship.table2Navigation,
    ...commonOf(relationship, 'ManyToManyRelationship', 'None'),
    Entity1AssociatedMenuConfiguration: MENU,
    Entity2AssociatedMenuConfiguration: MENU,
    IsCustomizable: managedProperty(true, relationship.isCustom, 'iscustomizable'),
  }
}

function commonOf(relationship: Relationship, type: string, security: string): MetadataObject {
  return {
    IsCustomRelationship: relationship.isCustom,
    IsValidForAdvancedFind: true,
    SchemaName: relationship.schemaName,
    SecurityTypes: security,
    IsManaged: !relationship.isCustom,
    RelationshipType: type,
    IntroducedVersion: relationship.isCustom ? '1.0.0.0' : '5.0.0.0',
    MetadataId: relationship.metadataId,
    HasChanged: null,
  }
}

function cascadeJson(cascade: Cascade): MetadataObject {
  return {
    Assign: cascade.assign,
    Delete: cascade.delete,
    Archive: cascade.archive,
    Merge: cascade.merge,
    Reparent: cascade.reparent,
    Share: cascade.share,
    Unshare: cascade.unshare,
    RollupView: cascade.rollupView,
  }
}

const MENU: MetadataObject = {
  Behavior: 'UseCollectionName',
  Group: 'Details',
  Order: 10000,
  IsCustomizable: true,
  Icon: null,
  ViewId: Guid.empty,
  AvailableOffline: true,
  MenuId: null,
  QueryApi: null,
  Label: NO_LABEL,
}
