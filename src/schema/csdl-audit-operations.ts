/** The functions and actions about what has happened to rows, with their values. */
import type { TypeDeclaration } from './csdl-notation.ts'
import type { BoundOperation, Operation } from './csdl-operations.ts'

export const AUDIT_OPERATIONS: readonly Operation[] = [
  { kind: 'action', name: 'DeleteAuditData', parameters: { 'Edm.DateTimeOffset': 'EndDate' }, returns: 'DeleteAuditDataResponse' },
  { kind: 'action', name: 'DeleteRecordChangeHistory', parameters: { crmbaseentity: 'Target' }, returns: 'DeleteRecordChangeHistoryResponse' },
  {
    kind: 'function',
    name: 'RetrieveAttributeChangeHistory',
    parameters: { crmbaseentity: 'Target', 'Edm.String': 'AttributeLogicalName' },
    optional: { PagingInfo: 'PagingInfo' },
    returns: 'RetrieveAttributeChangeHistoryResponse',
  },
  {
    kind: 'function',
    name: 'RetrieveRecordChangeHistory',
    parameters: { crmbaseentity: 'Target' },
    optional: { PagingInfo: 'PagingInfo' },
    returns: 'RetrieveRecordChangeHistoryResponse',
  },
]

export const AUDIT_BOUND_OPERATIONS: readonly BoundOperation[] = [
  { kind: 'function', name: 'RetrieveAuditDetails', boundTo: ['audit'], returns: 'RetrieveAuditDetailsResponse' },
]

export const AUDIT_TYPES: readonly TypeDeclaration[] = [
  { kind: 'complex', name: 'AuditDetail', properties: {} },
  {
    kind: 'complex',
    name: 'DeletedAttributesCollection',
    properties: { 'Edm.Int32': 'Count', 'Collection(Edm.Int32)': 'Keys', 'Collection(Edm.String)': 'Values' },
  },
  {
    kind: 'complex',
    name: 'AttributeAuditDetail',
    base: 'AuditDetail',
    properties: {
      'Collection(Edm.String)': 'InvalidNewValueAttributes',
      'Edm.Int32': 'LocLabelLanguageCode',
      DeletedAttributesCollection: 'DeletedAttributes',
    },
    links: { crmbaseentity: 'OldValue NewValue' },
  },
  // Its `TargetRecords` are rows of any table: generated clients have no collection of what has no key, so they are not declared.
  { kind: 'complex', name: 'RelationshipAuditDetail', base: 'AuditDetail', properties: { 'Edm.String': 'RelationshipName' } },
  {
    kind: 'complex',
    name: 'ShareAuditDetail',
    base: 'AuditDetail',
    properties: { AccessRights: 'OldPrivileges NewPrivileges' },
    links: { principal: 'Principal' },
  },
  {
    kind: 'complex',
    name: 'RolePrivilegeAuditDetail',
    base: 'AuditDetail',
    properties: { 'Collection(RolePrivilege)': 'OldRolePrivileges NewRolePrivileges', 'Collection(Edm.Guid)': 'InvalidNewPrivileges' },
  },
  {
    kind: 'complex',
    name: 'AuditDetailCollection',
    properties: { 'Edm.Boolean': 'MoreRecords', 'Edm.String': 'PagingCookie', 'Edm.Int32': 'TotalRecordCount', 'Collection(AuditDetail)': 'AuditDetails' },
  },
  { kind: 'complex', name: 'RetrieveRecordChangeHistoryResponse', properties: { AuditDetailCollection: 'AuditDetailCollection' } },
  { kind: 'complex', name: 'RetrieveAttributeChangeHistoryResponse', properties: { AuditDetailCollection: 'AuditDetailCollection' } },
  { kind: 'complex', name: 'RetrieveAuditDetailsResponse', properties: { AuditDetail: 'AuditDetail' } },
  { kind: 'complex', name: 'DeleteAuditDataResponse', properties: { 'Edm.Int32': 'PartitionsDeleted' } },
  { kind: 'complex', name: 'DeleteRecordChangeHistoryResponse', properties: { 'Edm.Int32': 'DeletedEntriesCount' } },
]
