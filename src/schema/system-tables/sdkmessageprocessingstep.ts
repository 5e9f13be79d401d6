/**
 * The sdkmessageprocessingstep table: what is to hear of which event. Here its handlers are webhooks; steps in modules are registered by
 * the modules themselves. Beside it the copies of a row that a step gets. Follow the pages «SdkMessageProcessingStep table/entity
 * reference» and «SdkMessageProcessingStepImage table/entity reference» of the published Dataverse table reference.
 */
import { bigint, boolean, choice, datetime, entityname, guid, integer, lookup, state, status, string, type TableSeed } from './seed.ts'

const KEPT = { filledBy: 'server' } as const
const NEEDED = { filledBy: 'server', required: 'SystemRequired' } as const
const GIVEN = { required: 'SystemRequired' } as const
const KEEP = { delete: 'NoCascade' }
const [INT_MIN, INT_MAX] = [-2147483648, 2147483647]

const stages = {
  5: 'Initial Pre-operation (For internal use only)',
  10: 'Pre-validation',
  15: 'Internal Pre-operation Before External Plugins (For internal use only)',
  20: 'Pre-operation',
  25: 'Internal Pre-operation After External Plugins (For internal use only)',
  30: 'Main Operation (For internal use only)',
  35: 'Internal Post-operation Before External Plugins (For internal use only)',
  40: 'Post-operation',
  45: 'Internal Post-operation After External Plugins (For internal use only)',
  50: 'Post-operation (Deprecated)',
  55: 'Final Post-operation (For internal use only)',
  80: 'Pre-Commit stage fired before transaction commit (For internal use only)',
  90: 'Post-Commit stage fired after transaction commit (For internal use only)',
}

export const sdkmessageprocessingstep: TableSeed = {
  schemaName: 'SdkMessageProcessingStep',
  displayName: 'Sdk Message Processing Step',
  displayCollectionName: 'Sdk Message Processing Steps',
  collectionSchemaName: 'SdkMessageProcessingSteps',
  entitySetName: 'sdkmessageprocessingsteps',
  ownership: 'organization',
  objectTypeCode: 4608,
  primaryId: 'sdkmessageprocessingstepid',
  primaryName: 'name',
  columns: [
    boolean('AsyncAutoDelete', 'Asynchronous Automatic Delete', 'No', 'Yes', false, GIVEN),
    string('Category', 'Category', 100),
    string('Configuration', 'Configuration', 1073741823),
    string('Description', 'Description', 256),
    lookup('EventHandler', 'Event Handler', ['plugintype', 'serviceendpoint'], GIVEN),
    entityname('EventHandlerTypeCode', ''),
    string('FilteringAttributes', 'Filtering Attributes', 100000),
    lookup('ImpersonatingUserId', 'Impersonating User', ['systemuser']),
    choice('InvocationSource', 'Invocation Source', { [-1]: 'Internal', 0: 'Parent', 1: 'Child' }, 0, GIVEN),
    choice('Mode', 'Execution Mode', { 0: 'Synchronous', 1: 'Asynchronous' }, 0, GIVEN),
    string('Name', 'Name', 256, GIVEN),
    integer('Rank', 'Execution Order', INT_MIN, INT_MAX, GIVEN),
    lookup('SdkMessageFilterId', 'SdkMessage Filter', ['sdkmessagefilter']),
    lookup('SdkMessageId', 'SDK Message', ['sdkmessage'], GIVEN),
    guid('SdkMessageProcessingStepId', '', { required: 'SystemRequired', update: false }),
    choice('Stage', 'Execution Stage', stages, 10, GIVEN),
    state({ 0: ['Enabled', 1], 1: ['Disabled', 2] }, { required: 'SystemRequired', create: false }),
    status({ 1: ['Enabled', 0], 2: ['Disabled', 1] }, { create: false }),
    choice('SupportedDeployment', 'Deployment', { 0: 'Server Only', 1: 'Microsoft Dynamics 365 Client for Outlook Only', 2: 'Both' }, 0, GIVEN),

    lookup('CreatedBy', 'Created By', ['systemuser'], KEPT),
    datetime('CreatedOn', 'Created On', KEPT),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], KEPT),
    boolean('IsManaged', 'State', 'Unmanaged', 'Managed', false, NEEDED),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], KEPT),
    datetime('ModifiedOn', 'Modified On', KEPT),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], KEPT),
    lookup('OrganizationId', '', ['organization'], NEEDED),
    bigint('VersionNumber', '', KEPT),
  ],
  relationships: [
    {
      schemaName: 'serviceendpoint_sdkmessageprocessingstep', to: 'serviceendpoint', column: 'eventhandler', one: 'eventhandler_serviceendpoint',
      many: 'serviceendpoint_sdkmessageprocessingstep', cascade: { delete: 'Cascade' },
    },
    {
      schemaName: 'sdkmessagefilterid_sdkmessageprocessingstep', to: 'sdkmessagefilter', column: 'sdkmessagefilterid', one: 'sdkmessagefilterid',
      many: 'sdkmessagefilterid_sdkmessageprocessingstep', cascade: { delete: 'Restrict' },
    },
    {
      schemaName: 'sdkmessageid_sdkmessageprocessingstep', to: 'sdkmessage', column: 'sdkmessageid', one: 'sdkmessageid',
      many: 'sdkmessageid_sdkmessageprocessingstep', cascade: { delete: 'Restrict' },
    },
    {
      schemaName: 'impersonatinguserid_sdkmessageprocessingstep', to: 'systemuser', column: 'impersonatinguserid', one: 'impersonatinguserid',
      many: 'impersonatinguserid_sdkmessageprocessingstep', cascade: KEEP,
    },
    { schemaName: 'createdby_sdkmessageprocessingstep', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'createdby_sdkmessageprocessingstep', cascade: KEEP },
    { schemaName: 'modifiedby_sdkmessageprocessingstep', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'modifiedby_sdkmessageprocessingstep', cascade: KEEP },
    {
      schemaName: 'lk_sdkmessageprocessingstep_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby',
      many: 'lk_sdkmessageprocessingstep_createdonbehalfby', cascade: KEEP,
    },
    {
      schemaName: 'lk_sdkmessageprocessingstep_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby',
      many: 'lk_sdkmessageprocessingstep_modifiedonbehalfby', cascade: KEEP,
    },
    {
      schemaName: 'organization_sdkmessageprocessingstep', to: 'organization', column: 'organizationid', one: 'organizationid',
      many: 'organization_sdkmessageprocessingstep', cascade: KEEP,
    },
  ],
}

