/** Steps on events: their order, what they are told and may change, how they refuse, and that they harm nobody (docs/steps.md). */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { batchBody, postBatch } from '../support/batch.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeUser, whoAmI } from '../support/make-people.ts'
import { startServer, type TestServer } from '../support/start-server.ts'
import { makeStepModules, type StepModules, until } from '../support/step-modules.ts'

const MODULES = {
  // Every stage of an account's events, each with what it is told.
  'a-record.mjs': `
    const tell = (where) => (context) => {
      const seen = Object.keys(context.target).filter((name) => !/^(modified|created|owning|ownerid)/.test(name))
      note({ where, message: context.messageName, stage: context.stage, depth: context.depth, seen, shared: { ...context.sharedVariables } })
      context.sharedVariables[where] = (context.sharedVariables[where] ?? 0) + 1
    }
    const on = (message, stage, rank, where) => register({ message, table: 'account', stage, rank, run: tell(where) })
    on('Update', 'PostOperation', 1, 'post')
    on('Update', 'PreOperation', 2, 'pre second')
    on('Update', 'PreOperation', 1, 'pre first')
    on('Update', 'PreValidation', 1, 'validation')
  `,
  'b-contact.mjs': `
    const link = '<link-entity name="contact" from="statecode" to="statecode"><attribute name="contactid" />'
    const heavy = '<fetch><entity name="contact"><attribute name="contactid" /><order attribute="lastname" />' + link.repeat(4) + '</link-entity>'.repeat(4) + '</entity></fetch>'
    register({ message: 'Create', table: 'contact', stage: 'PreOperation', run: async ({ target, inputParameters, primaryEntityId }, service) => {
      const { firstname } = target
      if (inputParameters.Target !== target) throw new Error('the target is not the parameter')
      if (firstname === 'Change') {
        target.jobtitle = 'Set by a step'
        target.creditlimit = 1250.5
        target.gendercode = 2
        target.birthdate = '2001-02-03'
        delete target.department
        target.lastname = target.lastname.toUpperCase()
        const [account] = await service.retrieveMultiple("accounts?$select=name&$filter=name eq 'Parent'&$top=1")
        target.parentcustomerid = { logicalName: 'account', id: account.accountid }
      }
      if (firstname === 'Unknown') target.nonsense = 1
      if (firstname === 'ReadOnly') target.fullname = 'x'
      if (firstname === 'Wrong') target.creditlimit = 'much'
      if (firstname === 'Nobody') target.parentcustomerid = { logicalName: 'account', id: '6f0c2b1e-0000-4000-8000-0000000000aa' }
      if (firstname === 'Refuse') throw new InvalidPluginExecutionException('Contacts are refused on Tuesdays.')
      if (firstname === 'Forever') for (;;);
      if (firstname === 'Wait') await new Promise(() => {})
      if (firstname === 'Exit') process.exit(3)
      if (firstname === 'Hide') await service.create('accounts', { nonsense: 1 }).catch(() => {})
      if (firstname === 'Pass on') await service.create('accounts', { nonsense: 1 })
      if (firstname === 'Slow') await new Promise((done) => setTimeout(done, 300))
    } })
    register({ message: 'Create', table: 'contact', stage: 'PostOperation', postImage: ['fullname', 'createdby'], run: async (context, service) => {
      if (context.target.firstname === 'Image') note(context.postEntityImages.postImage)
      if (context.target.firstname === 'After') {
        await service.create('tasks', { subject: 'by a step' })
        const read = await service.retrieve('contacts', context.primaryEntityId, ['firstname'])
        note({ read: read.firstname })
        throw new Error('undone')
      }
      if (context.target.firstname === 'System') {
        const asCaller = await service.request('GET', 'WhoAmI()')
        const asSystem = await service.system.request('GET', 'WhoAmI()')
        note({ caller: asCaller.body.UserId, system: asSystem.body.UserId, userId: context.userId })
      }
      if (context.target.firstname === 'Together') {
        const ids = await Promise.all(['a', 'b', 'c'].map((subject) => service.create('tasks', { subject })))
        service.create('tasks', { subject: 'not waited for' })
        note(new Set(ids).size)
      }
      if (context.target.firstname === 'Heavy') await service.retrieveMultiple('contacts?fetchXml=' + encodeURIComponent(heavy))
      if (context.target.firstname === 'Tag') note(context.sharedVariables.tag)
    } })
    register({ message: 'Update', table: 'contact', stage: 'PostOperation', filteringColumns: ['jobtitle', 'lastname'], preImage: ['jobtitle', 'department'], postImage: true,
      run: ({ preEntityImages: { preImage }, postEntityImages: { postImage }, target }) => note({ before: preImage.jobtitle, department: preImage.department, after: postImage.jobtitle, all: Object.keys(postImage).length > 20, target: target.jobtitle }) })
    register({ message: 'Delete', table: 'contact', stage: 'PreOperation', preImage: ['fullname'], run: ({ target, preEntityImages: { preImage } }) => {
      note({ deleted: preImage.fullname, table: target.logicalName })
      if (preImage.fullname === 'Kept') throw new Error('It is kept.')
    } })
    register({ message: 'Update', table: 'contact', stage: 'PostOperation', filteringColumns: ['description'], run: async ({ primaryEntityId, depth, parentContext }, service) => {
      note({ depth, parent: parentContext?.depth })
      await service.update('contacts', primaryEntityId, { description: 'again ' + depth })
    } })
    register({ message: 'Associate', stage: 'PostOperation', run: ({ target, relationship, relatedEntities }) => note({ target: target.logicalName, relationship, related: relatedEntities[0].logicalName }) })
    register({ message: 'Disassociate', stage: 'PreOperation', run: ({ relationship }) => note({ un: relationship }) })
  `,
  'c-bulk.mjs': `
    register({ message: 'Create', table: 'territory', stage: 'PreOperation', run: ({ target }) => note({ one: target.name }) })
    register({ message: 'CreateMultiple', table: 'territory', stage: 'PreOperation', run: ({ targets, messageName }) => {
      note({ all: targets.map(({ name }) => name), messageName })
      for (const target of targets) target.description = 'of ' + targets.length
    } })
    register({ message: 'UpdateMultiple', table: 'territory', stage: 'PostOperation', preImage: ['name'], filteringColumns: ['name'], run: ({ targets, preEntityImagesCollection }) =>
      note({ from: preEntityImagesCollection.map(({ preImage }) => preImage.name), to: targets.map(({ name }) => name) }) })
  `,
  'd-async.ts': `
    let tries: number = 0
    register({ message: 'Update', table: 'territory', stage: 'PostOperation', mode: 'async', filteringColumns: ['description'], name: 'Territory follow-up', run: async ({ target, primaryEntityId, mode, isInTransaction }, service) => {
      if (target.description === 'fails') throw new InvalidPluginExecutionException('Not this one.')
      if (target.description === 'fails twice' && ++tries < 3) throw new Error('try ' + tries)
      const row = await service.retrieve('territories', primaryEntityId, ['name'])
      note({ async: row.name, mode, isInTransaction, at: Date.now() })
    } })
    register({ message: 'Delete', table: 'territory', stage: 'PostOperation', mode: 'async', asyncAutoDelete: true, name: 'Gone', run: ({ primaryEntityId }) => note({ gone: primaryEntityId }) })
  `,
}

