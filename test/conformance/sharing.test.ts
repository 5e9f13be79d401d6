/** Rows shared with users and teams (webapi.md 11): GrantAccess, ModifyAccess, RevokeAccess, and who has what on a row. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeTeam, makeUnit, makeUser, whoAmI } from '../support/make-people.ts'
import { giveRole, grant, joinTeam, modify, principalBody, revoke, standardRole, targetBody } from '../support/make-roles.ts'
import { type MadeTable, makeLookup, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let unit: string
/** Basic users of one unit: each sees their own accounts and contacts. */
let [ann, bob, eve] = ['', '', '']

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  unit = await makeUnit(api, 'Sales')
  ann = await basicUser('Ann')
  bob = await basicUser('Bob')
  eve = await basicUser('Eve')
})
after(() => server[Symbol.asyncDispose]())

async function basicUser(name: string): Promise<string> {
  const user = await makeUser(api, name, { 'businessunitid@odata.bind': `/businessunits(${unit})` })
  await giveRole(api, `systemusers(${user})`, await standardRole(api, unit, 'Basic User'))
  return user
}

const as = (user: string): Api => actingAs(api, user)
const account = (id: string) => ({ table: 'account', idColumn: 'accountid', id })
const user = (id: string) => ({ table: 'systemuser', id }) as const
const makeAccount = async (owner: string, body: object = {}): Promise<string> =>
  createdId(await api.post('accounts', { name: 'Litware', 'ownerid@odata.bind': `/systemusers(${owner})`, ...body }))
const makeContact = async (owner: string, parent: string, body: object = {}): Promise<string> =>
  createdId(
    await api.post('contacts', {
      lastname: 'Smith',
      'ownerid@odata.bind': `/systemusers(${owner})`,
      'parentcustomerid_account@odata.bind': `/accounts(${parent})`,
      ...body,
    }),
  )

async function accessOf(principal: `systemusers(${string})` | `teams(${string})`, row: string): Promise<string> {
  const path = `${principal}/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@p1)?@p1={'@odata.id':'${row}'}`
  return expectStatus(await api.get(path), 200).body.AccessRights
}

/** `[[mask, principal's id], …]` */
async function sharesOf(row: string, caller = api): Promise<readonly (readonly [string, string])[]> {
  const { PrincipalAccesses } = expectStatus(await caller.get(`RetrieveSharedPrincipalsAndAccess(Target=@p1)?@p1={"@odata.id":"${row}"}`), 200).body
  return PrincipalAccesses.map(({ AccessMask, Principal }: { AccessMask: string; Principal: { ownerid: string } }) => [AccessMask, Principal.ownerid])
}

