/** The standard tables: what a new organization has before anyone has added a table of their own. */
import type { Definitions } from './schema.ts'
import { account } from './system-tables/account.ts'
import { activitypointer } from './system-tables/activitypointer.ts'
import { asyncoperation } from './system-tables/asyncoperation.ts'
import { audit } from './system-tables/audit.ts'
import { type IntersectSeed, build } from './system-tables/build.ts'
import { bulkdeleteoperation } from './system-tables/bulkdeleteoperation.ts'
import { businessunit } from './system-tables/businessunit.ts'
import { contact } from './system-tables/contact.ts'
import { equipment } from './system-tables/equipment.ts'
import { fieldpermission, fieldsecurityprofile } from './system-tables/fieldsecurityprofile.ts'
import { organization } from './system-tables/organization.ts'
import { principalobjectaccess } from './system-tables/principalobjectaccess.ts'
import { privilege } from './system-tables/privilege.ts'
import { publisher } from './system-tables/publisher.ts'
import { role } from './system-tables/role.ts'
import { roletemplate } from './system-tables/roletemplate.ts'
import { savedquery } from './system-tables/savedquery.ts'
import { sdkmessage, sdkmessagefilter } from './system-tables/sdkmessage.ts'
import { sdkmessageprocessingstep, sdkmessageprocessingstepimage } from './system-tables/sdkmessageprocessingstep.ts'
import type { TableSeed } from './system-tables/seed.ts'
import { serviceendpoint } from './system-tables/serviceendpoint.ts'
import { solution } from './system-tables/solution.ts'
import { systemuser } from './system-tables/systemuser.ts'
import { task } from './system-tables/task.ts'
import { team } from './system-tables/team.ts'
import { territory } from './system-tables/territory.ts'
import { timezonedefinition } from './system-tables/timezonedefinition.ts'
import { transactioncurrency } from './system-tables/transactioncurrency.ts'
import { userquery } from './system-tables/userquery.ts'
import { usersettings } from './system-tables/usersettings.ts'

const SEEDS: readonly TableSeed[] = [
  organization,
  businessunit,
  systemuser,
  usersettings,
  timezonedefinition,
  team,
  roletemplate,
  role,
  privilege,
  principalobjectaccess,
  fieldsecurityprofile,
  fieldpermission,
  equipment,
  transactioncurrency,
  territory,
  account,
  contact,
  activitypointer,
  withActivityColumns(task),
  asyncoperation,
  audit,
  bulkdeleteoperation,
  publisher,
  solution,
  sdkmessage,
  sdkmessagefilter,
  serviceendpoint,
  sdkmessageprocessingstep,
  sdkmessageprocessingstepimage,
  savedquery,
  userquery,
]

const INTERSECTS: { readonly [table: string]: IntersectSeed } = {
  systemuserroles: { schemaName: 'SystemUserRoles', entitySetName: 'systemuserrolescollection', primaryId: 'systemuserroleid', objectTypeCode: 15 },
  teammembership: { schemaName: 'TeamMembership', entitySetName: 'teammemberships', primaryId: 'teammembershipid', objectTypeCode: 23 },
  teamroles: { schemaName: 'TeamRoles', entitySetName: 'teamrolescollection', primaryId: 'teamroleid', objectTypeCode: 40 },
  roleprivileges: { schemaName: 'RolePrivileges', entitySetName: 'roleprivilegescollection', primaryId: 'roleprivilegeid', objectTypeCode: 12 },
  systemuserprofiles: {
    schemaName: 'SystemUserProfiles',
    entitySetName: 'systemuserprofilescollection',
    primaryId: 'systemuserprofileid',
    objectTypeCode: 1202,
  },
  teamprofiles: { schemaName: 'TeamProfiles', entitySetName: 'teamprofilescollection', primaryId: 'teamprofileid', objectTypeCode: 1203 },
}

/** An activity has what all activities share, also where its own page does not list it. */
function withActivityColumns(seed: TableSeed): TableSeed {
  const own = new Set(seed.columns.map((column) => column.name))
  return { ...seed, columns: [...seed.columns, ...activitypointer.columns.filter((column) => !own.has(column.name))] }
}

export function systemDefinitions(): Definitions {
  return { ...build(SEEDS, INTERSECTS), choices: [] }
}