let server: TestServer
let api: Api
let modules: StepModules

before(async () => {
  modules = makeStepModules(MODULES)
  server = await startServer({ args: ['--steps', modules.folder, '--step-seconds', '1'] })
  api = apiOf(server.api)
  await api.post('accounts', { name: 'Parent' })
})
after(async () => {
  await server[Symbol.asyncDispose]()
  modules.remove()
})
beforeEach(() => void modules.noted())

const contact = (firstname: string, more: object = {}) => api.post('contacts', { firstname, lastname: 'Rossi', ...more })
const contacts = async () => expectStatus(await api.get('contacts?$count=true&$top=1'), 200).body['@odata.count'] as number

test('steps run by stage, then by rank', async () => {
  const id = createdId(await api.post('accounts', { name: 'A' }))
  modules.noted()
  expectStatus(await api.patch(`accounts(${id})`, { name: 'B' }), 204)
  const noted = modules.noted()
  assert.deepEqual(
    noted.map(({ where, stage }) => [where, stage]),
    [
      ['validation', 'PreValidation'],
      ['pre first', 'PreOperation'],
      ['pre second', 'PreOperation'],
      ['post', 'PostOperation'],
    ],
  )
  assert.deepEqual(noted[0].seen.sort(), ['accountid', 'name'])
  assert.deepEqual(noted[3].shared, { validation: 1, 'pre first': 1, 'pre second': 1 })
})