describe('a share', () => {
  test('gives what its mask says, and no more', async () => {
    const id = await makeAccount(ann)
    expectStatus(await as(bob).get(`accounts(${id})`), 403)
    expectStatus(await grant(as(ann), account(id), user(bob), 'ReadAccess'), 204)
    expectStatus(await as(bob).get(`accounts(${id})`), 200)
    assert.equal((await as(bob).get(`accounts?$filter=accountid eq ${id}`)).body.value.length, 1)
    expectRefusal(await as(bob).patch(`accounts(${id})`, { name: 'X' }), 403, '0x80040220', /prvWriteAccount/)
    expectRefusal(await as(bob).delete(`accounts(${id})`), 403, '0x80040220', /prvDeleteAccount/)
    expectStatus(await as(eve).get(`accounts(${id})`), 403)
  })

  test('is added to by a second grant, said anew by ModifyAccess, and ended by RevokeAccess', async () => {
    const id = await makeAccount(ann)
    await grant(api, account(id), user(bob), 'ReadAccess')
    await grant(api, account(id), user(bob), 'WriteAccess')
    assert.deepEqual(await sharesOf(`accounts(${id})`), [['ReadAccess, WriteAccess', bob]])
    expectStatus(await modify(api, account(id), user(bob), 'ReadAccess, DeleteAccess'), 204)
    assert.deepEqual(await sharesOf(`accounts(${id})`), [['ReadAccess, DeleteAccess', bob]])
    expectStatus(await revoke(api, account(id), user(bob)), 204)
    assert.deepEqual(await sharesOf(`accounts(${id})`), [])
    expectStatus(await as(bob).get(`accounts(${id})`), 403)
    expectStatus(await revoke(api, account(id), user(bob)), 204)
  })

  test('of nothing is none', async () => {
    const id = await makeAccount(ann)
    expectStatus(await grant(api, account(id), user(bob), 'None'), 204)
    assert.deepEqual(await sharesOf(`accounts(${id})`), [])
    await grant(api, account(id), user(bob), 'ReadAccess')
    expectStatus(await modify(api, account(id), user(bob), 'None'), 204)
    assert.deepEqual((await api.get(`principalobjectaccessset?$filter=objectid eq ${id}`)).body.value, [])
  })

  test('with a team is with its members, those of an access team too, and adds to their own', async () => {
    const id = await makeAccount(ann)
    const team = createdId(await api.post('teams', { name: 'Helpers', teamtype: 1, 'businessunitid@odata.bind': `/businessunits(${unit})` }))
    await joinTeam(api, team, bob)
    expectStatus(await grant(as(ann), account(id), { table: 'team', id: team }, 'ReadAccess'), 204)
    expectStatus(await as(bob).get(`accounts(${id})`), 200)
    await grant(as(ann), account(id), user(bob), 'WriteAccess')
    assert.equal(await accessOf(`systemusers(${bob})`, `accounts(${id})`), 'ReadAccess, WriteAccess')
    expectStatus(await api.delete(`teams(${team})/teammembership_association(${bob})/$ref`), 204)
    assert.equal(await accessOf(`systemusers(${bob})`, `accounts(${id})`), 'WriteAccess')
  })

  test('of an activity is one of its pointer, by whichever it is given', async () => {
    const make = async () => createdId(await api.post('tasks', { subject: 'Call', 'ownerid@odata.bind': `/systemusers(${ann})` }))
    const [one, other] = [await make(), await make()]
    expectStatus(await grant(as(ann), { table: 'task', idColumn: 'activityid', id: one }, user(bob), 'ReadAccess'), 204)
    expectStatus(await grant(as(ann), { table: 'activitypointer', idColumn: 'activityid', id: other }, user(bob), 'ReadAccess'), 204)
    for (const set of ['tasks', 'activitypointers']) {
      const { value } = expectStatus(await as(bob).get(`${set}?$select=activityid`), 200).body
      assert.deepEqual(new Set(value.map(({ activityid }: { activityid: string }) => activityid)), new Set([one, other]), set)
    }
  })

  test('is of one row, whatever other row has the same id', async () => {
    const make = async () => createdId(await api.post('tasks', { subject: 'Secret', 'ownerid@odata.bind': `/systemusers(${ann})` }))
    const [known, hidden] = [await make(), await make()]
    expectStatus(await grant(as(ann), { table: 'task', idColumn: 'activityid', id: known }, user(bob), 'ReadAccess'), 204)
    for (const id of [known, hidden]) {
      expectStatus(await as(eve).post('accounts', { accountid: id, name: 'Twin' }), 204)
      expectStatus(await grant(as(eve), account(id), user(bob), 'ReadAccess,DeleteAccess'), 204)
    }
    const expectUntouched = async () => {
      assert.equal(await accessOf(`systemusers(${bob})`, `tasks(${known})`), 'ReadAccess')
      for (const set of ['tasks', 'activitypointers']) {
        expectRefusal(await as(bob).get(`${set}(${hidden})`), 403, '0x80040220')
        expectStatus(await as(bob).get(`${set}(${known})`), 200)
      }
    }
    await expectUntouched()
    assert.deepEqual(await sharesOf(`accounts(${known})`), await sharesOf(`accounts(${hidden})`))
    expectStatus(await revoke(as(eve), account(known), user(bob)), 204)
    await expectUntouched()
    expectStatus(await as(eve).delete(`accounts(${known})`), 204)
    await expectUntouched()
  })

  test('is of no use to who lacks the privilege', async () => {
    const id = await makeAccount(ann)
    const stranger = await makeUser(api, 'Stranger', { 'businessunitid@odata.bind': `/businessunits(${unit})` })
    expectStatus(await grant(api, account(id), user(stranger), 'ReadAccess'), 204)
    expectRefusal(await as(stranger).get(`accounts(${id})`), 403, '0x80040220', /prvReadAccount/)
    assert.equal(await accessOf(`systemusers(${stranger})`, `accounts(${id})`), 'None')
  })

  test('does not change the row', async () => {
    const id = await makeAccount(ann)
    const before = (await api.get(`accounts(${id})`)).text
    await grant(api, account(id), user(bob), 'ReadAccess')
    assert.equal((await api.get(`accounts(${id})`)).text, before)
  })

  test('goes with the row, and with the user', async () => {
    const id = await makeAccount(ann)
    const other = await makeAccount(ann)
    const leaver = await basicUser('Leaver')
    for (const row of [id, other]) await grant(api, account(row), user(leaver), 'ReadAccess')
    const count = async (row: string) => (await api.get(`principalobjectaccessset?$filter=objectid eq ${row}`)).body.value.length
    assert.deepEqual([await count(id), await count(other)], [1, 1])
    expectStatus(await api.delete(`accounts(${id})`), 204)
    assert.deepEqual([await count(id), await count(other)], [0, 1])
    const team = await makeTeam(api, 'Short-lived', unit)
    await grant(api, account(other), { table: 'team', id: team }, 'ReadAccess')
    expectStatus(await api.delete(`teams(${team})`), 204)
    assert.deepEqual(await sharesOf(`accounts(${other})`), [['ReadAccess', leaver]])
  })

  test('is shown to those it is for, and to administrators, and to nobody else', async () => {
    const id = await makeAccount(ann)
    await grant(api, account(id), user(bob), 'ReadAccess')
    const seen = async (caller: Api) => (await caller.get(`principalobjectaccessset?$filter=objectid eq ${id}`)).body.value.length
    assert.deepEqual([await seen(api), await seen(as(bob)), await seen(as(eve))], [1, 1, 0])
    expectStatus(await api.post('principalobjectaccessset', { objectid: id }), 400)
  })
})

