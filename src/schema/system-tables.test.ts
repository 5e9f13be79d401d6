import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPolymorphic } from './column.ts'
import type { OneToMany } from './relationship.ts'
import { Schema } from './schema.ts'
import { complaintsAbout } from './schema-soundness.ts'
import { systemDefinitions } from './system-tables.ts'

const schema = Schema.of(1, systemDefinitions())
const tables = [...schema.tables.values()]

test('the standard tables are there', () => {
  const wanted = [
    'account',
    'contact',
    'activitypointer',
    'task',
    'territory',
    'systemuser',
    'usersettings',
    'timezonedefinition',
    'team',
    'businessunit',
    'equipment',
    'role',
    'roletemplate',
    'privilege',
    'principalobjectaccess',
    'fieldsecurityprofile',
    'fieldpermission',
    'organization',
    'transactioncurrency',
    'asyncoperation',
    'audit',
    'bulkdeleteoperation',
    'publisher',
    'solution',
    'sdkmessage',
    'sdkmessagefilter',
    'serviceendpoint',
    'sdkmessageprocessingstep',
    'sdkmessageprocessingstepimage',
    'savedquery',
    'userquery',
    'systemuserroles',
    'teammembership',
    'teamroles',
    'roleprivileges',
    'systemuserprofiles',
    'teamprofiles',
  ]
  assert.deepEqual(tables.map((table) => table.logicalName).sort(), wanted.sort())
})

test('the standard schema is sound: names are unique, relationships stand on lookups, money has its base', () => {
  assert.deepEqual(complaintsAbout(schema), [])
})

test('every navigation property of a definition is found by its name', () => {
  const relationshipAt = (table: string, name: string) => {
    const found = schema.navigations.get(table)?.get(name)
    return found && 'relationship' in found ? found.relationship : undefined
  }
  for (const one of schema.relationships.values()) {
    if (one.kind === 'one-to-many') {
      assert.equal(relationshipAt(one.referencingTable, one.referencingNavigation), one)
      assert.equal(relationshipAt(one.referencedTable, one.referencedNavigation), one)
    } else {
      assert.equal(relationshipAt(one.table1, one.table1Navigation), one)
      assert.equal(relationshipAt(one.table2, one.table2Navigation), one)
    }
  }
})

test('an activity has the navigation properties and the columns that all activities have', () => {
  const regarding = schema.navigations.get('task')?.get('regardingobjectid_account')
  assert.equal(regarding?.kind === 'one' && regarding.column, schema.tables.get('task')?.columns.get('regardingobjectid'))
  for (const name of schema.tables.get('activitypointer')?.columns.keys() ?? []) assert.ok(schema.tables.get('task')?.columns.has(name), name)
})

test('cascades are the words of the metadata', () => {
  const words = new Set(['NoCascade', 'Cascade', 'Active', 'UserOwned', 'RemoveLink', 'Restrict'])
  for (const one of schema.relationships.values()) {
    if (one.kind === 'one-to-many')
      assert.ok(
        Object.values(one.cascade).every((word) => words.has(word)),
        one.schemaName,
      )
  }
})

test('a money column’s base has four decimals and is nobody’s to write', () => {
  const base = schema.tables.get('account')?.columns.get('creditlimit_base')
  assert.ok(base?.type === 'money')
  assert.deepEqual([base.schemaName, base.displayName[1033], base.precision, base.baseOf], ['CreditLimit_Base', 'Credit Limit (Base)', 4, 'creditlimit'])
  assert.deepEqual([base.filledBy, base.isValidForCreate, base.isValidForUpdate], ['computed', false, false])
})

test('a column that the server fills is read-only, one that a client fills is not', () => {
  const account = schema.tables.get('account')
  const flags = (name: string) => [account?.columns.get(name)?.isValidForCreate, account?.columns.get(name)?.isValidForUpdate]
  assert.deepEqual(flags('name'), [true, true])
  assert.deepEqual(flags('accountid'), [true, false])
  assert.deepEqual(flags('createdon'), [false, false])
  assert.deepEqual(flags('statecode'), [false, true])
})

test('every user-owned table has its owner and who owns it now', () => {
  for (const table of tables.filter((one) => one.ownership === 'user')) {
    for (const name of ['ownerid', 'owninguser', 'owningteam', 'owningbusinessunit']) assert.ok(table.columns.has(name), `${table.logicalName}.${name}`)
    assert.equal(schema.navigations.get(table.logicalName)?.get('ownerid')?.kind, 'owner')
  }
})

test('a contact’s parent customer is an account or a contact, each with its own navigation property', () => {
  const column = schema.tables.get('contact')?.columns.get('parentcustomerid')
  assert.ok(column && isPolymorphic(column))
  const navigations = schema.navigations.get('contact')
  assert.equal(navigations?.get('parentcustomerid_account')?.kind, 'one')
  assert.equal(navigations?.get('parentcustomerid_contact')?.kind, 'one')
})

test('an intersect table has its id, two plain guids and a version, and its published entity set name', () => {
  const roles = schema.tables.get('systemuserroles')
  assert.ok(roles?.isIntersect && roles.primaryNameColumn === undefined)
  assert.deepEqual([...roles.columns.keys()], ['systemuserroleid', 'systemuserid', 'roleid', 'versionnumber'])
  assert.equal(roles.entitySetName, 'systemuserrolescollection')
  assert.equal(schema.navigations.get('systemuser')?.get('systemuserroles_association')?.kind, 'many-to-many')
  assert.equal(schema.navigations.get('role')?.get('systemuserroles_association')?.kind, 'many-to-many')
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
