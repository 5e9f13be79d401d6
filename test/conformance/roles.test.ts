/** Security roles: who holds which privileges, what a role's copies in business units follow, what may not be assigned or taken away. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { ERRORS } from '../../src/protocol/error-catalogue.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeTeam, makeUnit, makeUser, type WhoAmI, whoAmI } from '../support/make-people.ts'
import { makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const ADMINISTRATOR = '627090ff-40a3-4053-8790-584edc5be201'

let server: TestServer
let api: Api
let me: WhoAmI
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  me = await whoAmI(api)
})
after(() => server[Symbol.asyncDispose]())

const valuesOf = async (path: string, who = api) => expectStatus(await who.get(path), 200).body.value
const roleNamed = async (name: string, unit = me.BusinessUnitId) =>
  (
    await valuesOf(
      `roles?$select=roleid,_parentroleid_value,_parentrootroleid_value,_roletemplateid_value&$filter=name eq '${name}' and _businessunitid_value eq ${unit}`,
    )
  )[0]
const roleIn = async (name: string, unit = me.BusinessUnitId): Promise<string> => (await roleNamed(name, unit)).roleid
const makeRole = async (name: string, unit = me.BusinessUnitId): Promise<string> =>
  createdId(await api.post('roles', { name, 'businessunitid@odata.bind': `/businessunits(${unit})` }))
const privilegeId = async (name: string): Promise<string> => (await valuesOf(`privileges?$select=privilegeid&$filter=name eq '${name}'`))[0].privilegeid
const privileges = async (depth: string, ...names: readonly string[]) =>
  Promise.all(names.map(async (name) => ({ PrivilegeId: await privilegeId(name), Depth: depth })))
const give = async (role: string, depth: string, ...names: readonly string[]) =>
  expectStatus(await api.post(`roles(${role})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: await privileges(depth, ...names) }), 204)
const link = (set: string, id: string, navigation: string, other: string, who = api) =>
  who.post(`${set}(${id})/${navigation}/$ref`, { '@odata.id': `${api.root}/${other}` })
const assign = (user: string, role: string, who = api) => link('systemusers', user, 'systemuserroles_association', `roles(${role})`, who)
const heldBy = async (role: string): Promise<Record<string, string>> => {
  const { RolePrivileges } = expectStatus(await api.get(`RetrieveRolePrivilegesRole(RoleId=${role})`), 200).body
  return Object.fromEntries(RolePrivileges.map((one: { PrivilegeName: string; Depth: string }) => [one.PrivilegeName, one.Depth]))
}
const refused = (answer: Answer, name: keyof typeof ERRORS, message?: RegExp) => expectRefusal(answer, ERRORS[name].status, ERRORS[name].code, message)
const as = (user: string): Api => actingAs(api, user)
let number = 0
const newUser = (unit?: string) => makeUser(api, `Person${++number}`, unit ? { 'businessunitid@odata.bind': `/businessunits(${unit})` } : {})

describe('standard roles', () => {
  test('are there by the ids of their templates, and the first user is System Administrator', async () => {
    const mine = await valuesOf(`systemusers(${me.UserId})/systemuserroles_association?$select=name,_roletemplateid_value`)
    assert.deepEqual(
      mine.map((role: { name: string; _roletemplateid_value: string }) => [role.name, role._roletemplateid_value]),
      [['System Administrator', ADMINISTRATOR]],
    )
    const byTemplate = await valuesOf(`roles?$select=name&$filter=roletemplateid/roletemplateid eq 119f245c-3cc8-4b62-b31c-d1a046ced15d`)
    assert.deepEqual(byTemplate[0].name, 'System Customizer')
  })

  test('cannot be deleted, and System Administrator not be changed', async () => {
    const administrator = await roleIn('System Administrator')
    refused(await api.delete(`roles(${administrator})`), 'AdministratorRoleDeletion')
    refused(await api.delete(`roles(${await roleIn('System Customizer')})`), 'CustomizerRoleDeletion')
    refused(await api.delete(`roles(${await roleIn('Basic User')})`), 'BasicUserRoleDeletion')
    refused(await api.patch(`roles(${administrator})`, { name: 'Root' }), 'AdministratorRoleEdit')
    const body = { Privileges: await privileges('Basic', 'prvReadAccount') }
    refused(await api.post(`roles(${administrator})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole`, body), 'AdministratorRoleEdit')
  })

  test('Basic User is enough for daily work with rows of one’s own, and shows nobody else’s', async () => {
    const [ann, ben] = [await newUser(), await newUser()]
    for (const user of [ann, ben]) expectStatus(await assign(user, await roleIn('Basic User')), 204)
    const [hers, his] = [as(ann), as(ben)]
    const [currency] = await valuesOf('transactioncurrencies?$select=transactioncurrencyid', hers)
    const contact = createdId(await hers.post('contacts', { lastname: 'Lee' }))
    const body = {
      name: 'Litware',
      'primarycontactid@odata.bind': `/contacts(${contact})`,
      'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currency.transactioncurrencyid})`,
    }
    const account = createdId(await hers.post('accounts', body))
    createdId(await hers.post('tasks', { subject: 'Call', 'regardingobjectid_account@odata.bind': `/accounts(${account})` }))
    expectStatus(await hers.patch(`accounts(${account})`, { name: 'Litware Inc.' }), 204)
    assert.equal((await valuesOf('accounts?$select=name', hers)).length, 1)
    assert.ok((await valuesOf('systemusers?$select=fullname&$expand=businessunitid($select=name)', hers)).length > 1)
    for (const path of ['savedqueries?$top=1', 'roles?$top=1', 'privileges?$top=1', 'WhoAmI', "EntityDefinitions(LogicalName='account')?$select=SchemaName"]) {
      expectStatus(await hers.get(path), 200)
    }
    assert.deepEqual(await valuesOf('accounts?$select=name', his), [])
    refused(await his.get(`accounts(${account})`), 'AccessDenied')
    refused(await his.patch(`accounts(${account})`, { name: 'Mine' }), 'AccessDenied')
    assert.deepEqual(await valuesOf('principalobjectaccessset', hers), [])
    expectStatus(await hers.delete(`accounts(${account})`), 204)
  })

  test('get the privileges of a new table, which go with it', async () => {
    await makeTable(api, 'new_Boat', [])
    const [administrator, customizer, basic] = [await roleIn('System Administrator'), await roleIn('System Customizer'), await roleIn('Basic User')]
    assert.deepEqual([(await heldBy(administrator)).prvReadnew_Boat, (await heldBy(customizer)).prvAssignnew_Boat], ['Global', 'Global'])
    assert.equal((await heldBy(basic)).prvReadnew_Boat, undefined)
    expectStatus(await api.delete("EntityDefinitions(LogicalName='new_boat')"), 204)
    assert.deepEqual(await valuesOf("privileges?$filter=contains(name,'new_Boat')"), [])
    assert.equal((await heldBy(administrator)).prvReadnew_Boat, undefined)
  })
})

describe('privileges of a role', () => {
  test('are added, deepened, replaced and removed', async () => {
    const role = await makeRole('Seller')
    assert.deepEqual(await heldBy(role), {})
    await give(role, 'Basic', 'prvReadAccount', 'prvReadContact')
    await give(role, 'Deep', 'prvReadAccount')
    assert.deepEqual(await heldBy(role), { prvReadAccount: 'Deep', prvReadContact: 'Basic' })
    const body = { PrivilegeId: await privilegeId('prvReadContact') }
    expectStatus(await api.post(`roles(${role})/Microsoft.Dynamics.CRM.RemovePrivilegeRole`, body), 204)
    assert.deepEqual(await heldBy(role), { prvReadAccount: 'Deep' })
    const replaced = { Privileges: await privileges('Local', 'prvWriteAccount') }
    expectStatus(await api.post(`roles(${role})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole`, replaced), 204)
    assert.deepEqual(await heldBy(role), { prvWriteAccount: 'Local' })
    const linked = await valuesOf(`roles(${role})/roleprivileges_association?$select=name`)
    assert.deepEqual(
      linked.map(({ name }: { name: string }) => name),
      ['prvWriteAccount'],
    )
  })

  test('are refused at a depth that they cannot have, by a name of nothing, and through a plain link', async () => {
    const role = await makeRole('Strange')
    const add = (Privileges: unknown) => api.post(`roles(${role})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges })
    refused(await add(await privileges('Basic', 'prvReadTerritory')), 'PrivilegeDepth')
    refused(await add([{ PrivilegeId: me.UserId, Depth: 'Basic' }]), 'RowNotFound')
    refused(await add([{ PrivilegeId: me.UserId, Depth: 'Everything' }]), 'BadRequest')
    refused(await link('roles', role, 'roleprivileges_association', `privileges(${await privilegeId('prvReadAccount')})`), 'PrivilegesLink')
    assert.deepEqual(await heldBy(role), {})
  })

  test('no client makes, changes or deletes a privilege', async () => {
    const id = await privilegeId('prvReadAccount')
    for (const answer of [
      await api.post('privileges', { name: 'prvOwn' }),
      await api.patch(`privileges(${id})`, { name: 'x' }),
      await api.delete(`privileges(${id})`),
    ]) {
      refused(answer, 'NotSupported')
    }
  })
})

describe('what users and teams hold', () => {
  test('is what their roles hold, each privilege at its widest', async () => {
    const [narrow, wide] = [await makeRole('Narrow'), await makeRole('Wide')]
    await give(narrow, 'Basic', 'prvReadAccount', 'prvReadContact')
    await give(wide, 'Local', 'prvReadAccount')
    const [user, team] = [await newUser(), await makeTeam(api, 'Holders')]
    expectStatus(await assign(user, narrow), 204)
    expectStatus(await link('teams', team, 'teamroles_association', `roles(${wide})`), 204)
    expectStatus(await api.post(`teams(${team})/Microsoft.Dynamics.CRM.AddMembersTeam`, { Members: [{ systemuserid: user }] }), 204)
    const held = async (path: string) => {
      const { RolePrivileges } = expectStatus(await api.get(`${path}()`), 200).body
      return RolePrivileges.map((one: { PrivilegeName: string; Depth: string; BusinessUnitId: string }) => [one.PrivilegeName, one.Depth, one.BusinessUnitId])
    }
    const unit = me.BusinessUnitId
    assert.deepEqual(await held(`systemusers(${user})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges`), [
      ['prvReadAccount', 'Local', unit],
      ['prvReadContact', 'Basic', unit],
    ])
    assert.deepEqual(await held(`teams(${team})/Microsoft.Dynamics.CRM.RetrieveTeamPrivileges`), [['prvReadAccount', 'Local', unit]])
    expectStatus(await api.post(`teams(${team})/Microsoft.Dynamics.CRM.RemoveMembersTeam`, { Members: [{ systemuserid: user }] }), 204)
    assert.equal((await held(`systemusers(${user})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges`))[0][1], 'Basic')
  })

  test('is told to nobody who may not read the row', async () => {
    const user = await newUser()
    refused(await as(user).get(`RetrieveRolePrivilegesRole(RoleId=${await roleIn('Basic User')})`), 'MissingPrivilege')
    refused(await api.get(`RetrieveRolePrivilegesRole(RoleId=${me.UserId})`), 'RowNotFound')
  })
})

describe('roles of business units', () => {
  test('a new unit has copies of all roles of the unit above, a new role has copies in all units below', async () => {
    const above = await makeUnit(api, 'North')
    const role = await makeRole('Local guide', above)
    const below = await makeUnit(api, 'North East', above)
    const copy = await roleNamed('Local guide', below)
    assert.deepEqual([copy._parentroleid_value, copy._parentrootroleid_value], [role, role])
    assert.equal((await roleNamed('System Administrator', below))._roletemplateid_value, ADMINISTRATOR)
    assert.equal(await roleNamed('Local guide'), undefined)
    const later = await makeRole('Later')
    const [middle, last] = [await roleNamed('Later', above), await roleNamed('Later', below)]
    assert.deepEqual([middle._parentroleid_value, last._parentroleid_value, last._parentrootroleid_value], [later, middle.roleid, later])
    await give(later, 'Local', 'prvReadAccount')
    assert.deepEqual(await heldBy(last.roleid), { prvReadAccount: 'Local' })
  })

  test('copies follow their root’s name and end, and are not changed by themselves', async () => {
    const unit = await makeUnit(api, 'South')
    const role = await makeRole('Walker')
    const copy = await roleIn('Walker', unit)
    refused(await api.patch(`roles(${copy})`, { name: 'Runner' }), 'InheritedRole')
    refused(await api.delete(`roles(${copy})`), 'InheritedRole')
    const body = { Privileges: await privileges('Basic', 'prvReadAccount') }
    refused(await api.post(`roles(${copy})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, body), 'InheritedRole')
    expectStatus(await api.patch(`roles(${role})`, { name: 'Runner' }), 204)
    assert.equal(await roleIn('Runner', unit), copy)
    expectStatus(await api.delete(`roles(${role})`), 204)
    expectStatus(await api.get(`roles(${copy})`), 404)
  })

  test('a unit that moves has the roles of its new place', async () => {
    const [east, west] = [await makeUnit(api, 'East'), await makeUnit(api, 'West')]
    await makeRole('Eastern', east)
    const western = await makeRole('Western', west)
    const village = await makeUnit(api, 'Village', east)
    const house = await makeUnit(api, 'House', village)
    assert.ok(await roleNamed('Eastern', house))
    expectStatus(await api.patch(`businessunits(${village})`, { 'parentbusinessunitid@odata.bind': `/businessunits(${west})` }), 204)
    for (const unit of [village, house]) {
      assert.equal(await roleNamed('Eastern', unit), undefined)
      assert.equal((await roleNamed('Western', unit))._parentrootroleid_value, western)
    }
  })
})

describe('assigning roles', () => {
  test('a user has roles of their own unit, unless the organization says otherwise', async () => {
    const unit = await makeUnit(api, 'Elsewhere')
    const user = await newUser(unit)
    const role = await roleIn('Basic User')
    refused(await assign(user, role), 'RoleOfOtherUnit')
    expectStatus(await assign(user, await roleIn('Basic User', unit)), 204)
    const settings = (text: string) => api.patch(`organizations(${me.OrganizationId})`, { orgdborgsettings: text })
    expectStatus(await settings('<OrgSettings><EnableOwnershipAcrossBusinessUnits>true</EnableOwnershipAcrossBusinessUnits></OrgSettings>'), 204)
    expectStatus(await assign(user, role), 204)
    expectStatus(await settings(''), 204)
  })

  test('an access team has none', async () => {
    const body = { name: 'Access', teamtype: 1, 'businessunitid@odata.bind': `/businessunits(${me.BusinessUnitId})` }
    const team = createdId(await api.post('teams', body))
    refused(await link('teams', team, 'teamroles_association', `roles(${await roleIn('Basic User')})`), 'AccessTeamRoles')
    const profile = createdId(await api.post('fieldsecurityprofiles', { name: 'Secrets' }))
    refused(await link('teams', team, 'teamprofiles_association', `fieldsecurityprofiles(${profile})`), 'AccessTeamRoles')
  })

  test('takes a privilege, and no more is given than one has', async () => {
    const [clerk, other] = [await newUser(), await newUser()]
    const [office, plain, strong] = [await makeRole('Office'), await makeRole('Plain'), await makeRole('Strong')]
    await give(office, 'Global', 'prvReadRole', 'prvReadUser', 'prvReadPrivilege', 'prvWriteRole')
    await give(office, 'Local', 'prvReadAccount')
    await give(plain, 'Local', 'prvReadAccount')
    await give(strong, 'Deep', 'prvReadAccount')
    expectStatus(await assign(clerk, office), 204)
    refused(await assign(other, plain, as(clerk)), 'MissingPrivilege', /prvAssignRole/)
    await give(office, 'Global', 'prvAssignRole')
    expectStatus(await assign(other, plain, as(clerk)), 204)
    refused(await assign(other, strong, as(clerk)), 'MissingPrivilege', /prvReadAccount/)
    refused(await assign(clerk, await roleIn('System Administrator'), as(clerk)), 'MissingPrivilege', /prv/)
    assert.equal((await valuesOf(`systemusers(${other})/systemuserroles_association`)).length, 1)
    const add = async (depth: string) =>
      as(clerk).post(`roles(${plain})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: await privileges(depth, 'prvReadAccount') })
    refused(await add('Global'), 'MissingPrivilege', /prvReadAccount/)
    expectStatus(await add('Basic'), 204)
    assert.deepEqual(await heldBy(plain), { prvReadAccount: 'Basic' })
  })

  test('nobody joins a team, or takes others in, that holds more than they do', async () => {
    const [clerk, other] = [await newUser(), await newUser()]
    const [office, strong] = [await makeRole('Keeper of teams'), await makeRole('Of a team')]
    await give(
      office,
      'Global',
      'prvReadUser',
      'prvReadTeam',
      'prvWriteTeam',
      'prvCreateUser',
      'prvReadBusinessUnit',
      'prvAppendUser',
      'prvAppendToBusinessUnit',
    )
    await give(office, 'Local', 'prvReadAccount')
    await give(strong, 'Deep', 'prvReadAccount')
    expectStatus(await assign(clerk, office), 204)
    const [plain, wide, full] = [await makeTeam(api, 'Plain'), await makeTeam(api, 'Wide'), await makeTeam(api, 'Full')]
    expectStatus(await link('teams', plain, 'teamroles_association', `roles(${office})`), 204)
    expectStatus(await link('teams', wide, 'teamroles_association', `roles(${strong})`), 204)
    expectStatus(await link('teams', full, 'teamroles_association', `roles(${await roleIn('System Administrator')})`), 204)
    for (const user of [clerk, other]) {
      refused(await link('teams', wide, 'teammembership_association', `systemusers(${user})`, as(clerk)), 'MissingPrivilege', /prvReadAccount/)
      refused(await link('systemusers', user, 'teammembership_association', `teams(${full})`, as(clerk)), 'MissingPrivilege', /prv/)
      const action = `teams(${full})/Microsoft.Dynamics.CRM.AddMembersTeam`
      refused(await as(clerk).post(action, { Members: [{ systemuserid: user }] }), 'MissingPrivilege', /prv/)
    }
    const body = { lastname: 'New', domainname: 'new@tidemark.example', internalemailaddress: 'new@tidemark.example' }
    const places = { 'businessunitid@odata.bind': `/businessunits(${me.BusinessUnitId})`, 'teammembership_association@odata.bind': [`/teams(${full})`] }
    refused(await as(clerk).post('systemusers', { ...body, ...places }), 'MissingPrivilege', /prv/)
    for (const team of [wide, full]) assert.equal((await valuesOf(`teams(${team})/teammembership_association`)).length, 0)
    expectStatus(await link('teams', plain, 'teammembership_association', `systemusers(${other})`, as(clerk)), 204)
  })

  test('the last System Administrator stays one, enabled', async () => {
    const administrator = await roleIn('System Administrator')
    const take = (user: string) => api.delete(`systemusers(${user})/systemuserroles_association(${administrator})/$ref`)
    refused(await take(me.UserId), 'LastAdministratorRole')
    refused(await api.patch(`systemusers(${me.UserId})`, { isdisabled: true }), 'OnlyAdministrator')
    const second = await newUser()
    expectStatus(await assign(second, administrator), 204)
    expectStatus(await api.patch(`systemusers(${second})`, { isdisabled: true }), 204)
    refused(await take(me.UserId), 'LastAdministratorRole')
    expectStatus(await take(second), 204)
    assert.equal((await valuesOf(`systemusers(${me.UserId})/systemuserroles_association`)).length, 1)
  })
})

describe('default teams', () => {
  test('have the users of their unit, whom nobody adds or takes out', async () => {
    const unit = await makeUnit(api, 'Harbour')
    const user = await newUser(unit)
    const [team] = await valuesOf(`teams?$filter=isdefault eq true and _businessunitid_value eq ${unit}`)
    const members = await valuesOf(`teams(${team.teamid})/teammembership_association?$select=systemuserid`)
    assert.deepEqual(
      members.map(({ systemuserid }: { systemuserid: string }) => systemuserid),
      [user],
    )
    const change = (action: string) => api.post(`teams(${team.teamid})/Microsoft.Dynamics.CRM.${action}`, { Members: [{ systemuserid: user }] })
    refused(await change('AddMembersTeam'), 'DefaultTeamAddition')
    refused(await change('RemoveMembersTeam'), 'DefaultTeamRemoval')
  })
})

test('$metadata has the operations on roles and teams', async () => {
  const { text } = expectStatus(await api.get('$metadata'), 200)
  for (const name of ['AddPrivilegesRole', 'ReplacePrivilegesRole', 'RemovePrivilegeRole', 'AddMembersTeam', 'RemoveMembersTeam']) {
    assert.match(text, new RegExp(`<Action Name="${name}" IsBound="true"`))
  }
  assert.match(text, /<Function Name="RetrieveUserPrivileges" IsBound="true"/)
  assert.match(text, /<FunctionImport Name="RetrieveRolePrivilegesRole"/)
  assert.match(text, /<ComplexType Name="RolePrivilege"/)
})
