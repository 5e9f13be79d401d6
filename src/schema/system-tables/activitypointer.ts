/**
 * The activitypointer table: what all kinds of activity have in common, one row for each activity.
 * Follows the page «Activity (ActivityPointer) table/entity reference» of the published Dataverse table reference.
 */
import {
  bigint, boolean, choice, datetime, decimal, entityname, guid, integer, lookup, memo, owner, state, status, string, type TableSeed,
} from './seed.ts'

/** The relationships on which deleting the referenced row does nothing here. */
const KEEP = { delete: 'NoCascade' }

export const activitypointer: TableSeed = {
  schemaName: 'ActivityPointer',
  displayName: 'Activity',
  displayCollectionName: 'Activities',
  collectionSchemaName: 'ActivityPointers',
  entitySetName: 'activitypointers',
  ownership: 'user',
  objectTypeCode: 4200,
  primaryId: 'activityid',
  primaryName: 'subject',
  isActivity: true,
  columns: [
    memo('ActivityAdditionalParams', 'Activity Additional Parameters', 8192),
    guid('ActivityId', 'Activity', { required: 'SystemRequired', update: false }),
    integer('ActualDurationMinutes', 'Actual Duration', 0, undefined, { format: 'Duration' }),
    datetime('ActualEnd', 'Actual End'),
    datetime('ActualStart', 'Actual Start'),
    choice('Community', 'Social Channel', { 0: 'Other', 1: 'Facebook', 2: 'Twitter' }),
    choice('DeliveryPriorityCode', 'Delivery Priority', { 0: 'Low', 1: 'Normal', 2: 'High' }, 1, { update: false }),
    memo('Description', 'Description', 2000),
    string('ExchangeItemId', 'Exchange Item ID', 200),
    string('ExchangeWebLink', 'Exchange WebLink', 1250),
    boolean('IsBilled', 'Is Billed', 'No', 'Yes', false),
    boolean('IsMapiPrivate', 'Is Private', 'No', 'Yes', false),
    boolean('IsWorkflowCreated', 'Is Workflow Created', 'No', 'Yes', false),
    datetime('LastOnHoldTime', 'Last On Hold Time'),
    boolean('LeftVoiceMail', 'Left Voice Mail', 'No', 'Yes', false),
    owner({ required: 'SystemRequired', update: false }),
    entityname('OwnerIdType', '', { required: 'SystemRequired', update: false }),
    choice('PriorityCode', 'Priority', { 0: 'Low', 1: 'Normal', 2: 'High' }, 1),
    guid('ProcessId', 'Process'),
    lookup('RegardingObjectId', 'Regarding', [
      'account', 'adx_invitation', 'contact', 'interactionforemail', 'knowledgearticle', 'knowledgebaserecord', 'mspp_adplacement', 'mspp_pollplacement',
      'mspp_publishingstatetransitionrule', 'mspp_redirect', 'mspp_shortcut', 'mspp_website',
    ]),
    entityname('RegardingObjectTypeCode', ''),
    integer('ScheduledDurationMinutes', 'Scheduled Duration', 0, undefined, { format: 'Duration' }),
    datetime('ScheduledEnd', 'Due Date'),
    datetime('ScheduledStart', 'Start Date'),
    lookup('SLAId', 'SLA', ['sla']),
    datetime('SortDate', 'Sort Date'),
    guid('StageId', '(Deprecated) Process Stage'),
    {
      ...state({ 0: ['Open', 1], 1: ['Completed', 2], 2: ['Canceled', 3], 3: ['Scheduled', 4] }, { required: 'SystemRequired', create: false }),
      label: 'Activity Status',
    },
    status({ 1: ['Open', 0], 2: ['Completed', 1], 3: ['Canceled', 2], 4: ['Scheduled', 3] }),
    string('Subject', 'Subject', 400, { required: 'ApplicationRequired' }),
    integer('TimeZoneRuleVersionNumber', 'Time Zone Rule Version Number', -1),
    lookup('TransactionCurrencyId', 'Currency', ['transactioncurrency']),
    string('TraversedPath', '(Deprecated) Traversed Path', 1250),
    integer('UTCConversionTimeZoneCode', 'UTC Conversion Time Zone Code', -1),

    entityname('ActivityTypeCode', 'Activity Type', { required: 'SystemRequired', filledBy: 'server' }),
    lookup('CreatedBy', 'Created By', ['systemuser'], { filledBy: 'server' }),
    datetime('CreatedOn', 'Date Created', { filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    datetime('DeliveryLastAttemptedOn', 'Date Delivery Last Attempted', { filledBy: 'server' }),
    decimal('ExchangeRate', 'Exchange Rate', 0.000000000001, 100000000000, 12, { filledBy: 'server' }),
    datetime('FormattedScheduledEnd', 'Formatted End Date', { behavior: 'TimeZoneIndependent', filledBy: 'server' }),
    datetime('FormattedScheduledStart', 'Formatted Start Date', { behavior: 'TimeZoneIndependent', filledBy: 'server' }),
    choice('InstanceTypeCode', 'Recurring Instance Type', {
      0: 'Not Recurring', 1: 'Recurring Master', 2: 'Recurring Instance', 3: 'Recurring Exception', 4: 'Recurring Future Exception',
    }, 0, { required: 'SystemRequired', filledBy: 'server' }),
    boolean('IsRegularActivity', 'Is Regular Activity', 'No', 'Yes', true, { required: 'SystemRequired', filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { filledBy: 'server' }),
    datetime('ModifiedOn', 'Last Updated', { filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    integer('OnHoldTime', 'On Hold Time (Minutes)', undefined, undefined, { filledBy: 'server' }),
    lookup('OwningBusinessUnit', 'Owning Business Unit', ['businessunit'], { filledBy: 'server' }),
    lookup('OwningTeam', 'Owning Team', ['team'], { filledBy: 'server' }),
    lookup('OwningUser', 'Owning User', ['systemuser'], { filledBy: 'server' }),
    datetime('PostponeActivityProcessingUntil', 'Delay activity processing until', { filledBy: 'server' }),
    lookup('SenderMailboxId', "Sender's Mailbox", ['mailbox'], { filledBy: 'server' }),
    datetime('SentOn', 'Date Sent', { filledBy: 'server' }),
    guid('SeriesId', 'Series Id', { filledBy: 'server' }),
    lookup('SLAInvokedId', 'Last SLA applied', ['sla'], { filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [
    { schemaName: 'Account_ActivityPointers', to: 'account', column: 'regardingobjectid', one: 'regardingobjectid_account', many: 'Account_ActivityPointers' },
    {
      schemaName: 'business_unit_activitypointer', to: 'businessunit', column: 'owningbusinessunit', one: 'owningbusinessunit', many: 'business_unit_activitypointer', cascade: KEEP,
    },
    { schemaName: 'Contact_ActivityPointers', to: 'contact', column: 'regardingobjectid', one: 'regardingobjectid_contact', many: 'Contact_ActivityPointers' },
    { schemaName: 'lk_activitypointer_createdby', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'lk_activitypointer_createdby', cascade: KEEP },
    {
      schemaName: 'lk_activitypointer_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby', many: 'lk_activitypointer_createdonbehalfby',
      cascade: KEEP,
    },
    { schemaName: 'lk_activitypointer_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'lk_activitypointer_modifiedby', cascade: KEEP },
    {
      schemaName: 'lk_activitypointer_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby', many: 'lk_activitypointer_modifiedonbehalfby',
      cascade: KEEP,
    },
    { schemaName: 'team_activity', to: 'team', column: 'owningteam', one: 'owningteam', many: 'team_activity', cascade: KEEP },
    {
      schemaName: 'TransactionCurrency_ActivityPointer', to: 'transactioncurrency', column: 'transactioncurrencyid', one: 'transactioncurrencyid', many: 'TransactionCurrency_ActivityPointer',
      cascade: { delete: 'Restrict' },
    },
    { schemaName: 'user_activity', to: 'systemuser', column: 'owninguser', one: 'owninguser', many: 'user_activity', cascade: KEEP },
  ],
}