describe('who shares', () => {
  test('needs the Share right on the row', async () => {
    const id = await makeAccount(ann)
    expectRefusal(await grant(as(bob), account(id), user(eve), 'ReadAccess'), 403, '0x80040220', /prvShareAccount/)
    await grant(api, account(id), user(bob), 'ReadAccess')
    expectRefusal(await grant(as(bob), account(id), user(eve), 'ReadAccess'), 403, '0x80040220', /prvShareAccount/)
    await grant(api, account(id), user(bob), 'ShareAccess')
    expectStatus(await grant(as(bob), account(id), user(eve), 'ReadAccess'), 204)
    expectStatus(await revoke(as(bob), account(id), user(eve)), 204)
  })

  test('gives no right that they do not have on the row', async () => {
    const id = await makeAccount(ann)
    await grant(api, account(id), user(bob), 'ReadAccess,ShareAccess')
    expectRefusal(await grant(as(bob), account(id), user(eve), 'ReadAccess,WriteAccess'), 403, '0x80040220', /prvWriteAccount/)
    expectRefusal(await modify(as(bob), account(id), user(eve), 'AssignAccess'), 403, '0x80040220', /prvAssignAccount/)
    assert.deepEqual(await sharesOf(`accounts(${id})`), [['ReadAccess, ShareAccess', bob]])
  })

  test('cannot share with the owner, nor a row that nobody owns, nor with what is no principal', async () => {
    const id = await makeAccount(ann)
    expectRefusal(await grant(api, account(id), user(ann), 'ReadAccess'), 400, '0x80040214')
    const { value } = (await api.get('transactioncurrencies?$select=transactioncurrencyid')).body
    const currency = { table: 'transactioncurrency', idColumn: 'transactioncurrencyid', id: value[0].transactioncurrencyid }
    expectRefusal(await grant(api, currency, user(bob), 'ReadAccess'), 400, '0x80040800', /GrantAccess.*transactioncurrency/)
    const other = { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: id }
    const body = { Target: targetBody(account(id)), PrincipalAccess: { AccessMask: 'ReadAccess', Principal: other } }
    expectRefusal(await api.post('GrantAccess', body), 400, '0x80060888', /account/)
  })

  test('names the rights, the row and the principal, each of which has to be there', async () => {
    const id = await makeAccount(ann)
    const nobody = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'
    expectRefusal(await grant(api, account(nobody), user(bob), 'ReadAccess'), 404, '0x80040217')
    expectRefusal(await grant(api, account(id), user(nobody), 'ReadAccess'), 404, '0x80040217')
    expectRefusal(await grant(api, account(id), user(bob), 'EverythingAccess'), 400, '0x8006088a', /EverythingAccess/)
    expectRefusal(await api.post('GrantAccess', { Target: targetBody(account(id)) }), 400, '0x8006088a', /PrincipalAccess/)
    expectRefusal(await api.post('RevokeAccess', { Target: targetBody(account(id)) }), 400, '0x8006088a', /Revokee/)
    expectRefusal(
      await api.post('RevokeAccess', { Target: targetBody(account(id)), Revokee: principalBody(user(bob)), Force: true }),
      400,
      '0x8006088a',
      /Force/,
    )
    assert.deepEqual(await sharesOf(`accounts(${id})`), [])
  })

  test('may name a principal by the id that users and teams inherit', async () => {
    const id = await makeAccount(ann)
    const Principal = { '@odata.type': 'Microsoft.Dynamics.CRM.systemuser', ownerid: bob }
    expectStatus(await api.post('GrantAccess', { Target: targetBody(account(id)), PrincipalAccess: { AccessMask: 'ReadAccess', Principal } }), 204)
    assert.deepEqual(await sharesOf(`accounts(${id})`), [['ReadAccess', bob]])
  })
})

