/**
 * Every name of the catalogue, with a request that provokes it against a running server: status, code and text are those of the entry.
 * A name without a row fails; what no request provokes is listed with its reason, and `src/server/respond-error.test.ts` answers it instead.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { textWithPlaceholders } from '../../src/cli/write-error-docs.ts'
import { ERRORS } from '../../src/protocol/error-catalogue.ts'
import type { ErrorName, Refusal } from '../../src/protocol/errors.ts'
import { type Answer, type Api, apiOf, createdId, expectStatus, type Send } from '../support/api.ts'
import { batchBody, onlyPart, postBatch, runBatch } from '../support/batch.ts'
import { columnSecurityRefusals } from '../support/column-security-refusals.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeUnit, makeUser, type WhoAmI, whoAmI } from '../support/make-people.ts'
import { makeUserWith } from '../support/make-roles.ts'
import { type Body, column, makeKey, makeManyToMany, makeTable, postKey, tableBody } from '../support/make-table.ts'
import { queryRefusals } from '../support/query-refusals.ts'
import { rightsRefusals } from '../support/rights-refusals.ts'
import { makeEssays, slowFilter } from '../support/slow-query.ts'
import { startServer, type TestServer } from '../support/start-server.ts'
import { updateRefusals } from '../support/update-refusals.ts'

const STEPS = 'a server with steps of its own: test/conformance/steps.test.ts'
const WEBHOOKS = 'a server that posts to one: test/conformance/webhooks.test.ts'

/** What no request of a test provokes by itself. */
const EXCEPTIONS = {
  Unexpected: 'a bug of ours: a request that provokes one is a test of another name',
  Unavailable: 'the server is stopping, or thousands of requests wait: a question of timing',
  StepFailed: STEPS,
  StepTimedOut: STEPS,
  StepCrashed: STEPS,
  StepsTooDeep: STEPS,
  StepHidError: STEPS,
  StepNotAllowed: STEPS,
  StepImageNotAllowed: STEPS,
  WebhookRefused: WEBHOOKS,
  WebhookTimedOut: WEBHOOKS,
  WebhookHeaders: WEBHOOKS,
  WebhookQuery: WEBHOOKS,
  WebhookFailed: WEBHOOKS,
} as const satisfies { readonly [name in ErrorName]?: string }

type Provoked = Exclude<ErrorName, keyof typeof EXCEPTIONS>

const NOBODY = '6f0c2b1e-0000-4000-8000-0000000000aa'
const TRACK = { Prefer: 'odata.track-changes' }
const MERGE = { 'MSCRM.MergeLabels': 'true' }

let server: TestServer
let api: Api
let me: WhoAmI
let accountId: string
let partId: string

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  me = await whoAmI(api)
  accountId = createdId(await api.post('accounts', { name: 'Litware' }))
  const columns = [
    column.text('new_Code', { MaxLength: 10 }),
    column.text('new_Wide', { MaxLength: 450 }),
    column.text('new_Narrow', { MaxLength: 4 }),
    column.memo('new_Memo'),
    column.whole('new_Count', { MinValue: 0, MaxValue: 100 }),
    column.choice('new_Kind', { 1: 'One', 2: 'Two' }),
  ]
  await makeTable(api, 'new_Part', columns)
  await makeKey(api, 'new_part', 'new_CodeKey', ['new_code'])
  partId = createdId(await api.post('new_parts', { new_code: 'A' }))
  await makeManyToMany(api, 'new_part', 'account', 'new_part_account')
})
after(() => server[Symbol.asyncDispose]())