test('a combined update runs them once for ordinary columns and once for the state, with the same shared variables', async () => {
  const id = createdId(await api.post('accounts', { name: 'A' }))
  modules.noted()
  expectStatus(await api.patch(`accounts(${id})`, { name: 'B', statecode: 1 }), 204)
  const noted = modules.noted()
  assert.deepEqual(
    noted.map(({ where }) => where),
    ['validation', 'pre first', 'pre second', 'post', 'validation', 'pre first', 'pre second', 'post'],
  )
  assert.ok(noted[0].seen.includes('name') && !noted[0].seen.includes('statecode'))
  assert.ok(noted[4].seen.includes('statecode') && !noted[4].seen.includes('name'))
  assert.deepEqual(noted[7].shared, { validation: 2, 'pre first': 2, 'pre second': 2, post: 1 })
})

test('what a step before the write changes of the target is written', async () => {
  const id = createdId(await contact('Change', { department: 'Sales' }))
  const select = 'jobtitle,creditlimit,gendercode,birthdate,department,lastname,_parentcustomerid_value'
  const { body } = expectStatus(await api.get(`contacts(${id})?$select=${select}&$expand=parentcustomerid_account($select=name)`), 200)
  assert.deepEqual(
    [body.jobtitle, body.creditlimit, body.gendercode, body.birthdate, body.department, body.lastname, body.parentcustomerid_account.name],
    ['Set by a step', 1250.5, 2, '2001-02-03', null, 'ROSSI', 'Parent'],
  )
})

test('what it may not change is refused, and nothing is kept', async () => {
  const count = await contacts()
  expectRefusal(await contact('Unknown'), 400, '0x80048d19', /nonsense/)
  expectRefusal(await contact('ReadOnly'), 400, '0x80048d19', /fullname/)
  expectRefusal(await contact('Wrong'), 400, '0x80048d19', /creditlimit/)
  expectStatus(await contact('Nobody'), 404)
  assert.equal(await contacts(), count)
})

test('an error undoes the write, and what the step has written, with the documented code', async () => {
  const count = await contacts()
  expectRefusal(await contact('Refuse'), 400, '0x80040265', 'Contacts are refused on Tuesdays.')
  expectRefusal(await contact('After'), 400, '0x80040265', 'undone')
  assert.deepEqual(modules.noted(), [{ read: 'After' }])
  assert.equal(await contacts(), count)
  assert.deepEqual(expectStatus(await api.get("tasks?$filter=subject eq 'by a step'"), 200).body.value, [])
})

test('the refusal of a request of its own goes through a step, and cannot be hidden by it', async () => {
  const count = await contacts()
  expectRefusal(await contact('Pass on'), 400, '0x80048d19', /nonsense/)
  expectRefusal(await contact('Hide'), 400, '0x8009000c', /nonsense/)
  assert.equal(await contacts(), count)
})

test('images show the row before and after; filtering columns decide whether a step runs', async () => {
  const id = createdId(await contact('Image', { jobtitle: 'Old', department: 'D' }))
  const [created] = modules.noted()
  assert.deepEqual([created.fullname, created.createdby.logicalName, created.contactid], ['Image Rossi', 'systemuser', id])
  expectStatus(await api.patch(`contacts(${id})`, { department: 'E' }), 204)
  assert.deepEqual(modules.noted(), [])
  expectStatus(await api.patch(`contacts(${id})`, { jobtitle: 'New' }), 204)
  assert.deepEqual(modules.noted(), [{ before: 'Old', department: 'E', after: 'New', all: true, target: 'New' }])
})

test('steps that make steps run without end are stopped at a depth of eight, and all is undone', async () => {
  const id = createdId(await contact('Deep', { description: 'first' }))
  expectRefusal(await api.patch(`contacts(${id})`, { description: 'second' }), 400, '0x80044182', /infinite loop/)
  const noted = modules.noted()
  assert.deepEqual(
    noted.map(({ depth }) => depth),
    [1, 2, 3, 4, 5, 6, 7, 8],
  )
  assert.equal(noted[3].parent, 3)
  assert.equal(expectStatus(await api.get(`contacts(${id})?$select=description`), 200).body.description, 'first')
})

