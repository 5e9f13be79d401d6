import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Precondition } from '../protocol/precondition.ts'
import { parseRowBody } from '../protocol/row-json.ts'
import { parseRowReference } from '../protocol/row-reference.ts'
import { bindReference } from './bind-address.ts'
import { planBulk } from './plan-bulk.ts'
import { planAddReference, planRemoveReference, planSetReference } from './plan-references.ts'
import { planCreateChild, planDelete, planPropertyDelete, planPropertyPut, planUpdate } from './plan-write.ts'
import { ID, ID2, tableOf, testSchema } from './test-schema.ts'

const chance = { newId: () => ID2 }
const none: Precondition = { kind: 'none' }
const address = (url: string) => bindReference(parseRowReference(url), testSchema, ['account', 'contact', 'task'])
const account = address(`accounts(${ID})`)
const update = (precondition: Precondition, body = {}) => planUpdate(account, parseRowBody(body), precondition, undefined, testSchema, chance)

test('the precondition decides the verb', () => {
  assert.equal(update(none).verb, 'upsert')
  assert.equal(update({ kind: 'exists' }).verb, 'update')
  assert.equal(update({ kind: 'absent' }).verb, 'create')
  assert.equal(update({ kind: 'version-is', versions: [1n] }).verb, 'update')
  assert.throws(() => update({ kind: 'version-is-not', versions: [1n] }), { name: 'BadRequest' })
})

test('the id in the body may repeat the id in the URL', () => {
  assert.deepEqual(update(none, { accountid: ID }).assignments, [])
  assert.throws(() => update(none, { accountid: ID2 }), { name: 'BadRequest' })
})

test('under a key the id in the body waits for the row', () => {
  const plan = planUpdate(address("accounts(accountnumber='A1')"), parseRowBody({ accountid: ID }), none, undefined, testSchema, chance)
  assert.equal(plan.assignments.length, 1)
})

test('an upsert by a key value that fits no row is refused before it runs', () => {
  const long = address(`accounts(accountnumber='${'x'.repeat(101)}')`)
  assert.throws(() => planUpdate(long, { members: [] }, none, undefined, testSchema, chance), { name: 'TextTooLong' })
})

test('one property is an update that never creates', () => {
  const plan = planPropertyPut(account, 'name', 'x', none, testSchema, chance)
  assert.equal(plan.verb, 'update')
  assert.deepEqual(
    plan.assignments.map((one) => 'value' in one && one.value),
    ['x'],
  )
  assert.deepEqual(
    planPropertyDelete(account, 'name', none, testSchema, chance).assignments.map((one) => 'value' in one && one.value),
    [null],
  )
  assert.throws(() => planPropertyPut(account, 'primarycontactid', null, none, testSchema, chance), { name: 'BadRequest' })
  assert.throws(() => planPropertyPut(account, 'nothing', null, none, testSchema, chance), { name: 'UnknownResource' })
  assert.throws(() => planPropertyPut(address("accounts(accountnumber='A')"), 'accountnumber', 'B', none, testSchema, chance), { name: 'BadRequest' })
})

test('a delete takes no If-None-Match', () => {
  assert.equal(planDelete(account, { kind: 'exists' }).kind, 'delete-row')
  assert.throws(() => planDelete(account, { kind: 'absent' }), { name: 'BadRequest' })
})

test('a row created in a collection hangs on its parent', () => {
  const task = planCreateChild(account, 'Account_Tasks', parseRowBody({ subject: 'x' }), undefined, testSchema, chance)
  assert.ok(task.assignments.some((one) => 'find' in one && one.find === account && one.column.logicalName === 'regardingobjectid'))
  const contact = planCreateChild(account, 'accountcontact_association', parseRowBody({ fullname: 'x' }), undefined, testSchema, chance)
  assert.deepEqual(
    contact.attachments.map((one) => one.kind),
    ['bind-linked'],
  )
  assert.throws(() => planCreateChild(account, 'primarycontactid', { members: [] }, undefined, testSchema, chance), { name: 'MethodNotAllowed' })
})

