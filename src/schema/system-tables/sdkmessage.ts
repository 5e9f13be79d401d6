/**
 * The messages (operations) that the server knows, and on which tables each is available. Clients ask before they use one:
 * `sdkmessagefilters?$select=sdkmessagefilterid&$filter=sdkmessageid/name eq 'CreateMultiple' and primaryobjecttypecode eq 'account'`.
 * Only what that question needs of the published reference, pages `sdkmessage` and `sdkmessagefilter`.
 */
import { bigint, datetime, entityname, guid, lookup, string, type TableSeed } from './seed.ts'

export const sdkmessage: TableSeed = {
  schemaName: 'SdkMessage',
  displayName: 'Sdk Message',
  displayCollectionName: 'Sdk Messages',
  collectionSchemaName: 'SdkMessages',
  entitySetName: 'sdkmessages',
  ownership: 'organization',
  objectTypeCode: 4606,
  primaryId: 'sdkmessageid',
  primaryName: 'name',
  columns: [
    string('Name', 'Name', 256, { required: 'SystemRequired' }),
    guid('SdkMessageId', 'Sdk Message', { required: 'SystemRequired', update: false }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [],
}

export const sdkmessagefilter: TableSeed = {
  schemaName: 'SdkMessageFilter',
  displayName: 'Sdk Message Filter',
  displayCollectionName: 'Sdk Message Filters',
  collectionSchemaName: 'SdkMessageFilters',
  entitySetName: 'sdkmessagefilters',
  ownership: 'organization',
  objectTypeCode: 4607,
  primaryId: 'sdkmessagefilterid',
  primaryName: 'name',
  columns: [
    string('Name', 'Name', 256),
    entityname('PrimaryObjectTypeCode', 'Primary Object Type Code', { required: 'SystemRequired', update: false }),
    guid('SdkMessageFilterId', 'Sdk Message Filter', { required: 'SystemRequired', update: false }),
    lookup('SdkMessageId', 'SDK Message ID', ['sdkmessage'], { required: 'SystemRequired', update: false }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [
    {
      schemaName: 'sdkmessageid_sdkmessagefilter',
      to: 'sdkmessage',
      column: 'sdkmessageid',
      one: 'sdkmessageid',
      many: 'sdkmessageid_sdkmessagefilter',
      cascade: { delete: 'Cascade' },
    },
  ],
}