const send = (method: string, path: string, options: Send) => api.send(method, path, options)
const post = (path: string, body: unknown, headers?: Send['headers']) => api.post(path, body, headers)
const part = (body: Body) => post('new_parts', body)
const key = (name: string, ...columns: readonly string[]) => postKey(api, 'new_part', name, columns)
const tableUrl = (name: string) => `EntityDefinitions(LogicalName='${name}')`
const named = (table: string, id: string) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${table}`, [`${table}id`]: id })
const merge = (Target: Body, Subordinate: Body, PerformParentingChecks = false) => post('Merge', { Target, Subordinate, PerformParentingChecks })
const childAccount = (parent: string) => post('accounts', { 'parentaccountid@odata.bind': `/accounts(${parent})` }).then(createdId)
const bulk = (action: string, targets: readonly Body[]) =>
  post(`new_parts/Microsoft.Dynamics.CRM.${action}`, { Targets: targets.map((target) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.new_part', ...target })) })

/** The definition as it is, but for what is changed. */
async function putTable(name: string, change: Body): Promise<Answer> {
  const definition = expectStatus(await api.get(tableUrl(name)), 200).body
  return api.put(tableUrl(name), { ...definition, ...change }, MERGE)
}

async function defaultTeam(): Promise<string> {
  return expectStatus(await api.get('teams?$filter=isdefault eq true'), 200).body.value[0].teamid
}

async function setOf(table: string): Promise<string> {
  return expectStatus(await api.get(`${tableUrl(table)}?$select=EntitySetName`), 200).body.EntitySetName
}

async function role(name: string, unit = me.BusinessUnitId): Promise<string> {
  return expectStatus(await api.get(`roles?$filter=name eq '${name}' and _businessunitid_value eq ${unit}`), 200).body.value[0].roleid
}

function assignRole(set: 'systemusers' | 'teams', id: string, roleId: string): Promise<Answer> {
  const navigation = set === 'teams' ? 'teamroles_association' : 'systemuserroles_association'
  return post(`${set}(${id})/${navigation}/$ref`, { '@odata.id': `${api.root}/roles(${roleId})` })
}

/** A change set that fails is answered with one part, which is an answer of its own. */
async function refusedChangeSet(method: string, url: string, body: Body): Promise<Answer> {
  const [item] = await runBatch(api, [[{ method, url, body }]], { status: 400 })
  const answer = onlyPart(item)
  return { ...answer, headers: Object.fromEntries([...answer.headers].map(([name, value]) => [name.toLowerCase(), value])) }
}

/** The first refusal of a server that limits its users, asked as often and at once as it takes. */
async function refusedBy(limits: string): Promise<Answer> {
  await using limited = await startServer({ args: ['--limits', limits] })
  for (let round = 0; round < 50; round++) {
    const answers = await Promise.all(Array.from({ length: 8 }, () => apiOf(limited.api).get('accounts?$count=true')))
    const refused = answers.find(({ status }) => status === 429)
    if (refused) return refused
  }
  return assert.fail(`${limits} refused nothing`)
}

const ROWS: { readonly [name in Provoked]: () => Promise<Answer> } = {
  // The request as such
  BadRequest: () => api.get('accounts?$top=many'),
  BadUrl: () => api.get('accounts(%ff)'),
  BadJson: () => send('POST', 'accounts', { raw: '{"name":' }),
  BadPayload: () => send('POST', 'accounts', { raw: '[]' }),
  UnknownResource: () => api.get('nosuchthings'),
  UnknownOperation: () => api.get(`${server.url}/nosuch`),
  MethodNotAllowed: () => api.delete('accounts'),
  UnsupportedMediaType: () => send('POST', 'accounts', { raw: '<name/>', headers: { 'Content-Type': 'application/xml' } }),
  // The rest of the body never comes, so nothing else may follow on this connection.
  BodyTooLarge: () => send('POST', 'accounts', { raw: '{', headers: { Connection: 'close', 'Content-Length': String(128 * 1024 * 1024 + 1) } }),
  AnswerTooLarge: async () => {
    await using small = await startServer({ args: ['--answer-megabytes', '0.02'] })
    return await apiOf(small.api).get('savedqueries')
  },
  UrlTooLong: () => api.get(`accounts?$filter=name eq '${'a'.repeat(32_768)}'`),
  HeadersTooLarge: () => api.get('accounts', { 'X-Large': 'a'.repeat(100_000) }),
  NotSupported: () => api.get('accounts?$expand=*'),
  UnsupportedClause: () => api.get('accounts?$skip=5'),
  NotImplemented: () => bulk('DeleteMultiple', [{ new_partid: partId }]),
  InvalidArgument: () => part({ new_code: 'a\u0000b' }),
  QueryTimedOut: async () => {
    await using hasty = await startServer({ args: ['--query-seconds', '0.1'] })
    const { set } = await makeEssays(apiOf(hasty.api), 250)
    return await apiOf(hasty.api).get(`${set}?$filter=${slowFilter(300)}`)
  },
  HostRefused: () => api.get('WhoAmI', { Host: 'evil.example' }),
  OriginRefused: () => post('accounts', {}, { Origin: 'http://evil.example' }),

  // Callers
  Unauthenticated: async () => {
    await using guarded = await startServer({ args: ['--auth', 'local'] })
    return await apiOf(guarded.api).get('WhoAmI')
  },
  NotAMember: () => api.get('WhoAmI', { MSCRMCallerID: NOBODY }),
  UserDisabled: async () => {
    const id = await makeUser(api, 'Disabled')
    expectStatus(await api.patch(`systemusers(${id})`, { isdisabled: true }), 204)
    return api.get('WhoAmI', { MSCRMCallerID: id })
  },
  UserIdentityFixed: async () => {
    const clerk = await makeUserWith(api, me.BusinessUnitId, 'Clerk', { prvReadUser: 'global', prvWriteUser: 'global' })
    return send('PATCH', `systemusers(${me.UserId})`, { body: { applicationid: NOBODY }, headers: { MSCRMCallerID: clerk } })
  },

  // Queries
  ...queryRefusals(() => api),
  ...columnSecurityRefusals(() => api),
  ...updateRefusals(() => api),
  ...rightsRefusals(() => api),

  // Rows
  RowNotFound: () => api.get(`accounts(${NOBODY})`),
  RowNotFoundByKey: () => api.get("new_parts(new_code='none')"),
  KeyNotDefined: () => api.get("new_parts(new_wide='x')"),
  DuplicateKey: () => part({ new_code: 'A' }),
  DuplicateRow: () => part({ new_partid: partId }),
  VersionMismatch: () => api.patch(`accounts(${accountId})`, { name: 'x' }, { 'If-Match': 'W/"1"' }),
  UnknownColumn: () => part({ nosuch: 1 }),
  UndeclaredNavigation: () => part({ 'nosuch@odata.bind': `/accounts(${accountId})` }),
  UnknownProperty: () => api.get('accounts?$select=nosuch'),
  ReadOnlyColumn: () => api.put(`accounts(${accountId})/createdon`, { value: '2024-01-01T00:00:00Z' }),
  WrongType: () => part({ new_count: 'many' }),
  TextTooLong: () => part({ new_code: 'x'.repeat(11) }),
  OutOfRange: () => part({ new_count: 101 }),
  InvalidOption: () => part({ new_kind: 7 }),
  RequiredColumn: async () => api.patch(`territories(${createdId(await post('territories', { name: 'South' }))})`, { name: null }),
  MissingRequiredColumn: () => post('territories', {}),
  InvalidStatus: () => api.patch(`accounts(${accountId})`, { statecode: 0, statuscode: 2 }),
  NoState: () => post('territories', { name: 'North', statecode: 1 }),
  RowInactive: async () => {
    const id = createdId(await part({}))
    expectStatus(await api.patch(`new_parts(${id})`, { statecode: 1 }), 204)
    return api.patch(`new_parts(${id})`, { new_code: 'x' })
  },
  MissingOwner: () => api.patch(`accounts(${accountId})`, { ownerid: null }),
  CannotDeleteReferenced: () => api.delete(`systemusers(${me.UserId})`),
  LookupTargetMissing: () => post('contacts', { 'parentcustomerid_account@odata.bind': `/accounts(${NOBODY})` }),
  LoopInHierarchy: async () => {
    const territory = `territories(${createdId(await post('territories', { name: 'Circle' }))})`
    return api.patch(territory, { 'parentterritoryid@odata.bind': `/${territory}` })
  },
  RootBusinessUnit: () => api.delete(`businessunits(${me.BusinessUnitId})`),
  DefaultTeamOwnsRows: async () => {
    const unit = await makeUnit(api, 'Owning')
    const { value } = expectStatus(await api.get(`teams?$filter=_businessunitid_value eq ${unit}&$select=teamid`), 200).body
    createdId(await post('accounts', { 'ownerid@odata.bind': `/teams(${value[0].teamid})` }))
    return api.delete(`businessunits(${unit})`)
  },
  DefaultTeamUnit: async () => api.patch(`teams(${await defaultTeam()})`, { 'businessunitid@odata.bind': `/businessunits(${await makeUnit(api, 'West')})` }),
  DefaultTeamDeletion: async () => api.delete(`teams(${await defaultTeam()})`),
  ParentUserMissing: () => api.patch(`systemusers(${me.UserId})`, { 'parentsystemuserid@odata.bind': `/systemusers(${NOBODY})` }),
  ParentBusinessUnitMissing: () => post('businessunits', { name: 'East', 'parentbusinessunitid@odata.bind': `/businessunits(${NOBODY})` }),
  MissingBusinessUnit: () => post('teams', { name: 'Nowhere', 'businessunitid@odata.bind': `/businessunits(${NOBODY})` }),
  DuplicateInRequest: () =>
    bulk('UpsertMultiple', [
      { new_partid: partId, new_count: 1 },
      { new_partid: partId, new_count: 2 },
    ]),

  // Functions and actions
  MessageNotSupported: () => merge(named('new_part', partId), named('new_part', partId)),
  CannotShareWithOwner: async () => {
    const { UserId } = (await api.get('WhoAmI')).body
    const Target = named('account', createdId(await post('accounts', {})))
    return post('GrantAccess', { Target, PrincipalAccess: { AccessMask: 'ReadAccess', Principal: named('systemuser', UserId) } })
  },
  MergeIdentical: () => merge(named('account', accountId), named('account', accountId)),
  MergeInactive: async () => {
    const id = createdId(await post('accounts', {}))
    expectStatus(await api.patch(`accounts(${id})`, { statecode: 1 }), 204)
    return merge(named('account', accountId), named('account', id))
  },
  MergeCycle: async () => merge(named('account', await childAccount(accountId)), named('account', accountId)),
  MergeLosesParent: async () => merge(named('account', accountId), named('account', await childAccount(accountId)), true),
  MergeChangesParent: async () => {
    const other = createdId(await post('accounts', {}))
    return merge(named('account', await childAccount(accountId)), named('account', await childAccount(other)), true)
  },
  NoMapping: () => api.get(`InitializeFrom(EntityMoniker=@p1,TargetEntityName='new_part',TargetFieldType='All')?@p1={'@odata.id':'accounts(${accountId})'}`),
  NoRollupColumn: () => api.get(`CalculateRollupField(Target=@p1,FieldName='revenue')?@p1={'@odata.id':'accounts(${accountId})'}`),
  OnlyAdministrator: () => api.patch(`systemusers(${me.UserId})`, { isdisabled: true }),

  // Change tracking
  TrackingNotEnabled: () => api.get('new_parts', TRACK),
  TrackingNotEnabledForRelated: async () => api.get(await setOf('new_part_account'), TRACK),
  TrackingOption: () => api.get("accounts?$filter=name eq 'x'", TRACK),
  TrackingCannotBeDisabled: () => putTable('account', { ChangeTrackingEnabled: false }),
  TrackingNotAllowed: () => putTable('teamroles', { ChangeTrackingEnabled: true }),
  BadToken: () => api.get('accounts?$deltatoken=nonsense'),
  TokenExpired: () => api.get('accounts?$deltatoken=919042!08%2f22%2f2017%2008:10:44'),

  // Batches
  BadBatch: () => postBatch(api, 'no delimiter'),
  TooManyParts: () => postBatch(api, batchBody(Array.from({ length: 1001 }, () => ({ method: 'GET', url: 'WhoAmI' })))),
  UnknownContentId: () => refusedChangeSet('PATCH', '$9', { name: 'x' }),

  // Service protection
  TooManyRequests: () => refusedBy('requests=2'),
  TooMuchTime: () => refusedBy('seconds=0.001'),
  TooManyAtOnce: () => refusedBy('concurrent=1'),

  // Roles
  AdministratorRoleDeletion: async () => api.delete(`roles(${await role('System Administrator')})`),
  AdministratorRoleEdit: async () => api.patch(`roles(${await role('System Administrator')})`, { name: 'x' }),
  CustomizerRoleDeletion: async () => api.delete(`roles(${await role('System Customizer')})`),
  BasicUserRoleDeletion: async () => api.delete(`roles(${await role('Basic User')})`),
  InheritedRole: async () => api.delete(`roles(${await role('Basic User', await makeUnit(api, 'Copies'))})`),
  RoleOfOtherUnit: async () => assignRole('systemusers', me.UserId, await role('Basic User', await makeUnit(api, 'Elsewhere'))),
  AccessTeamRoles: async () => {
    const body = { name: 'Access', teamtype: 1, 'businessunitid@odata.bind': `/businessunits(${me.BusinessUnitId})` }
    return assignRole('teams', createdId(await post('teams', body)), await role('Basic User'))
  },
  PrivilegeDepth: async () => {
    const [privilege] = expectStatus(await api.get("privileges?$filter=name eq 'prvReadTerritory'"), 200).body.value
    const Privileges = [{ PrivilegeId: privilege.privilegeid, Depth: 'Basic' }]
    return post(`roles(${await role('Basic User')})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges })
  },
  PrivilegesLink: async () => {
    const [privilege] = expectStatus(await api.get('privileges?$top=1'), 200).body.value
    return post(`roles(${await role('Basic User')})/roleprivileges_association/$ref`, { '@odata.id': `${api.root}/privileges(${privilege.privilegeid})` })
  },

  // Schema
  TableNotFound: () => api.get(tableUrl('nosuch')),
  MetadataNotFound: () => api.get(`${tableUrl('account')}/Attributes(LogicalName='nosuch')`),
  SchemaNameTaken: () => post('EntityDefinitions', tableBody('new_Part')),
  InvalidSchemaName: () => post('EntityDefinitions', tableBody('new_Pärt')),
  InvalidMetadata: () => key('new_Bad'),
  SystemMetadata: () => api.delete(tableUrl('account')),
  MetadataInUse: () => api.delete(`${tableUrl('new_part')}/Attributes(LogicalName='new_code')`),
  KeyNameExists: () => key('new_CodeKey', 'new_count'),
  KeyColumnsExist: () => key('new_Again', 'new_code'),
  KeyColumnNotForCreate: () => postKey(api, 'account', 'new_Bad', ['lastusedincampaign']),
  KeyColumnNotForUpdate: () => key('new_Bad', 'importsequencenumber'),
  KeyColumnNotForCreateAndUpdate: () => key('new_Bad', 'createdon'),
  KeyColumnType: () => key('new_Bad', 'new_memo'),
  TooManyKeys: async () => {
    const names = Array.from({ length: 11 }, (_, index) => `new_C${index}`)
    const columns = names.map((name) => column.text(name, { MaxLength: 4 }))
    const { name: table } = await makeTable(api, 'new_Keyed', columns)
    for (const name of names.slice(0, 10)) expectStatus(await postKey(api, table, `${name}Key`, [name.toLowerCase()]), 204)
    return postKey(api, table, 'new_OneMore', ['new_c10'])
  },
  TooManyKeyColumns: async () => {
    const names = Array.from({ length: 17 }, (_, index) => `new_C${index}`)
    const columns = names.map((name) => column.text(name, { MaxLength: 4 }))
    const { name: table } = await makeTable(api, 'new_Long', columns)
    return postKey(
      api,
      table,
      'new_All',
      names.map((name) => name.toLowerCase()),
    )
  },
  KeyTooLarge: () => key('new_Bad', 'new_narrow', 'new_wide'),
  KeyNotFailed: () => post('ReactivateEntityKey', { EntityLogicalName: 'new_part', EntityKeyLogicalName: 'new_codekey' }),
}

/** The entry's text, with anything where its arguments stand. */
function patternOf(text: Refusal['text']): RegExp {
  const fixed = textWithPlaceholders(text).split(/\{\w+\}/)
  return new RegExp(`^${fixed.map(RegExp.escape).join('.*')}$`, 's')
}

test('every name has a row here, or a reason why it has none', () => {
  assert.deepEqual([...Object.keys(ROWS), ...Object.keys(EXCEPTIONS)].sort(), Object.keys(ERRORS).sort())
})

for (const [name, provoke] of Object.entries(ROWS)) {
  const { status, code, text }: Refusal = ERRORS[name as Provoked]
  test(`${name} is answered with ${status} and ${code}`, async () => expectRefusal(await provoke(), status, code, patternOf(text)))
}
