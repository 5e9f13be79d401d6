/**
 * The columns that a new table has beside those it was asked for: id, who and when, owner or organization, state, version (webapi.md 4.1).
 * An activity has what all activities have in common, as the activitypointer table does.
 */
import { Label } from './label.ts'
import type { TableRequest } from './schema-edit.ts'
import { activitypointer } from './system-tables/activitypointer.ts'
import { bigint, type ColumnSeed, date, datetime, entityname, guid, integer, lookup, owner, state, status } from './system-tables/seed.ts'

export function primaryIdSchemaName(request: TableRequest): string {
  return request.isActivity ? 'ActivityId' : `${request.schemaName}Id`
}

export function systemColumns(request: TableRequest): readonly ColumnSeed[] {
  const primaryId = guid(primaryIdSchemaName(request), Label.text(request.displayName), { required: 'SystemRequired', update: false })
  return request.isActivity ? [primaryId, ...activityColumns()] : [primaryId, ...whoAndWhen(), ...belonging(request.ownership), ...stateAndVersion()]
}

/** Written once, when rows come from elsewhere. A day on forms, and yet a point in time: `createdon` is set back to it. */
const imported = (): ColumnSeed[] => [
  integer('ImportSequenceNumber', 'Import Sequence Number', undefined, undefined, { update: false }),
  date('OverriddenCreatedOn', 'Record Created On', { update: false }),
]

const ownedBy = (): ColumnSeed[] => [owner({ required: 'SystemRequired' }), entityname('OwnerIdType', '', { required: 'SystemRequired' })]

function whoAndWhen(): ColumnSeed[] {
  const kept = { filledBy: 'server' } as const
  return [
    datetime('CreatedOn', 'Created On', kept),
    lookup('CreatedBy', 'Created By', ['systemuser'], kept),
    datetime('ModifiedOn', 'Modified On', kept),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], kept),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], kept),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], kept),
  ]
}

function belonging(ownership: TableRequest['ownership']): ColumnSeed[] {
  const kept = { filledBy: 'server' } as const
  if (ownership === 'organization') return [lookup('OrganizationId', 'Organization Id', ['organization'], kept)]
  return [
    ...ownedBy(),
    lookup('OwningBusinessUnit', 'Owning Business Unit', ['businessunit'], kept),
    lookup('OwningUser', 'Owning User', ['systemuser'], kept),
    lookup('OwningTeam', 'Owning Team', ['team'], kept),
  ]
}

function stateAndVersion(): ColumnSeed[] {
  return [
    state({ 0: ['Active', 1], 1: ['Inactive', 2] }, { required: 'SystemRequired', create: false }),
    status({ 1: ['Active', 0], 2: ['Inactive', 1] }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
    ...imported(),
    integer('TimeZoneRuleVersionNumber', 'Time Zone Rule Version Number', -1),
    integer('UTCConversionTimeZoneCode', 'UTC Conversion Time Zone Code', -1),
  ]
}

/** The activitypointer is read-only in what is the activity's own to say: its owner. */
function activityColumns(): ColumnSeed[] {
  const shared = activitypointer.columns.filter((seed) => !['ActivityId', 'OwnerId', 'OwnerIdType'].includes(seed.name))
  return [...shared, ...ownedBy(), ...imported()]
}