test('requests that a step sends together, or does not wait for, are all part of the write', async () => {
  expectStatus(await contact('Together'), 204)
  assert.deepEqual(modules.noted(), [3])
  const { value } = expectStatus(await api.get("tasks?$select=subject&$filter=subject eq 'a' or subject eq 'not waited for'"), 200).body
  assert.equal(value.length, 2)
})

test('deletions, cascading ones too, and links are events', async () => {
  const account = createdId(await api.post('accounts', { name: 'With contact' }))
  const id = createdId(await contact('Dele', { lastname: 'Ted', 'parentcustomerid_account@odata.bind': `/accounts(${account})` }))
  expectStatus(await api.delete(`contacts(${id})`), 204)
  assert.deepEqual(modules.noted(), [{ deleted: 'Dele Ted', table: 'contact' }])
  const kept = createdId(await api.post('contacts', { lastname: 'Kept' }))
  expectRefusal(await api.delete(`contacts(${kept})`), 400, '0x80040265', 'It is kept.')
  modules.noted()
  const body = { '@odata.id': `${api.root}/contacts(${kept})` }
  expectStatus(await api.post(`accounts(${account})/contact_customer_accounts/$ref`, body), 204)
  assert.deepEqual(modules.noted(), [{ target: 'account', relationship: 'contact_customer_accounts', related: 'contact' }])
  expectStatus(await api.delete(`accounts(${account})/contact_customer_accounts(${kept})/$ref`), 204)
  assert.deepEqual(modules.noted(), [{ un: 'contact_customer_accounts' }])
})

test('a bulk deletion tells of each row, and passes over those that a step keeps', async () => {
  for (const lastname of ['Bulk 1', 'Kept', 'Bulk 2']) createdId(await api.post('contacts', { lastname, department: 'Bulk' }))
  modules.noted()
  const Criteria = {
    FilterOperator: 'And',
    Conditions: [{ AttributeName: 'department', Operator: 'Equal', Values: [{ Value: 'Bulk', Type: 'System.String' }] }],
  }
  const { JobId } = expectStatus(await api.post('BulkDelete', { JobName: 'Bulk', QuerySet: [{ EntityName: 'contact', Criteria }] }), 200).body
  const job = await until(async () => {
    const { body } = expectStatus(await api.get(`asyncoperations(${JobId})`), 200)
    return body.statecode === 3 ? body : undefined
  })
  assert.match(job.friendlymessage, /2 deleted, 1 could not be deleted/)
  assert.deepEqual(
    modules
      .noted()
      .map(({ deleted }) => deleted)
      .sort(),
    ['Bulk 1', 'Bulk 2', 'Kept'],
  )
})

