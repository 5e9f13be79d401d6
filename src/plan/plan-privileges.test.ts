import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Guid } from '../base/guid.ts'
import { Schema } from '../schema/schema.ts'
import { systemDefinitions } from '../schema/system-tables.ts'
import { planMembers } from './plan-members.ts'
import { planPrivileges, planRemovePrivilege } from './plan-privileges.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import type { RowAddress } from './row-address.ts'

const schema = Schema.of(1, systemDefinitions())
const id = Guid.next()
const rowOf = (name: string): RowAddress => {
  const table = schema.tables.get(name)
  assert.ok(table)
  return { by: 'id', table, id }
}
const [role, team] = [rowOf('role'), rowOf('team')]

test('privileges are named by id and depth; what an answer holds besides may be sent back', () => {
  const RecordFilterId = Guid.empty
  const Privileges = [
    { PrivilegeId: id.toUpperCase(), Depth: 'Deep', BusinessUnitId: id, PrivilegeName: 'prvReadAccount', RecordFilterId, RecordFilterUniqueName: '' },
  ]
  assert.deepEqual(planPrivileges(role, 'add', { Privileges }), { kind: 'change-privileges', row: role, change: 'add', privileges: [{ id, mask: 4 }] })
  assert.deepEqual(planPrivileges(role, 'replace', { Privileges: [] }).privileges, [])
})

test('what names no privilege, or no depth, is refused', () => {
  const bodies: readonly (JsonValue | undefined)[] = [
    undefined,
    {},
    { Privileges: {} },
    { Privileges: ['x'] },
    { Privileges: [{ PrivilegeId: id }] },
    { Privileges: [{ PrivilegeId: id, Depth: 2 }] },
    { Privileges: [{ PrivilegeId: 'x', Depth: 'Deep' }] },
    { Privileges: [{ PrivilegeId: id, Depth: 'Deep', Other: 1 }] },
    { Privileges: [], RoleId: id },
  ]
  for (const body of bodies) assert.throws(() => planPrivileges(role, 'add', body), { name: 'BadRequest' }, JSON.stringify(body))
})

test('a privilege to remove is named by its id, or as a row', () => {
  const plan = { kind: 'change-privileges', row: role, change: 'remove', privileges: [{ id, mask: 0 }] }
  const bodies: readonly JsonValue[] = [{ PrivilegeId: id }, { Privilege: { privilegeid: id } }, { Privilege: { '@odata.id': `privileges(${id})` } }]
  for (const body of bodies) {
    assert.deepEqual(planRemovePrivilege(role, body, schema), plan, JSON.stringify(body))
  }
  assert.throws(() => planRemovePrivilege(role, {}, schema), { name: 'BadRequest' })
})

test('members are users, by their own id or the one they inherit', () => {
  const user = rowOf('systemuser')
  const plan = { kind: 'change-members', row: team, change: 'add', members: [user] }
  const users: readonly JsonValue[] = [
    { systemuserid: id },
    { ownerid: id },
    { '@odata.id': `systemusers(${id})` },
    { '@odata.type': '#Microsoft.Dynamics.CRM.systemuser', systemuserid: id },
  ]
  for (const one of users) {
    assert.deepEqual(planMembers(team, 'AddMembersTeam', { Members: [one] }, schema), plan, JSON.stringify(one))
  }
  const others: readonly JsonValue[] = [{}, { Members: {} }, { Members: [{ '@odata.type': 'Microsoft.Dynamics.CRM.team', teamid: id }] }]
  for (const body of others) assert.throws(() => planMembers(team, 'RemoveMembersTeam', body, schema), { name: 'BadRequest' }, JSON.stringify(body))
})