export const sdkmessageprocessingstepimage: TableSeed = {
  schemaName: 'SdkMessageProcessingStepImage',
  displayName: 'Sdk Message Processing Step Image',
  displayCollectionName: 'Sdk Message Processing Step Images',
  collectionSchemaName: 'SdkMessageProcessingStepImages',
  entitySetName: 'sdkmessageprocessingstepimages',
  ownership: 'organization',
  objectTypeCode: 4615,
  primaryId: 'sdkmessageprocessingstepimageid',
  primaryName: 'name',
  columns: [
    string('Attributes', 'Attributes', 100000),
    string('Description', 'Description', 256),
    string('EntityAlias', 'Entity Alias', 256, GIVEN),
    choice('ImageType', 'Image Type', { 0: 'PreImage', 1: 'PostImage', 2: 'Both' }, undefined, GIVEN),
    string('MessagePropertyName', 'Message Property Name', 256, GIVEN),
    string('Name', 'Name', 256),
    string('RelatedAttributeName', 'Related Attribute Name', 256),
    lookup('SdkMessageProcessingStepId', 'SDK Message Processing Step', ['sdkmessageprocessingstep']),
    guid('SdkMessageProcessingStepImageId', '', { required: 'SystemRequired', update: false }),

    lookup('CreatedBy', 'Created By', ['systemuser'], KEPT),
    datetime('CreatedOn', 'Created On', KEPT),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], KEPT),
    boolean('IsManaged', '', 'Unmanaged', 'Managed', false, NEEDED),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], KEPT),
    datetime('ModifiedOn', 'Modified By', KEPT),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], KEPT),
    lookup('OrganizationId', '', ['organization'], NEEDED),
    bigint('VersionNumber', '', KEPT),
  ],
  relationships: [
    {
      schemaName: 'sdkmessageprocessingstepid_sdkmessageprocessingstepimage', to: 'sdkmessageprocessingstep', column: 'sdkmessageprocessingstepid',
      one: 'sdkmessageprocessingstepid', many: 'sdkmessageprocessingstepid_sdkmessageprocessingstepimage', cascade: { delete: 'Cascade' },
    },
    { schemaName: 'createdby_sdkmessageprocessingstepimage', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'createdby_sdkmessageprocessingstepimage', cascade: KEEP },
    {
      schemaName: 'modifiedby_sdkmessageprocessingstepimage', to: 'systemuser', column: 'modifiedby', one: 'modifiedby',
      many: 'modifiedby_sdkmessageprocessingstepimage', cascade: KEEP,
    },
    {
      schemaName: 'organization_sdkmessageprocessingstepimage', to: 'organization', column: 'organizationid', one: 'organizationid',
      many: 'organization_sdkmessageprocessingstepimage', cascade: KEEP,
    },
  ],
}
