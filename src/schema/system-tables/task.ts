/**
 * The task table: the activity that stands for work to be done.
 * Follows the page «Task table/entity reference» of the published Dataverse table reference.
 */
import {
  bigint, boolean, choice, date, datetime, decimal, entityname, guid, integer, lookup, memo, owner, state, status, string, type TableSeed,
} from './seed.ts'

/** The relationships on which deleting the referenced row does nothing here. */
const KEEP = { delete: 'NoCascade' }
const PARENTAL = { assign: 'Cascade', delete: 'Cascade', merge: 'Cascade', reparent: 'Cascade', share: 'Cascade', unshare: 'Cascade' }

export const task: TableSeed = {
  schemaName: 'Task',
  displayName: 'Task',
  displayCollectionName: 'Tasks',
  collectionSchemaName: 'Tasks',
  entitySetName: 'tasks',
  ownership: 'user',
  objectTypeCode: 4212,
  primaryId: 'activityid',
  primaryName: 'subject',
  isActivity: true,
  hasNotes: true,
  columns: [
    memo('ActivityAdditionalParams', 'Additional Parameters', 8192),
    guid('ActivityId', 'Task', { required: 'SystemRequired', update: false }),
    integer('ActualDurationMinutes', 'Duration', 0, undefined, { format: 'Duration' }),
    date('ActualEnd', 'Actual End'),
    date('ActualStart', 'Actual Start'),
    string('Category', 'Category', 250),
    guid('CrmTaskAssignedUniqueId', 'Assigned Task Unique Id'),
    memo('Description', 'Description', 2000),
    integer('ImportSequenceNumber', 'Import Sequence Number', undefined, undefined, { update: false }),
    boolean('IsBilled', 'Is Billed', 'No', 'Yes', false),
    boolean('IsWorkflowCreated', 'Is Workflow Created', 'No', 'Yes', false),
    datetime('LastOnHoldTime', 'Last On Hold Time'),
    date('OverriddenCreatedOn', 'Record Created On', { update: false }),
    owner({ required: 'SystemRequired' }),
    entityname('OwnerIdType', '', { required: 'SystemRequired' }),
    integer('PercentComplete', 'Percent Complete', 0, 100),
    choice('PriorityCode', 'Priority', { 0: 'Low', 1: 'Normal', 2: 'High' }, 1),
    guid('ProcessId', 'Process'),
    lookup('RegardingObjectId', 'Regarding', [
      'account', 'adx_invitation', 'contact', 'knowledgearticle', 'knowledgebaserecord', 'mspp_adplacement', 'mspp_pollplacement',
      'mspp_publishingstatetransitionrule', 'mspp_redirect', 'mspp_shortcut', 'mspp_website',
    ]),
    entityname('RegardingObjectTypeCode', ''),
    datetime('ScheduledEnd', 'Due Date'),
    datetime('ScheduledStart', 'Start Date'),
    lookup('SLAId', 'SLA', ['sla']),
    datetime('SortDate', 'Sort Date'),
    guid('StageId', '(Deprecated) Process Stage'),
    { ...state({ 0: ['Open', 2], 1: ['Completed', 5], 2: ['Canceled', 6] }, { required: 'SystemRequired', create: false }), label: 'Activity Status' },
    status({ 2: ['Not Started', 0], 3: ['In Progress', 0], 4: ['Waiting on someone else', 0], 5: ['Completed', 1], 6: ['Canceled', 2], 7: ['Deferred', 0] }),
    string('Subcategory', 'Sub-Category', 250),
    string('Subject', 'Subject', 200, { required: 'ApplicationRequired' }),
    guid('SubscriptionId', 'Subscription', { update: false }),
    integer('TimeZoneRuleVersionNumber', 'Time Zone Rule Version Number', -1),
    lookup('TransactionCurrencyId', 'Currency', ['transactioncurrency']),
    string('TraversedPath', '(Deprecated) Traversed Path', 1250),
    integer('UTCConversionTimeZoneCode', 'UTC Conversion Time Zone Code', -1),

    entityname('ActivityTypeCode', 'Activity Type', { required: 'SystemRequired', filledBy: 'server' }),
    lookup('CreatedBy', 'Created By', ['systemuser'], { filledBy: 'server' }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    decimal('ExchangeRate', 'Exchange Rate', 0.000000000001, 100000000000, 12, { filledBy: 'server' }),
    boolean('IsRegularActivity', 'Is Regular Activity', 'No', 'Yes', false, { required: 'SystemRequired', filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    integer('OnHoldTime', 'On Hold Time (Minutes)', undefined, undefined, { filledBy: 'server' }),
    lookup('OwningBusinessUnit', 'Owning Business Unit', ['businessunit'], { filledBy: 'server' }),
    lookup('OwningTeam', 'Owning Team', ['team'], { filledBy: 'server' }),
    lookup('OwningUser', 'Owning User', ['systemuser'], { filledBy: 'server' }),
    integer('ScheduledDurationMinutes', 'Scheduled Duration', 0, undefined, { format: 'Duration', filledBy: 'server' }),
    lookup('SLAInvokedId', 'Last SLA applied', ['sla'], { filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [
    { schemaName: 'Account_Tasks', to: 'account', column: 'regardingobjectid', one: 'regardingobjectid_account_task', many: 'Account_Tasks', cascade: PARENTAL },
    // On the primary key, not on a lookup: a task and its activitypointer row have one and the same id.
    { schemaName: 'activity_pointer_task', to: 'activitypointer', column: 'activityid', one: 'activityid_activitypointer', many: 'activity_pointer_task', cascade: KEEP },
    {
      schemaName: 'business_unit_task_activities', to: 'businessunit', column: 'owningbusinessunit', one: 'owningbusinessunit_task', many: 'business_unit_task_activities', cascade: KEEP,
    },
    { schemaName: 'Contact_Tasks', to: 'contact', column: 'regardingobjectid', one: 'regardingobjectid_contact_task', many: 'Contact_Tasks', cascade: PARENTAL },
    { schemaName: 'lk_task_createdby', to: 'systemuser', column: 'createdby', one: 'createdby_task', many: 'lk_task_createdby', cascade: KEEP },
    { schemaName: 'lk_task_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby_task', many: 'lk_task_createdonbehalfby', cascade: KEEP },
    { schemaName: 'lk_task_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby_task', many: 'lk_task_modifiedby', cascade: KEEP },
    { schemaName: 'lk_task_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby_task', many: 'lk_task_modifiedonbehalfby', cascade: KEEP },
    { schemaName: 'team_task', to: 'team', column: 'owningteam', one: 'owningteam_task', many: 'team_task', cascade: KEEP },
    {
      schemaName: 'TransactionCurrency_Task', to: 'transactioncurrency', column: 'transactioncurrencyid', one: 'transactioncurrencyid_task', many: 'TransactionCurrency_Task',
      cascade: { delete: 'Restrict' },
    },
    { schemaName: 'user_task', to: 'systemuser', column: 'owninguser', one: 'owninguser_task', many: 'user_task', cascade: KEEP },
  ],
}