describe('RetrievePrincipalAccess', () => {
  const EVERYTHING = 'ReadAccess, WriteAccess, AppendAccess, AppendToAccess, CreateAccess, DeleteAccess, ShareAccess, AssignAccess'

  test('tells what a user may do with a row: the owner, another, an administrator', async () => {
    const id = await makeAccount(ann)
    assert.equal(await accessOf(`systemusers(${ann})`, `accounts(${id})`), EVERYTHING)
    assert.equal(await accessOf(`systemusers(${bob})`, `accounts(${id})`), 'None')
    assert.equal(await accessOf(`systemusers(${(await whoAmI(api)).UserId})`, `accounts(${id})`), EVERYTHING)
  })

  test('tells what a team may do by itself', async () => {
    const id = await makeAccount(ann)
    const team = await makeTeam(api, 'Owners', unit)
    await joinTeam(api, team, ann)
    assert.equal(await accessOf(`teams(${team})`, `accounts(${id})`), 'None')
    await giveRole(api, `teams(${team})`, await standardRole(api, unit, 'Basic User'))
    assert.equal(await accessOf(`teams(${team})`, `accounts(${id})`), 'None')
    await grant(api, account(id), { table: 'team', id: team }, 'ReadAccess')
    assert.equal(await accessOf(`teams(${team})`, `accounts(${id})`), 'ReadAccess')
    expectStatus(await api.patch(`accounts(${id})`, { 'ownerid@odata.bind': `/teams(${team})` }), 204)
    assert.equal(await accessOf(`teams(${team})`, `accounts(${id})`), EVERYTHING)
  })

  test('answers whoever may read the row, and of the organization that nothing is shared with it', async () => {
    const id = await makeAccount(ann)
    const path = (set: string) => `${set}/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@p1)?@p1={'@odata.id':'accounts(${id})'}`
    expectRefusal(await as(bob).get(path(`systemusers(${ann})`)), 403, '0x80040220', /prvReadAccount/)
    assert.equal((await as(ann).get(path(`systemusers(${bob})`))).body.AccessRights, 'None')
    const { OrganizationId } = await whoAmI(api)
    assert.equal((await api.get(path(`organizations(${OrganizationId})`))).body.AccessRights, 'None')
    expectRefusal(await api.get(path(`systemusers(${id})`)), 404, '0x80040217')
    expectRefusal(await api.get(path(`accounts(${id})`)), 404, '0x8006088a')
  })

  test('says nothing is allowed to a disabled user', async () => {
    const leaver = await basicUser('Retired')
    const id = await makeAccount(leaver)
    expectStatus(await api.patch(`systemusers(${leaver})`, { isdisabled: true }), 204)
    assert.equal(await accessOf(`systemusers(${leaver})`, `accounts(${id})`), 'None')
  })
})

