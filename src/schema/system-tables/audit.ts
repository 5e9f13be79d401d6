/**
 * A change that was made: who made it, when, to which row, and from which value to which. The server keeps the rows.
 * Follows the published table reference, page `audit`. `objectid` points at rows that may be gone, and so has no relationship.
 */
import { choice, datetime, entityname, guid, lookup, memo, string, type TableSeed } from './seed.ts'

const KEPT = { filledBy: 'server' } as const
const NEEDED = { filledBy: 'server', required: 'SystemRequired' } as const

const ACTIONS = {
  0: 'Unknown', 1: 'Create', 2: 'Update', 3: 'Delete', 4: 'Activate', 5: 'Deactivate', 11: 'Cascade', 12: 'Merge', 13: 'Assign', 14: 'Share',
  15: 'Retrieve', 16: 'Close', 17: 'Cancel', 18: 'Complete', 20: 'Resolve', 21: 'Reopen', 22: 'Fulfill', 23: 'Paid', 24: 'Qualify',
  25: 'Disqualify', 26: 'Submit', 27: 'Reject', 28: 'Approve', 29: 'Invoice', 30: 'Hold', 31: 'Add Member', 32: 'Remove Member',
  33: 'Associate Entities', 34: 'Disassociate Entities', 35: 'Add Members', 36: 'Remove Members', 37: 'Add Item', 38: 'Remove Item',
  39: 'Add Substitute', 40: 'Remove Substitute', 41: 'Set State', 42: 'Renew', 43: 'Revise', 44: 'Win', 45: 'Lose', 46: 'Internal Processing',
  47: 'Reschedule', 48: 'Modify Share', 49: 'Unshare', 50: 'Book', 51: 'Generate Quote From Opportunity', 52: 'Add To Queue',
  53: 'Assign Role To Team', 54: 'Remove Role From Team', 55: 'Assign Role To User', 56: 'Remove Role From User', 57: 'Add Privileges to Role',
  58: 'Remove Privileges From Role', 59: 'Replace Privileges In Role', 60: 'Import Mappings', 61: 'Clone', 62: 'Send Direct Email',
  63: 'Enabled for organization', 64: 'User Access via Web', 65: 'User Access via Web Services', 100: 'Delete Entity', 101: 'Delete Attribute',
  102: 'Audit Change at Entity Level', 103: 'Audit Change at Attribute Level', 104: 'Audit Change at Org Level', 105: 'Entity Audit Started',
  106: 'Attribute Audit Started', 107: 'Audit Enabled', 108: 'Entity Audit Stopped', 109: 'Attribute Audit Stopped', 110: 'Audit Disabled',
  111: 'Audit Log Deletion', 112: 'User Access Audit Started', 113: 'User Access Audit Stopped',
}

const OBJECTS = ['account', 'businessunit', 'contact', 'equipment', 'organization', 'role', 'systemuser', 'task', 'team', 'territory', 'transactioncurrency']

export const audit: TableSeed = {
  schemaName: 'Audit',
  displayName: 'Auditing',
  displayCollectionName: 'Audits',
  collectionSchemaName: 'Audits',
  entitySetName: 'audits',
  ownership: 'none',
  objectTypeCode: 4567,
  primaryId: 'auditid',
  columns: [
    choice('Action', 'Event', ACTIONS, undefined, { filledBy: 'server', required: 'ApplicationRequired' }),
    memo('AttributeMask', 'Changed Field', 100000, KEPT),
    guid('AuditId', 'Record Id', NEEDED),
    lookup('CallingUserId', 'Calling User', ['systemuser'], KEPT),
    memo('ChangeData', 'Change Data', 1048576, { ...KEPT, secured: true }),
    datetime('CreatedOn', 'Changed Date', NEEDED),
    lookup('ObjectId', 'Record', OBJECTS, NEEDED),
    entityname('ObjectTypeCode', 'Entity', KEPT),
    choice('Operation', 'Operation', { 1: 'Create', 2: 'Update', 3: 'Delete', 4: 'Access' }, undefined, NEEDED),
    lookup('RegardingObjectId', 'Regarding', [], KEPT),
    guid('TransactionId', 'Transaction Id', NEEDED),
    string('UserAdditionalInfo', 'User Info', 350, KEPT),
    lookup('UserId', 'Changed By', ['externalparty', 'systemuser'], NEEDED),
  ],
  unrelated: ['objectid'],
  relationships: [
    { schemaName: 'lk_audit_userid', to: 'systemuser', column: 'userid', one: 'userid', many: 'lk_audit_userid', cascade: { delete: 'NoCascade' } },
    { schemaName: 'lk_audit_callinguserid', to: 'systemuser', column: 'callinguserid', one: 'callinguserid', many: 'lk_audit_callinguserid', cascade: { delete: 'NoCascade' } },
  ],
}
