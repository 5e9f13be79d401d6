/**
 * A privilege: one thing that a security role can allow, such as reading accounts (`prvReadAccount`), and the depths at which it can. The
 * server keeps the rows: they follow the tables there are. Follows the published table references, pages `privilege` and `roleprivileges`.
 */
import { bigint, boolean, choice, date, guid, integer, string, type ColumnSeed, type TableSeed } from './seed.ts'

const COMPONENT_STATES = { 0: 'Published', 1: 'Unpublished', 2: 'Deleted', 3: 'Deleted Unpublished' }
const KEPT = { filledBy: 'server' } as const
const NEEDED = { filledBy: 'server', required: 'SystemRequired' } as const

/** Of a pair of a role and a privilege, beside their ids: how far the role lets the privilege reach. */
const ROLE_PRIVILEGE_COLUMNS: readonly ColumnSeed[] = [
  boolean('CanBeDeleted', 'Can Be Deleted', 'False', 'True', true, NEEDED),
  integer('PrivilegeDepthMask', '', -2147483648, 2147483647, NEEDED),
  guid('RecordFilterId', 'Record Filter', KEPT),
  choice('ComponentState', 'Component State', COMPONENT_STATES, 0, NEEDED),
  boolean('IsManaged', '', 'Unmanaged', 'Managed', false, NEEDED),
  date('OverwriteTime', 'Record Overwrite Time', NEEDED),
  guid('RolePrivilegeIdUnique', '', NEEDED),
  guid('SolutionId', 'Solution', NEEDED),
]

export const privilege: TableSeed = {
  schemaName: 'Privilege',
  displayName: 'Privilege',
  displayCollectionName: 'Privileges',
  collectionSchemaName: 'Privileges',
  entitySetName: 'privileges',
  ownership: 'none',
  objectTypeCode: 1023,
  primaryId: 'privilegeid',
  primaryName: 'name',
  columns: [
    integer('AccessRight', '', -2147483648, 2147483647, KEPT),
    boolean('CanBeBasic', '', 'No', 'Yes', false, KEPT),
    boolean('CanBeDeep', '', 'No', 'Yes', false, KEPT),
    boolean('CanBeEntityReference', '', 'No', 'Yes', false, KEPT),
    boolean('CanBeGlobal', '', 'No', 'Yes', false, KEPT),
    boolean('CanBeLocal', '', 'No', 'Yes', false, KEPT),
    boolean('CanBeParentEntityReference', '', 'No', 'Yes', false, KEPT),
    string('IntroducedVersion', 'Introduced Version', 48, { ...KEPT, format: 'VersionNumber' }),
    string('Name', '', 256, KEPT),
    guid('PrivilegeId', '', NEEDED),
    guid('PrivilegeRowId', 'App Module Unique Id', NEEDED),

    choice('ComponentState', 'Component State', COMPONENT_STATES, 0, NEEDED),
    boolean('IsManaged', 'State', 'Unmanaged', 'Managed', false, NEEDED),
    date('OverwriteTime', 'Record Overwrite Time', NEEDED),
    guid('SolutionId', 'Solution', NEEDED),
    bigint('VersionNumber', '', KEPT),
  ],
  relationships: [],
  manyToMany: [
    {
      schemaName: 'roleprivileges_association',
      intersect: 'roleprivileges',
      table1: 'privilege',
      column1: 'privilegeid',
      navigation1: 'roleprivileges_association',
      table2: 'role',
      column2: 'roleid',
      navigation2: 'roleprivileges_association',
      columns: ROLE_PRIVILEGE_COLUMNS,
    },
  ],
}
