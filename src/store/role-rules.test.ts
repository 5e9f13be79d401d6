import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Guid } from '../base/guid.ts'
import { FULL_RIGHTS, type Rights } from '../plan/rights.ts'
import { insertBare } from './bare-rows.ts'
import { loadRights } from './load-rights.ts'
import { insertRolePrivilege } from './privilege-rows.ts'
import { refuseEscalation } from './role-rules.ts'
import { privilegeId } from '../schema/privileges.ts'
import { openTestStore } from './test-transaction.ts'
import { startWork } from './write-work.ts'

const store = await openTestStore()
const { tx, moment } = store

/** A user who holds this privilege at this depth, and nothing else. */
async function userWith(privilege: string, mask: number): Promise<Rights> {
  const work = startWork(tx, moment)
  const [user, role] = [Guid.next(), Guid.next()]
  const unit = { table: 'businessunit', id: store.caller.businessUnitId }
  await insertBare('systemuser', { systemuserid: user, businessunitid: unit }, work)
  await insertBare('role', { roleid: role, name: privilege, businessunitid: unit, parentrootroleid: { table: 'role', id: role } }, work)
  await insertRolePrivilege(role, privilegeId(privilege), mask, work)
  await insertBare('systemuserroles', { systemuserroleid: Guid.next(), systemuserid: user, roleid: role }, work)
  return loadRights(user, moment.schema, tx.all)
}

const give = (rights: Rights, privilege: string, mask: number) =>
  refuseEscalation(new Map([[privilege, mask]]), startWork(tx, { ...moment, caller: { ...store.caller, rights } }))

test('nobody gives a privilege that they lack, or deeper than they have it', async () => {
  const rights = await userWith('prvReadAccount', 2)
  await give(rights, 'prvReadAccount', 1)
  await give(rights, 'prvReadAccount', 2)
  await assert.rejects(give(rights, 'prvReadAccount', 4), { name: 'MissingPrivilege', message: /prvReadAccount/ })
  await assert.rejects(give(rights, 'prvReadContact', 1), { name: 'MissingPrivilege', message: /prvReadContact/ })
})

test('the administrator gives everything', () => give(FULL_RIGHTS, 'prvReadContact', 8))

test('who acts for another gives what both have; for an administrator, what they have themselves', async () => {
  const [wide, narrow] = [await userWith('prvWriteAccount', 8), await userWith('prvWriteAccount', 1)]
  const acting = { ...wide, cutBy: narrow }
  await give(acting, 'prvWriteAccount', 1)
  await assert.rejects(give(acting, 'prvWriteAccount', 8), { name: 'MissingPrivilege', message: new RegExp(String(narrow.principals[0])) })
  // The caller is the administrator, and the rights are those of who acts for them.
  await assert.rejects(give(narrow, 'prvWriteAccount', 2), { name: 'MissingPrivilege' })
})
