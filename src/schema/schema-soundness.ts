/**
 * What holds in every schema, whoever made it: the standard tables, or any sequence of edits. Gives what does not hold, in words.
 * Used by tests, and wherever a stored schema is read back.
 */
import { type Column, isLookup, wireName } from './column.ts'
import type { OneToMany, Relationship } from './relationship.ts'
import type { Schema } from './schema.ts'
import type { Table } from './table.ts'

export function complaintsAbout(schema: Schema): string[] {
  const tables = [...schema.tables.values()]
  const relationships = [...schema.relationships.values()]
  const oneToMany = relationships.filter((one) => one.kind === 'one-to-many')
  return [
    ...repeated(
      'table name',
      tables.map((one) => one.schemaName.toLowerCase()),
    ),
    ...repeated(
      'entity set',
      tables.map((one) => one.entitySetName),
    ),
    ...repeated(
      'object type code',
      tables.map((one) => String(one.objectTypeCode)),
    ),
    ...repeated(
      'relationship',
      relationships.map((one) => one.schemaName.toLowerCase()),
    ),
    ...repeated(
      'metadata id',
      [...tables, ...tables.flatMap(partsOf), ...relationships, ...schema.choices.values()].map((one) => one.metadataId),
    ),
    ...[columnComplaints, keyComplaints, moneyComplaints, stateComplaints].flatMap((complaints) => tables.flatMap(complaints)),
    ...tables.flatMap((table) => nameComplaints(table, relationships)),
    ...oneToMany.flatMap((one) => relationshipComplaints(schema, one)),
    ...tables.flatMap((table) => lookupComplaints(schema, table, oneToMany)),
  ]
}

const partsOf = (table: Table) => [...table.columns.values(), ...table.keys]

function repeated(what: string, names: readonly string[]): string[] {
  const seen = new Set<string>()
  const again = new Set(names.filter((name) => seen.has(name) || !seen.add(name)))
  return [...again].map((name) => `the ${what} ${name} is there twice`)
}

function columnComplaints(table: Table): string[] {
  const columns = [...table.columns.values()]
  const id = table.columns.get(table.primaryIdColumn)
  const name = table.primaryNameColumn === undefined ? undefined : table.columns.get(table.primaryNameColumn)
  return [
    ...repeated(
      `column number in ${table.logicalName}`,
      columns.map((one) => String(one.columnNumber)),
    ),
    ...(id?.type === 'guid' && id.isPrimaryId ? [] : [`${table.logicalName} has no primary id`]),
    ...(columns.filter((one) => one.type === 'guid' && one.isPrimaryId).length > 1 ? [`${table.logicalName} has several primary ids`] : []),
    ...(hasFittingName(table, name) ? [] : [`${table.logicalName} has no primary name`]),
    ...[...table.columns]
      .filter(([key, one]) => key !== one.logicalName || key !== one.schemaName.toLowerCase())
      .map(([key]) => `${table.logicalName}.${key} has another name`),
    // The standard asyncoperation has none: the reference shows it without.
    ...(table.columns.has('versionnumber') || !table.isCustom ? [] : [`${table.logicalName} has no version`]),
  ]
}

/** Intersect tables have none; of the others, only those that the reference shows without (`usersettings`). */
function hasFittingName(table: Table, name: Column | undefined): boolean {
  if (table.isIntersect) return name === undefined
  return name === undefined ? table.primaryNameColumn === undefined && !table.isCustom : name.type === 'string'
}

function keyComplaints(table: Table): string[] {
  const lost = (columns: readonly string[]) => columns.filter((name) => !table.columns.has(name))
  return table.keys.flatMap((key) => lost(key.columns).map((name) => `the key ${key.logicalName} needs ${table.logicalName}.${name}`))
}

/** OData: a property and a navigation property of one type may not have the same name. */
function nameComplaints(table: Table, relationships: readonly Relationship[]): string[] {
  const columns = [...table.columns.values()]
  const navigations = relationships
    .flatMap(sides)
    .filter(([owner]) => owner === table.logicalName)
    .map(([, name]) => name)
  const owners = columns.filter((one) => one.type === 'owner').map((one) => one.logicalName)
  return repeated(`member of ${table.logicalName}`, [...columns.map(wireName), ...owners, ...navigations])
}

function sides(one: Relationship): [string, string][] {
  return one.kind === 'one-to-many'
    ? [
        [one.referencingTable, one.referencingNavigation],
        [one.referencedTable, one.referencedNavigation],
      ]
    : [
        [one.table1, one.table1Navigation],
        [one.table2, one.table2Navigation],
      ]
}

function moneyComplaints(table: Table): string[] {
  const columns = [...table.columns.values()]
  return columns.flatMap((column) => {
    if (column.type !== 'money') return []
    const what = `${table.logicalName}.${column.logicalName}`
    if (column.baseOf !== undefined) return table.columns.get(column.baseOf)?.type === 'money' ? [] : [`${what} is the base of nothing`]
    const base = table.columns.get(`${column.logicalName}_base`)
    const hasCurrency = table.columns.has('transactioncurrencyid') && table.columns.has('exchangerate')
    return base?.type === 'money' && base.baseOf === column.logicalName && hasCurrency ? [] : [`${what} lacks its base or its currency`]
  })
}

function stateComplaints(table: Table): string[] {
  const state = table.columns.get('statecode')
  const status = table.columns.get('statuscode')
  if (state?.type !== 'state' || status?.type !== 'status') return []
  return [
    ...state.options
      .filter((one) => status.options.find((other) => other.value === one.defaultStatus)?.state !== one.value)
      .map((one) => `state ${one.value} of ${table.logicalName} has no default status`),
    ...status.options
      .filter((one) => !state.options.some((other) => other.value === one.state))
      .map((one) => `status ${one.value} of ${table.logicalName} has no state`),
  ]
}

function relationshipComplaints(schema: Schema, one: OneToMany): string[] {
  const referenced = schema.tables.get(one.referencedTable)
  const column = schema.tables.get(one.referencingTable)?.columns.get(one.referencingColumn)
  const isSound = referenced?.primaryIdColumn === one.referencedColumn && column && isLookup(column) && column.targets.includes(one.referencedTable)
  return isSound ? [] : [`the relationship ${one.schemaName} stands on no lookup that points at its table`]
}

function lookupComplaints(schema: Schema, table: Table, oneToMany: readonly OneToMany[]): string[] {
  const isUnrelated = (column: Column) => table.logicalName === 'audit' && column.logicalName === 'objectid'
  const lookups = [...table.columns.values()].filter(isLookup).filter((column) => column.type !== 'owner' && !isUnrelated(column))
  return lookups.flatMap((column) =>
    column.targets
      .filter((target) => schema.tables.has(target))
      .flatMap((target) => {
        const onColumn = oneToMany.filter((one) => one.referencingTable === table.logicalName && one.referencingColumn === column.logicalName)
        const count = onColumn.filter((one) => one.referencedTable === target).length
        return count === 1 ? [] : [`${table.logicalName}.${column.logicalName} has ${count} relationships with ${target}`]
      }),
  )
}
