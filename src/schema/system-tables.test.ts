import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLookup, isPolymorphic, wireName } from './column.ts'
import type { OneToMany } from './relationship.ts'
import { Schema } from './schema.ts'
import { systemDefinitions } from './system-tables.ts'

const schema = Schema.of(1, systemDefinitions())
const tables = [...schema.tables.values()]
const oneToMany = [...schema.relationships.values()].filter((one) => one.kind === 'one-to-many')

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}

test('the standard tables are there', () => {
  const wanted = [
    'account', 'contact', 'activitypointer', 'task', 'territory', 'systemuser', 'team', 'businessunit', 'equipment', 'role', 'organization', 'transactioncurrency',
    'asyncoperation', 'publisher', 'solution', 'sdkmessage', 'sdkmessagefilter', 'systemuserroles', 'teammembership', 'teamroles',
  ]
  assert.deepEqual(tables.map((table) => table.logicalName).sort(), wanted.sort())
})

test('names, entity set names, object type codes and ids of tables are unique', () => {
  for (const property of ['schemaName', 'entitySetName', 'collectionSchemaName', 'objectTypeCode', 'metadataId'] as const) {
    assert.deepEqual(repeated(tables.map((table) => String(table[property]).toLowerCase())), [], property)
  }
})

test('all metadata ids are different', () => {
  const ids = [...tables, ...tables.flatMap((table) => [...table.columns.values()]), ...schema.relationships.values()].map((one) => one.metadataId)
  assert.equal(new Set(ids).size, ids.length)
})

test('every table has its primary id, a guid, and its primary name, a text', () => {
  for (const table of tables) {
    const id = table.columns.get(table.primaryIdColumn)
    assert.ok(id?.type === 'guid' && id.isPrimaryId, table.logicalName)
    if (!table.isIntersect) assert.equal(table.columns.get(table.primaryNameColumn ?? '')?.type, 'string', table.logicalName)
    assert.equal([...table.columns.values()].filter((column) => column.type === 'guid' && column.isPrimaryId).length, 1)
  }
})

test('a column has the lower-cased schema name, and no number or name twice', () => {
  for (const table of tables) {
    const columns = [...table.columns.values()]
    for (const [name, column] of table.columns) assert.deepEqual([name, column.logicalName], [column.schemaName.toLowerCase(), name])
    assert.deepEqual(repeated(columns.map((column) => String(column.columnNumber))), [], table.logicalName)
  }
})

test('no navigation property has the name of a column or of another navigation property', () => {
  for (const table of tables) {
    const properties = new Set([...table.columns.values()].map(wireName))
    const relationships = [...schema.relationships.values()]
    const names = [
      ...(table.columns.get('ownerid')?.type === 'owner' ? ['ownerid'] : []),
      ...oneToMany.filter((one) => one.referencingTable === table.logicalName).map((one) => one.referencingNavigation),
      ...oneToMany.filter((one) => one.referencedTable === table.logicalName).map((one) => one.referencedNavigation),
      ...relationships.flatMap((one) => (one.kind === 'many-to-many' && one.table1 === table.logicalName ? [one.table1Navigation] : [])),
      ...relationships.flatMap((one) => (one.kind === 'many-to-many' && one.table2 === table.logicalName ? [one.table2Navigation] : [])),
    ]
    assert.deepEqual(repeated(names), [], table.logicalName)
    assert.deepEqual(names.filter((name) => properties.has(name)), [], table.logicalName)
  }
})

test('every one-to-many relationship stands on a lookup that may point at its referenced table', () => {
  for (const one of oneToMany) {
    const column = schema.tables.get(one.referencingTable)?.columns.get(one.referencingColumn)
    assert.ok(column && isLookup(column) && column.targets.includes(one.referencedTable), one.schemaName)
    assert.equal(one.referencedColumn, schema.tables.get(one.referencedTable)?.primaryIdColumn, one.schemaName)
  }
})

test('every lookup has exactly one relationship for each of its targets that is here', () => {
  const count = (table: string, column: string, target: string) =>
    oneToMany.filter((one) => one.referencingTable === table && one.referencingColumn === column && one.referencedTable === target).length
  for (const table of tables) {
    for (const column of table.columns.values()) {
      if (!isLookup(column) || column.type === 'owner') continue
      for (const target of column.targets) {
        if (schema.tables.has(target)) assert.equal(count(table.logicalName, column.logicalName, target), 1, `${table.logicalName}.${column.logicalName} → ${target}`)
      }
    }
  }
})

test('cascades are the words of the metadata', () => {
  const words = new Set(['NoCascade', 'Cascade', 'Active', 'UserOwned', 'RemoveLink', 'Restrict'])
  for (const one of oneToMany) assert.ok(Object.values(one.cascade).every((word) => words.has(word)), one.schemaName)
})

test('a money column has its base column beside it, and its table the currency and the rate', () => {
  for (const table of tables) {
    for (const column of table.columns.values()) {
      if (column.type !== 'money' || column.baseOf) continue
      const base = table.columns.get(`${column.logicalName}_base`)
      assert.ok(base?.type === 'money' && base.baseOf === column.logicalName && base.precision === 4 && !base.isValidForUpdate, column.logicalName)
      assert.ok(table.columns.has('transactioncurrencyid') && table.columns.has('exchangerate'), table.logicalName)
    }
  }
})

test('every user-owned table has its owner and who owns it now', () => {
  for (const table of tables.filter((one) => one.ownership === 'user')) {
    for (const name of ['ownerid', 'owninguser', 'owningteam', 'owningbusinessunit']) assert.ok(table.columns.has(name), `${table.logicalName}.${name}`)
    assert.equal(schema.navigations.get(table.logicalName)?.get('ownerid')?.kind, 'owner')
  }
})

test('states and statuses refer to each other', () => {
  for (const table of tables) {
    const state = table.columns.get('statecode')
    const status = table.columns.get('statuscode')
    if (state?.type !== 'state' || status?.type !== 'status') continue
    for (const option of state.options) {
      assert.equal(status.options.find((one) => one.value === option.defaultStatus)?.state, option.value, `${table.logicalName} state ${option.value}`)
    }
    for (const option of status.options) assert.ok(state.options.some((one) => one.value === option.state), `${table.logicalName} status ${option.value}`)
  }
})

test('a contact’s parent customer is an account or a contact, each with its own navigation property', () => {
  const column = schema.tables.get('contact')?.columns.get('parentcustomerid')
  assert.ok(column && isPolymorphic(column))
  const navigations = schema.navigations.get('contact')
  assert.equal(navigations?.get('parentcustomerid_account')?.kind, 'one')
  assert.equal(navigations?.get('parentcustomerid_contact')?.kind, 'one')
})

test('a relationship that the reference puts on a plain column is left out', () => {
  assert.equal(schema.relationships.get('activity_pointer_task'), undefined)
  assert.equal(schema.relationships.get('organization_teams'), undefined)
})

test('the availability of a message can be asked for by its name', () => {
  const navigation = schema.navigations.get('sdkmessagefilter')?.get('sdkmessageid')
  assert.ok(navigation?.kind === 'one' && navigation.target.logicalName === 'sdkmessage')
  assert.equal((schema.relationships.get('sdkmessageid_sdkmessagefilter') as OneToMany).referencedNavigation, 'sdkmessageid_sdkmessagefilter')
})

test('the same definitions come out every time', () => {
  assert.deepEqual([...systemDefinitions().tables], tables)
})
