import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseKeyPredicate } from '../protocol/key-predicate.ts'
import { bindAddress, bindReference } from './bind-address.ts'
import { ID, tableOf, testSchema } from './test-schema.ts'
import type { RowAddress } from './row-address.ts'

const bind = (table: string, predicate: string, aliases: Readonly<Record<string, string>> = {}): RowAddress =>
  bindAddress(tableOf(table), parseKeyPredicate(predicate), new Map(Object.entries(aliases)))

function told(address: RowAddress): unknown {
  return address.by === 'id' ? address.id : { [address.key.logicalName]: address.parts.map((part) => [part.column.logicalName, part.value]) }
}

test('a bare guid in any spelling is the id, and so is the primary id by name', () => {
  for (const text of [ID, ID.toUpperCase(), `{${ID}}`, `'${ID}'`, `accountid=${ID}`, '@id']) assert.equal(told(bind('account', text, { id: ID })), ID, text)
})

test('a user is addressed by ownerid, never by systemuserid', () => {
  assert.equal(told(bind('systemuser', `ownerid=${ID}`)), ID)
  assert.equal(told(bind('systemuser', ID)), ID)
  assert.throws(() => bind('systemuser', `systemuserid=${ID}`), { name: 'KeyNotDefined' })
  assert.throws(() => bind('account', `ownerid=${ID}`), { name: 'KeyNotDefined' })
})

test('named columns must be exactly those of an active key, in any order', () => {
  assert.deepEqual(told(bind('account', "accountnumber='A1'")), { bynumber: [['accountnumber', 'A1']] })
  const both = {
    bycontact: [
      ['line', 5],
      ['primarycontactid', ID],
    ],
  }
  assert.deepEqual(told(bind('account', `_primarycontactid_value=${ID},line=5`)), both)
  assert.deepEqual(told(bind('account', `line=5,_primarycontactid_value=${ID}`)), both)
  for (const text of [
    '',
    'line=5',
    `line=5,_primarycontactid_value=${ID},accountnumber='A1'`,
    `primarycontactid=${ID},line=5`,
    "name='A'",
    `accountid=${ID},line=5`,
  ]) {
    assert.throws(() => bind('account', text), { name: 'KeyNotDefined', status: 400 }, text)
  }
})

test('quotes decide the type of a key value, and null is none', () => {
  assert.deepEqual(told(bind('account', `accountnumber='${ID}'`)), { bynumber: [['accountnumber', ID]] })
  for (const text of [`line='5',_primarycontactid_value=${ID}`, 'accountnumber=5', 'accountnumber=null', "accountnumber=''", '5', "'A1'", 'null']) {
    assert.throws(() => bind('account', text), { name: 'BadRequest', status: 400 }, text)
  }
})

test('a decimal key is rounded as its column is', () => assert.deepEqual(told(bind('account', 'rate=1.005')), { byrate: [['rate', '1.01']] }))

test('an alias is read as a literal; without a value it is refused', () => {
  assert.deepEqual(told(bind('account', 'accountnumber=@k', { k: "'A/B'" })), { bynumber: [['accountnumber', 'A/B']] })
  const predicate = parseKeyPredicate('accountnumber=@k')
  for (const aliases of [new Map(), new Map([['k', 'A/B']])]) {
    assert.throws(() => bindAddress(tableOf('account'), predicate, aliases), { name: 'BadRequest', message: /@k/ })
  }
})

test('a reference in a body names a row of one of the wanted tables', () => {
  const predicate = parseKeyPredicate("emailaddress1='a@b.c'")
  const address = bindReference({ kind: 'row', entitySet: 'contacts', predicate }, testSchema, ['account', 'contact'])
  assert.deepEqual(told(address), { byemail: [['emailaddress1', 'a@b.c']] })
  assert.throws(() => bindReference({ kind: 'row', entitySet: 'contacts', predicate }, testSchema, ['account']), { name: 'BadPayload' })
  assert.throws(() => bindReference({ kind: 'row', entitySet: 'nothing', predicate }, testSchema, ['account']), { name: 'BadPayload' })
  assert.throws(() => bindReference({ kind: 'content-id', contentId: '1' }, testSchema, ['account']), { name: 'UnknownContentId' })
})
