/** A database that an older program has made: the standard tables it lacks, and their first rows, come when the server starts. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { apiOf, createdId, expectStatus } from '../support/api.ts'
import { makeUnit, makeUser, whoAmI } from '../support/make-people.ts'
import { makeTable } from '../support/make-table.ts'
import { servesPostgres } from '../support/postgres/database-of-folder.ts'
import { startServer } from '../support/start-server.ts'

const skip = servesPostgres && 'it takes tables out of SQLite’s file'
const LATER = ['savedquery', 'userquery'] as const
/** In the order in which nothing is dropped that another points at. */
const SECURITY = [
  'roleprivileges',
  'systemuserprofiles',
  'teamprofiles',
  'fieldpermission',
  'fieldsecurityprofile',
  'principalobjectaccess',
  'privilege',
  'roletemplate',
]

test('views come to a database that has none, and what is in it stays', { skip }, async () => {
  const first = await startServer()
  const account = createdId(await apiOf(first.api).post('accounts', { name: 'Litware' }))
  await first.stop()
  changeDatabase(first.data, (database) => takeAway(database, LATER))
  await using second = await startServer({ data: first.data })
  const api = apiOf(second.api)
  assert.equal((await api.get(`accounts(${account})`)).body.name, 'Litware')
  const views = expectStatus(await api.get("savedqueries?$select=name&$filter=name eq 'Active Accounts'"), 200).body.value
  assert.equal(views.length, 1)
  const rows = expectStatus(await api.get(`accounts?savedQuery=${views[0].savedqueryid}`), 200).body.value
  assert.deepEqual(
    rows.map(({ name }: { name: string }) => name),
    ['Litware'],
  )
  assert.deepEqual(expectStatus(await api.get('userqueries'), 200).body.value, [])
})

test('roles and privileges come to a database that has none, its own roles among them, and its units and users get their share', { skip }, async () => {
  const first = await startServer()
  const before = apiOf(first.api)
  const unit = await makeUnit(before, 'North')
  const user = await makeUser(before, 'Ann', { 'businessunitid@odata.bind': `/businessunits(${unit})` })
  const { BusinessUnitId, UserId } = await whoAmI(before)
  const role = createdId(await before.post('roles', { name: 'Seller', 'businessunitid@odata.bind': `/businessunits(${BusinessUnitId})` }))
  await makeTable(before, 'new_Boat', [])
  await first.stop()
  changeDatabase(first.data, (database) => {
    // As it was: nobody was copied, nobody held anything.
    database.exec('delete from systemuserroles; delete from teammembership; delete from roleprivileges')
    database.exec(`update role set parentrootroleid = null, roletemplateid = null; delete from role where roleid <> '${role}'`)
    takeAway(database, SECURITY)
  })
  await using second = await startServer({ data: first.data })
  const api = apiOf(second.api)
  const valuesOf = async (path: string) => expectStatus(await api.get(path), 200).body.value
  const held = await valuesOf(`systemusers(${UserId})/systemuserroles_association?$select=name`)
  assert.deepEqual(held.map(nameOf), ['System Administrator'])
  const copies = await valuesOf(`roles?$select=name,_parentrootroleid_value&$filter=_businessunitid_value eq ${unit}&$orderby=name`)
  assert.deepEqual(copies.map(nameOf), ['Basic User', 'Delegate', 'Seller', 'System Administrator', 'System Customizer'])
  assert.equal(copies[2]._parentrootroleid_value, role)
  assert.deepEqual((await valuesOf("privileges?$select=name&$filter=name eq 'prvReadnew_Boat'")).map(nameOf), ['prvReadnew_Boat'])
  const [team] = await valuesOf(`systemusers(${user})/teammembership_association?$select=_businessunitid_value`)
  assert.equal(team._businessunitid_value, unit)
  expectStatus(await api.patch(`systemusers(${UserId})`, { isdisabled: true }), 400)
})

const nameOf = ({ name }: { readonly name: string }) => name

function changeDatabase(data: string, change: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(data, 'tidemark.db'))
  change(database)
  database.close()
}

function takeAway(database: DatabaseSync, tables: readonly string[]): void {
  for (const table of tables) {
    database.exec(`drop table ${table}`)
    database.exec(`delete from tidemark_definition where kind = 'table' and name = '${table}'`)
    const sides = ['referencingTable', 'referencedTable', 'intersectTable', 'table1', 'table2'].map((side) => `json ->> '${side}'`)
    database.exec(`delete from tidemark_definition where kind = 'relationship' and '${table}' in (${sides.join(', ')})`)
    database.exec(`delete from sdkmessagefilter where primaryobjecttypecode = '${table}'`)
  }
}