test('references are added to collections and set on lookups', () => {
  const contact = parseRowReference(`contacts(${ID2})`)
  assert.equal(planAddReference(account, 'accountcontact_association', contact, testSchema).kind, 'link')
  assert.equal(planSetReference(account, 'primarycontactid', contact, testSchema, chance).verb, 'update')
  assert.throws(() => planAddReference(account, 'primarycontactid', contact, testSchema), { name: 'MethodNotAllowed' })
  assert.throws(() => planSetReference(account, 'Account_Tasks', contact, testSchema, chance), { name: 'MethodNotAllowed' })
  assert.throws(() => planAddReference(account, 'nothing', contact, testSchema), { name: 'UnknownResource' })
})

test('references are removed by name from collections, without one from lookups', () => {
  const contact = parseRowReference(`contacts(${ID2})`)
  assert.equal(planRemoveReference(account, 'accountcontact_association', contact, testSchema, chance).kind, 'unlink')
  assert.equal(planRemoveReference(account, 'primarycontactid', undefined, testSchema, chance).kind, 'write-row')
  assert.throws(() => planRemoveReference(account, 'accountcontact_association', undefined, testSchema, chance), { name: 'BadRequest' })
  assert.throws(() => planRemoveReference(account, 'primarycontactid', contact, testSchema, chance), { name: 'BadRequest' })
  assert.throws(() => planRemoveReference(account, 'ownerid', undefined, testSchema, chance), { name: 'MissingOwner' })
})

const type = 'Microsoft.Dynamics.CRM.account'
const bulk = (action: Parameters<typeof planBulk>[0], targets: readonly object[], deleteMultiple = false) =>
  planBulk(
    action,
    tableOf('account'),
    targets.map((target) => parseRowBody(target as never)),
    deleteMultiple,
    testSchema,
    chance,
  )

test('every item of a bulk action names its type', () => {
  assert.throws(() => bulk('CreateMultiple', [{ name: 'A' }]), { name: 'BadPayload' })
  assert.throws(() => bulk('CreateMultiple', [{ '@odata.type': 'Microsoft.Dynamics.CRM.contact', fullname: 'A' }]), { name: 'BadPayload' })
  assert.equal(bulk('CreateMultiple', [{ '@odata.type': type, name: 'A' }]).rows.length, 1)
})

test('items name their rows by the id column or by @odata.id', () => {
  const targets = [
    { '@odata.type': type, accountid: ID, name: 'A' },
    { '@odata.type': type, '@odata.id': "accounts(accountnumber='A1')", name: 'A' },
    { '@odata.type': type, '@odata.id': `/accounts(${ID})`, accountid: ID, name: 'A' },
  ]
  assert.deepEqual(
    bulk('UpdateMultiple', targets).rows.map((row) => row.address?.by),
    ['id', 'key', 'id'],
  )
  assert.throws(() => bulk('UpdateMultiple', [{ '@odata.type': type, accountnumber: 'A1' }]), { name: 'BadPayload' })
  assert.throws(() => bulk('UpdateMultiple', [{ '@odata.type': type, '@odata.id': `/accounts(${ID2})`, accountid: ID }]), { name: 'BadPayload' })
  assert.throws(() => bulk('CreateMultiple', [{ '@odata.type': type, '@odata.id': `/accounts(${ID2})` }]), { name: 'BadPayload' })
})

test('an item of UpsertMultiple without identity is created', () => {
  const [row] = bulk('UpsertMultiple', [{ '@odata.type': type, name: 'A' }]).rows
  assert.ok(row?.kind === 'write-row' && row.verb === 'create')
})

test('DeleteMultiple is an extension that has to be asked for', () => {
  assert.throws(() => bulk('DeleteMultiple', [{ '@odata.type': type, accountid: ID }]), { name: 'NotImplemented', status: 501, code: '0x80040219' })
  assert.equal(bulk('DeleteMultiple', [{ '@odata.type': type, accountid: ID }], true).action, 'delete')
  assert.throws(() => bulk('DeleteMultiple', [{ '@odata.type': type, accountid: ID, name: 'A' }], true), { name: 'BadPayload' })
})