test('CreateMultiple is one event of all its rows and one of each; a single create is a CreateMultiple of one', async () => {
  const Targets = ['North', 'South'].map((name) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.territory', name }))
  const { Ids } = expectStatus(await api.post('territories/Microsoft.Dynamics.CRM.CreateMultiple', { Targets }), 200).body
  assert.deepEqual(modules.noted(), [{ all: ['North', 'South'], messageName: 'CreateMultiple' }, { one: 'North' }, { one: 'South' }])
  assert.equal(expectStatus(await api.get(`territories(${Ids[1]})?$select=description`), 200).body.description, 'of 2')
  createdId(await api.post('territories', { name: 'East' }))
  assert.deepEqual(modules.noted(), [{ one: 'East' }, { all: ['East'], messageName: 'CreateMultiple' }])
  const Changed = Ids.map((territoryid: string, index: number) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.territory', territoryid, name: `New ${index}` }))
  expectStatus(await api.post('territories/Microsoft.Dynamics.CRM.UpdateMultiple', { Targets: Changed }), 204)
  assert.deepEqual(modules.noted(), [{ from: ['North', 'South'], to: ['New 0', 'New 1'] }])
})

test('steps that run away, wait for ever or end their thread fail their own write, while others go on', async () => {
  const count = await contacts()
  const began = performance.now()
  const [forever, ...others] = await Promise.all([
    contact('Forever'),
    ...Array.from({ length: 20 }, (_, index) => api.post('letters_of_nobody', { index })),
    api.post('accounts', { name: 'Other' }),
  ])
  expectRefusal(forever, 500, '0x80081111', "Didn't receive a response from the b-contact.mjs#0 plug-in within the 1-second limit.")
  expectStatus(others.at(-1) ?? forever, 204)
  assert.ok(performance.now() - began < 5000)
  expectRefusal(await contact('Wait'), 500, '0x80081111')
  expectRefusal(await contact('Exit'), 500, '0x8004418d')
  assert.equal(await contacts(), count)
  createdId(await contact('After all'))
})

test('a query of a step that runs away is stopped with it', async () => {
  const Targets = Array.from({ length: 100 }, (_, index) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.contact', lastname: `Many ${index}` }))
  expectStatus(await api.post('contacts/Microsoft.Dynamics.CRM.CreateMultiple', { Targets }, { 'MSCRM.BypassCustomPluginExecution': 'true' }), 200)
  const began = performance.now()
  expectStatus(await contact('Heavy'), 500)
  assert.ok(performance.now() - began < 5000)
})

test('reads do not wait for a step', async () => {
  const slow = contact('Forever')
  await new Promise((done) => setTimeout(done, 100))
  const began = performance.now()
  expectStatus(await api.get('accounts?$top=1'), 200)
  assert.ok(performance.now() - began < 500)
  expectStatus(await slow, 500)
})

test('a write with steps has a transaction of its own: its failure takes nothing from those beside it', async () => {
  const count = await contacts()
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      index % 3 === 0 ? contact('Refuse') : index % 3 === 1 ? contact('Fine') : api.post('accounts', { name: `Beside ${index}` }),
    ),
  )
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map((_, index) => (index % 3 === 0 ? 400 : 204)),
  )
  assert.equal(await contacts(), count + 10)
})

test('a change set is undone as a whole', async () => {
  const count = await contacts()
  const parts = ['Fine', 'Refuse'].map((firstname) => ({ method: 'POST', url: 'contacts', body: { firstname } }))
  const answer = await postBatch(api, batchBody([parts]))
  assert.match(answer.text, /Contacts are refused on Tuesdays/)
  assert.equal(await contacts(), count)
})

test('steps act as the caller, or as the system', async () => {
  const me = await whoAmI(api)
  const role = expectStatus(await api.get("roles?$select=roleid&$filter=name eq 'Basic User'&$top=1"), 200).body.value[0].roleid
  const user = await makeUser(api, 'Stepper')
  expectStatus(await api.post(`systemusers(${user})/systemuserroles_association/$ref`, { '@odata.id': `${api.root}/roles(${role})` }), 204)
  modules.noted()
  expectStatus(await contactAs(user, 'System'), 204)
  assert.deepEqual(modules.noted(), [{ caller: user, system: me.UserId, userId: user }])
  // A step hears of nothing that its caller may not ask for.
  const stranger = await makeUser(api, 'Stranger')
  modules.noted()
  const Targets = [{ '@odata.type': 'Microsoft.Dynamics.CRM.territory', name: 'Denied' }]
  expectRefusal(
    await api.post('territories/Microsoft.Dynamics.CRM.CreateMultiple', { Targets }, { MSCRMCallerID: stranger }),
    403,
    '0x80040220',
    /prvCreateTerritory/,
  )
  expectRefusal(await contactAs(stranger, 'Refuse'), 403, '0x80040220', /prvCreateContact/)
  assert.deepEqual(modules.noted(), [])
  // And the bypasses are for those who have their privileges.
  expectRefusal(await contactAs(user, 'Refuse', { 'MSCRM.BypassCustomPluginExecution': 'true' }), 403, '0x80040220', /prvBypassCustomPlugins/)
  expectRefusal(await contactAs(user, 'Refuse', { 'MSCRM.BypassBusinessLogicExecution': 'CustomSync' }), 403, '0x80040220', /prvBypassCustomBusinessLogic/)
})

const contactAs = (user: string, firstname: string, headers: { readonly [name: string]: string } = {}) =>
  api.post('contacts', { firstname }, { MSCRMCallerID: user, ...headers })