describe('shares pass on', () => {
  test('to what hangs on the row, and are taken back from there, but not what was given there', async () => {
    const parent = await makeAccount(ann)
    const child = await makeContact(ann, parent)
    const contact = { table: 'contact', idColumn: 'contactid', id: child }
    await grant(api, account(parent), user(bob), 'ReadAccess')
    assert.equal(await accessOf(`systemusers(${bob})`, `contacts(${child})`), 'ReadAccess')
    expectStatus(await as(bob).get(`contacts(${child})`), 200)
    await grant(api, contact, user(bob), 'WriteAccess')
    await modify(api, account(parent), user(bob), 'ReadAccess,DeleteAccess')
    assert.deepEqual(await sharesOf(`contacts(${child})`), [['ReadAccess, WriteAccess, DeleteAccess', bob]])
    await revoke(api, account(parent), user(bob))
    assert.deepEqual(await sharesOf(`contacts(${child})`), [['WriteAccess', bob]])
  })

  test('to rows below those, at any depth, and a ring ends them', async () => {
    const tree = await makeTable(api, 'new_Tree')
    await makeLookup(api, { from: tree.name, to: tree.name, SchemaName: 'new_UpId', cascade: { Share: 'Cascade', Unshare: 'Cascade', Reparent: 'Cascade' } })
    const make = async (up?: string) => createdId(await api.post(tree.set, up ? { 'new_UpId@odata.bind': `/${tree.set}(${up})` } : {}))
    const root = await make()
    const ids = [root]
    for (let depth = 0; depth < 5; depth++) ids.push(await make(ids.at(-1)))
    const target = { table: tree.name, idColumn: tree.id, id: root }
    expectStatus(await grant(api, target, user(bob), 'ReadAccess'), 204)
    for (const id of ids) assert.deepEqual(await sharesOf(`${tree.set}(${id})`), [['ReadAccess', bob]])
    expectStatus(await revoke(api, target, user(bob)), 204)
    for (const id of ids) assert.deepEqual(await sharesOf(`${tree.set}(${id})`), [])
    const [a, b] = [await make(), await make()]
    for (const [one, other] of [
      [a, b],
      [b, a],
    ])
      expectStatus(await api.patch(`${tree.set}(${one})`, { 'new_UpId@odata.bind': `/${tree.set}(${other})` }), 204)
    expectStatus(await grant(api, { ...target, id: a as string }, user(bob), 'ReadAccess'), 204)
    assert.deepEqual(await sharesOf(`${tree.set}(${b})`), [['ReadAccess', bob]])
  })

  test('to rows that come to hang on it, and from rows that leave it', async () => {
    const [one, other] = [await makeAccount(ann), await makeAccount(ann)]
    await grant(api, account(one), user(bob), 'ReadAccess')
    await grant(api, account(other), user(eve), 'WriteAccess')
    const child = await makeContact(ann, one)
    assert.deepEqual(await sharesOf(`contacts(${child})`), [['ReadAccess', bob]])
    expectStatus(await api.patch(`contacts(${child})`, { 'parentcustomerid_account@odata.bind': `/accounts(${other})` }), 204)
    assert.deepEqual(await sharesOf(`contacts(${child})`), [['WriteAccess', eve]])
    expectStatus(await api.patch(`contacts(${child})`, { parentcustomerid_account: null }), 204)
    assert.deepEqual(await sharesOf(`contacts(${child})`), [])
  })

  for (const [behaviour, expected] of [
    ['NoCascade', []],
    ['Cascade', ['active', 'inactive', 'foreign']],
    ['Active', ['active', 'foreign']],
    ['UserOwned', ['active', 'inactive']],
  ] as const) {
    test(`to ${expected.length === 0 ? 'none' : expected.join(' and ')} of the rows where the relationship says ${behaviour}`, async () => {
      const [parents, children] = await makeFamily(behaviour)
      const parent = createdId(await api.post(parents.set, { 'ownerid@odata.bind': `/systemusers(${await owner()})` }))
      const child = async (body: object, owned: string) =>
        createdId(
          await api.post(children.set, { 'new_UpId@odata.bind': `/${parents.set}(${parent})`, 'ownerid@odata.bind': `/systemusers(${owned})`, ...body }),
        )
      const rows = { active: await child({}, await owner()), inactive: await child({}, await owner()), foreign: await child({}, await stranger()) }
      expectStatus(await api.patch(`${children.set}(${rows.inactive})`, { statecode: 1 }), 204)
      await grant(api, { table: parents.name, idColumn: parents.id, id: parent }, user(bob), 'ReadAccess')
      const shared: string[] = []
      for (const [name, id] of Object.entries(rows)) if ((await sharesOf(`${children.set}(${id})`)).length > 0) shared.push(name)
      assert.deepEqual(shared, expected)
    })
  }

  test('to a row of another table that has the id of its parent', async () => {
    const [parents, children] = await makeFamily('Cascade')
    const id = createdId(await api.post(parents.set, {}))
    expectStatus(await api.post(children.set, { [children.id]: id, 'new_UpId@odata.bind': `/${parents.set}(${id})` }), 204)
    await grant(api, { table: parents.name, idColumn: parents.id, id }, user(bob), 'ReadAccess')
    assert.equal((await sharesOf(`${children.set}(${id})`)).length, 1)
  })

  let families = 0
  async function makeFamily(Share: string): Promise<readonly [MadeTable, MadeTable]> {
    families++
    const [parents, children] = [await makeTable(api, `new_Parent${families}`), await makeTable(api, `new_Child${families}`)]
    await makeLookup(api, { from: children.name, to: parents.name, SchemaName: 'new_UpId', cascade: { Share } })
    return [parents, children]
  }
  const owner = async () => (await whoAmI(api)).UserId
  let second = ''
  const stranger = async () => {
    if (second === '') {
      second = await makeUser(api, 'Second')
      const { BusinessUnitId } = await whoAmI(api)
      await giveRole(api, `systemusers(${second})`, await standardRole(api, BusinessUnitId, 'System Customizer'))
    }
    return second
  }
})
