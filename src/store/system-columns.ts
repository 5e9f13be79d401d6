/**
 * Columns that the server keeps on every row: who made and changed it and when, its organization, its defaults.
 * `overriddencreatedon` back-dates: the row's `createdon` is the given date, and `overriddencreatedon` keeps the real moment.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Value } from '../plan/value.ts'
import { type Column, isLookup } from '../schema/column.ts'
import { standsBesideLookup } from '../schema/entity-name.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { perTable } from './per-table.ts'
import type { Values } from './resolve-lookups.ts'
import type { Moment } from './write-work.ts'

type SystemColumns = {
  readonly createdOn: Column | undefined
  readonly createdBy: Column | undefined
  readonly modifiedOn: Column | undefined
  readonly modifiedBy: Column | undefined
  /** Who wrote it for the one it is said to be by. */
  readonly createdOnBehalfBy: Column | undefined
  readonly modifiedOnBehalfBy: Column | undefined
  readonly overridden: Column | undefined
  readonly organization: Column | undefined
  readonly activityType: Column | undefined
  /** Booleans and choices with a default, those of the server's own columns included. */
  readonly defaults: readonly (readonly [Column, Value])[]
}

const systemColumns = perTable((table): SystemColumns => {
  const { columns } = table
  const organization = columns.get('organizationid')
  return {
    createdOn: columns.get('createdon'),
    createdBy: columns.get('createdby'),
    modifiedOn: columns.get('modifiedon'),
    modifiedBy: columns.get('modifiedby'),
    createdOnBehalfBy: columns.get('createdonbehalfby'),
    modifiedOnBehalfBy: columns.get('modifiedonbehalfby'),
    overridden: columns.get('overriddencreatedon'),
    organization: table.primaryIdColumn === 'organizationid' ? undefined : organization,
    activityType: table.isActivity ? columns.get('activitytypecode') : undefined,
    defaults: [...columns.values()].flatMap((column): (readonly [Column, Value])[] => {
      const value = defaultOf(column)
      return value === undefined ? [] : [[column, value]]
    }),
  }
})

function defaultOf(column: Column): Value | undefined {
  if (column.type === 'boolean' || column.type === 'choice') return column.defaultValue
  // A user's licence type has no option list to take a default from; the original gives -1, none.
  return column.type === 'integer' && column.logicalName === 'userlicensetype' ? -1 : undefined
}

/** Where the body says nothing; an explicit null stays null. */
export function fillDefaults(table: Table, values: Values): void {
  for (const [column, value] of systemColumns(table).defaults) {
    if (!values.has(column)) values.set(column, value)
  }
}

export function stampCreated(table: Table, values: Values, moment: Moment): void {
  const { createdOn, createdBy, modifiedOn, modifiedBy, createdOnBehalfBy, overridden, organization, activityType } = systemColumns(table)
  const user = { table: 'systemuser', id: moment.caller.userId }
  const backDated = overridden && values.get(overridden)
  if (createdOn) values.set(createdOn, typeof backDated === 'string' ? asMoment(createdOn, backDated) : moment.now)
  if (overridden && typeof backDated === 'string') values.set(overridden, asMoment(overridden, moment.now))
  if (createdBy) values.set(createdBy, user)
  if (modifiedOn) values.set(modifiedOn, moment.now)
  if (modifiedBy) values.set(modifiedBy, user)
  if (moment.caller.onBehalfBy) stampDelegate(createdOnBehalfBy, values, moment)
  if (organization) values.set(organization, organizationValue(organization, moment.caller.organizationId))
  if (activityType) values.set(activityType, table.logicalName)
}

export function stampModified(table: Table, values: Values, moment: Moment): void {
  const { modifiedOn, modifiedBy, modifiedOnBehalfBy } = systemColumns(table)
  if (modifiedOn) values.set(modifiedOn, moment.now)
  if (modifiedBy) values.set(modifiedBy, { table: 'systemuser', id: moment.caller.userId })
  stampDelegate(modifiedOnBehalfBy, values, moment)
}

/** Null again where the next write is nobody's delegate's. */
function stampDelegate(column: Column | undefined, values: Values, { caller }: Moment): void {
  if (column) values.set(column, caller.onBehalfBy ? { table: 'systemuser', id: caller.onBehalfBy } : null)
}

/** A date alone is midnight UTC; where only the date is kept, the time falls away. */
function asMoment(column: Column, text: string): string {
  if (column.type === 'datetime' && column.behavior === 'DateOnly') return text.slice(0, 10)
  return text.length === 10 ? `${text}T00:00:00Z` : text
}

/** A lookup on some tables, a plain guid on others. */
function organizationValue(column: Column, id: Guid): Value {
  return isLookup(column) ? { table: 'organization', id } : id
}

/** What only a client can give. */
const requiredOf = perTable((table) => [...table.columns.values()].filter((column) => isClientRequired(table, column)))

function isClientRequired(table: Table, column: Column): boolean {
  if (column.requiredLevel !== 'SystemRequired' || column.filledBy !== 'client' || !column.isValidForCreate) return false
  return !(column.type === 'entityname' && standsBesideLookup(table, column)) && column.logicalName !== table.primaryIdColumn
}

/**
 * Only `SystemRequired` counts: the API of the original does not enforce what applications require.
 * A lookup to a table that this server does not have cannot be given, so it is not asked for.
 */
export function refuseMissing(table: Table, values: Values, schema: Schema): void {
  for (const column of requiredOf(table)) {
    if ((values.get(column) ?? null) !== null) continue
    if (isLookup(column) && !column.targets.some((target) => schema.tables.has(target))) continue
    if (table.ownership === 'business' && column.logicalName === 'businessunitid') throw fail('MissingBusinessUnit')
    throw fail('MissingRequiredColumn', column.logicalName)
  }
}