test('steps are bypassed by header', async () => {
  createdId(await api.post('contacts', { firstname: 'Refuse' }, { 'MSCRM.BypassCustomPluginExecution': 'true' }))
  createdId(await api.post('contacts', { firstname: 'Refuse' }, { 'MSCRM.BypassBusinessLogicExecution': 'CustomSync,CustomAsync' }))
  expectRefusal(await api.post('contacts', { firstname: 'Refuse' }, { 'MSCRM.BypassBusinessLogicExecution': 'CustomAsync' }), 400, '0x80040265')
  expectRefusal(await api.post('contacts', { firstname: 'Refuse' }, { 'MSCRM.BypassCustomPluginExecution': 'false' }), 400, '0x80040265')
  expectStatus(await api.post('contacts', { firstname: 'x' }, { 'MSCRM.BypassBusinessLogicExecution': 'Everything' }), 400)
})

test('a tag of the request is told to steps', async () => {
  expectStatus(await api.post('contacts?tag=import', { firstname: 'Tag' }), 204)
  assert.deepEqual(modules.noted(), ['import'])
})

const jobsNamed = async (name: string) => expectStatus(await api.get(`asyncoperations?$filter=name eq '${name}'&$orderby=createdon`), 200).body.value

test('asynchronous steps run after the commit and are seen as system jobs', async () => {
  const id = createdId(await api.post('territories', { name: 'Async' }))
  modules.noted()
  expectStatus(await api.patch(`territories(${id})`, { description: 'x' }), 204)
  const noted = await until(() => modules.noted().at(-1))
  assert.deepEqual({ ...noted, at: 0 }, { async: 'Async', mode: 'async', isInTransaction: false, at: 0 })
  const job = await until(async () => (await jobsNamed('Territory follow-up')).find((one: { statecode: number }) => one.statecode === 3))
  assert.deepEqual([job.statuscode, job.operationtype, job.messagename, job.primaryentitytype, job.retrycount], [30, 1, 'Update', 'territory', 0])
  // Whatever is rolled back leaves nothing to be done.
  const before = (await jobsNamed('Territory follow-up')).length
  const parts = [
    { method: 'PATCH', url: `territories(${id})`, body: { description: 'y' } },
    { method: 'POST', url: 'contacts', body: { firstname: 'Refuse' } },
  ]
  await postBatch(api, batchBody([parts]))
  assert.equal((await jobsNamed('Territory follow-up')).length, before)
})

test('an asynchronous step that refuses has failed; one that throws is tried again, later each time', async () => {
  const id = createdId(await api.post('territories', { name: 'Again' }))
  expectStatus(await api.patch(`territories(${id})`, { description: 'fails' }), 204)
  const failed = await until(async () => (await jobsNamed('Territory follow-up')).find((one: { statuscode: number }) => one.statuscode === 31))
  assert.deepEqual([failed.message, failed.errorcode, failed.retrycount], ['Not this one.', 0x80040265 | 0, 0])
  modules.noted()
  const began = Date.now()
  expectStatus(await api.patch(`territories(${id})`, { description: 'fails twice' }), 204)
  const waiting = await until(async () =>
    (await jobsNamed('Territory follow-up')).find((one: { statecode: number; retrycount: number }) => one.statecode === 1),
  )
  assert.deepEqual([waiting.statuscode, waiting.message], [10, 'try 1'])
  const noted = await until(() => modules.noted().at(-1))
  assert.ok(noted.at - began >= 2900, `${noted.at - began} ms`)
  const done = await until(async () => {
    const job = expectStatus(await api.get(`asyncoperations(${waiting.asyncoperationid})`), 200).body
    return job.statecode === 3 ? job : undefined
  })
  assert.deepEqual([done.statuscode, done.retrycount], [30, 2])
})

test('a job can be deleted once it has succeeded', async () => {
  const id = createdId(await api.post('territories', { name: 'Gone' }))
  modules.noted()
  expectStatus(await api.delete(`territories(${id})`), 204)
  assert.deepEqual(await until(() => modules.noted().at(-1)), { gone: id })
  await until(async () => ((await jobsNamed('Gone')).length === 0 ? true : undefined))
})

test('a module that cannot be used keeps the server from starting, and says why', async () => {
  const broken = makeStepModules({ 'wrong.mjs': "register({ message: 'Create', table: 'account', stage: 'Afterwards', run() {} })" })
  await assert.rejects(startServer({ args: ['--steps', broken.folder] }), /wrong\.mjs cannot be used: stage must be one of/)
  broken.remove()
})
