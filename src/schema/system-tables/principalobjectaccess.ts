/**
 * A share: what a user or team may do with one row beyond what roles allow. The server keeps the rows (GrantAccess and its like).
 * Follows the published table reference, page `principalobjectaccess`.
 */
import { bigint, date, entityname, guid, integer, type TableSeed } from './seed.ts'

const INT_MIN = -2147483648
const INT_MAX = 2147483647
const KEPT = { filledBy: 'server' } as const
const NEEDED = { filledBy: 'server', required: 'SystemRequired' } as const

export const principalobjectaccess: TableSeed = {
  schemaName: 'PrincipalObjectAccess',
  displayName: '',
  displayCollectionName: '',
  collectionSchemaName: 'PrincipalObjectAccesses',
  entitySetName: 'principalobjectaccessset',
  ownership: 'none',
  objectTypeCode: 11,
  primaryId: 'principalobjectaccessid',
  columns: [
    integer('AccessRightsMask', '', INT_MIN, INT_MAX, KEPT),
    date('ChangedOn', '', KEPT),
    integer('InheritedAccessRightsMask', '', INT_MIN, INT_MAX, NEEDED),
    guid('ObjectId', '', NEEDED),
    entityname('ObjectTypeCode', '', NEEDED),
    guid('PrincipalId', '', NEEDED),
    guid('PrincipalObjectAccessId', '', NEEDED),
    entityname('PrincipalTypeCode', '', KEPT),
    integer('TimeZoneRuleVersionNumber', '', -1, INT_MAX, KEPT),
    integer('UTCConversionTimeZoneCode', '', -1, INT_MAX, KEPT),
    bigint('VersionNumber', '', KEPT),
  ],
  relationships: [],
}
