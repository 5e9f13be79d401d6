/**
 * The bulkdeleteoperation table: what a bulk deletion was asked for and how far it has got, beside the system job that runs it.
 * Follows the page «BulkDeleteOperation table/entity reference» of the published Dataverse table reference. Only the server writes it.
 */
import { bigint, boolean, datetime, entityname, guid, integer, lookup, memo, owner, state, status, string, type TableSeed } from './seed.ts'

const SERVER = { filledBy: 'server' } as const
const KEPT = { required: 'SystemRequired', filledBy: 'server' } as const
const KEEP = { delete: 'NoCascade' }
const MOST = 1000000000

export const bulkdeleteoperation: TableSeed = {
  schemaName: 'BulkDeleteOperation',
  displayName: 'Bulk Delete Operation',
  displayCollectionName: 'Bulk Delete Operations',
  collectionSchemaName: 'BulkDeleteOperations',
  entitySetName: 'bulkdeleteoperations',
  ownership: 'none',
  objectTypeCode: 4424,
  primaryId: 'bulkdeleteoperationid',
  primaryName: 'name',
  columns: [
    integer('TimeZoneRuleVersionNumber', '', -1),
    integer('UTCConversionTimeZoneCode', '', -1),

    lookup('AsyncOperationId', 'System Job', ['asyncoperation'], SERVER),
    guid('BulkDeleteOperationId', 'Bulk Deletion Job', KEPT),
    lookup('CreatedBy', 'Created By', ['systemuser'], SERVER),
    datetime('CreatedOn', '', KEPT),
    lookup('CreatedOnBehalfBy', '', ['systemuser'], SERVER),
    integer('FailureCount', 'Failures', 0, MOST, SERVER),
    boolean('IsRecurring', 'Is Recurring', 'No', 'Yes', false, KEPT),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], SERVER),
    datetime('ModifiedOn', 'Modified On', SERVER),
    lookup('ModifiedOnBehalfBy', '', ['systemuser'], SERVER),
    string('Name', 'System Job Name', 256, SERVER),
    datetime('NextRun', 'Next Run', SERVER),
    memo('OrderedQuerySetXml', '', 1073741823, SERVER),
    owner(KEPT),
    entityname('OwnerIdType', '', KEPT),
    lookup('OwningBusinessUnit', 'Owning Business Unit', ['businessunit'], SERVER),
    lookup('OwningUser', '', ['systemuser'], SERVER),
    integer('ProcessingQEIndex', 'Query Index', 0, MOST, SERVER),
    state({ 0: ['Ready', 0], 1: ['Suspended', 10], 2: ['Locked', 20], 3: ['Completed', 30] }, KEPT),
    status(
      {
        0: ['Waiting For Resources', 0], 10: ['Waiting', 1], 11: ['Retrying', 1], 12: ['Paused', 1], 20: ['In Progress', 2],
        21: ['Pausing', 2], 22: ['Canceling', 2], 30: ['Succeeded', 3], 31: ['Failed', 3], 32: ['Canceled', 3],
      },
      SERVER,
    ),
    integer('SuccessCount', 'Deleted', 0, MOST, SERVER),
    bigint('VersionNumber', 'Version Number', SERVER),
  ],
  relationships: [
    {
      schemaName: 'AsyncOperation_BulkDeleteOperation', to: 'asyncoperation', column: 'asyncoperationid', one: 'asyncoperationid', many: 'AsyncOperation_BulkDeleteOperation',
      cascade: { delete: 'Cascade' },
    },
    {
      schemaName: 'BulkDeleteOperation_BusinessUnit', to: 'businessunit', column: 'owningbusinessunit', one: 'owningbusinessunit', many: 'BulkDeleteOperation_BusinessUnit', cascade: KEEP,
    },
    {
      schemaName: 'lk_bulkdeleteoperation_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby', many: 'lk_bulkdeleteoperation_createdonbehalfby',
      cascade: KEEP,
    },
    {
      schemaName: 'lk_bulkdeleteoperation_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby',
      many: 'lk_bulkdeleteoperation_modifiedonbehalfby', cascade: KEEP,
    },
    { schemaName: 'lk_bulkdeleteoperationbase_createdby', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'lk_bulkdeleteoperationbase_createdby', cascade: KEEP },
    { schemaName: 'lk_bulkdeleteoperationbase_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'lk_bulkdeleteoperationbase_modifiedby', cascade: KEEP },
  ],
}
