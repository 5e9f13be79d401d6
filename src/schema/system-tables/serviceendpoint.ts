/**
 * The serviceendpoint table: where events are posted to. Of the contracts there are, this server speaks one: 8, a webhook.
 * Follows the page «ServiceEndpoint table/entity reference» of the published Dataverse table reference.
 */
import { boolean, choice, datetime, guid, lookup, memo, string, type TableSeed } from './seed.ts'

const KEPT = { filledBy: 'server' } as const
const KEEP = { delete: 'NoCascade' }

export const serviceendpoint: TableSeed = {
  schemaName: 'ServiceEndpoint',
  displayName: 'Service Endpoint',
  displayCollectionName: 'Service Endpoints',
  collectionSchemaName: 'ServiceEndpoints',
  entitySetName: 'serviceendpoints',
  ownership: 'organization',
  objectTypeCode: 4618,
  primaryId: 'serviceendpointid',
  primaryName: 'name',
  columns: [
    choice('AuthType', 'Specifies mode of authentication with SB', {
      1: 'ACS', 2: 'SAS Key', 3: 'SAS Token', 4: 'Webhook Key', 5: 'Http Header', 6: 'Http Query String', 7: 'Connection String', 8: 'Access Key',
    }),
    string('AuthValue', 'Authentication Value', 2048, { read: false }),
    choice('ConnectionMode', 'Connection Mode', { 1: 'Normal', 2: 'Federated' }, 1, { required: 'SystemRequired' }),
    choice(
      'Contract',
      'Contract',
      {
        1: 'OneWay', 2: 'Queue', 3: 'Rest', 4: 'TwoWay', 5: 'Topic', 6: 'Queue (Persistent)', 7: 'Event Hub', 8: 'Webhook', 9: 'Event Grid', 10: 'Managed Data Lake',
      },
      undefined,
      { required: 'SystemRequired' },
    ),
    memo('Description', 'Description', 2000),
    choice('MessageCharset', 'Specifies the character encoding to be used for messages sent to a service endpoint', { 0: 'Default', 1: 'UTF8' }),
    choice('MessageFormat', 'Content type of the message', { 1: 'Binary XML', 2: 'Json', 3: 'Text XML' }),
    string('Name', 'Name', 256, { required: 'SystemRequired' }),
    string('NamespaceAddress', 'Namespace Address', 255),
    choice('NamespaceFormat', 'Format of Service Bus Namespace', { 1: 'Namespace Name', 2: 'Namespace Address' }),
    // These two are for the service bus alone: a webhook is registered without them.
    string('Path', 'Path', 160, { required: 'ApplicationRequired' }),
    guid('ServiceEndpointId', '', { required: 'SystemRequired', update: false }),
    string('SolutionNamespace', 'Service Namespace', 160, { required: 'ApplicationRequired' }),
    string('Url', 'Url Address', 2000),
    choice('UserClaim', 'User Claim', { 1: 'None', 2: 'UserId', 3: 'UserInfo' }, 1, { required: 'SystemRequired' }),

    lookup('CreatedBy', 'Created By', ['systemuser'], KEPT),
    datetime('CreatedOn', 'Created On', KEPT),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], KEPT),
    boolean('IsManaged', 'State', 'Unmanaged', 'Managed', false, KEPT),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], KEPT),
    datetime('ModifiedOn', 'Modified On', KEPT),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], KEPT),
    lookup('OrganizationId', '', ['organization'], { filledBy: 'server', required: 'SystemRequired' }),
  ],
  relationships: [
    { schemaName: 'createdby_serviceendpoint', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'createdby_serviceendpoint', cascade: KEEP },
    { schemaName: 'modifiedby_serviceendpoint', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'modifiedby_serviceendpoint', cascade: KEEP },
    {
      schemaName: 'lk_serviceendpointbase_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby',
      many: 'lk_serviceendpointbase_createdonbehalfby', cascade: KEEP,
    },
    {
      schemaName: 'lk_serviceendpointbase_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby',
      many: 'lk_serviceendpointbase_modifiedonbehalfby', cascade: KEEP,
    },
    { schemaName: 'organization_serviceendpoint', to: 'organization', column: 'organizationid', one: 'organizationid', many: 'organization_serviceendpoint', cascade: KEEP },
  ],
}
