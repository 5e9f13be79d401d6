import assert from 'node:assert/strict'
import { test } from 'node:test'
import { subjectOf } from './subject.ts'

const PERSON = '11111111-2222-4333-8444-555555555555'
const APP = '22222222-2222-4333-8444-555555555555'
const PRINCIPAL = '33333333-2222-4333-8444-555555555555'

test('a person is known by oid, or by sub', () => {
  assert.deepEqual(subjectOf({ oid: PERSON, sub: 'pairwise', appid: APP, scp: 'user_impersonation' }), { objectId: PERSON, applicationId: undefined })
  assert.deepEqual(subjectOf({ sub: PERSON.toUpperCase(), azp: APP, scope: 'openid' }), { objectId: PERSON, applicationId: undefined })
  assert.deepEqual(subjectOf({ sub: 'auth0|1', azp: APP }), { objectId: undefined, applicationId: undefined })
})

test('an application that speaks for itself is known by its client id', () => {
  const app = { objectId: PRINCIPAL, applicationId: APP }
  assert.deepEqual(subjectOf({ appid: APP, oid: PRINCIPAL, sub: PRINCIPAL }), app)
  assert.deepEqual(subjectOf({ azp: APP, oid: PRINCIPAL, sub: 'other', idtyp: 'app' }), app)
  assert.deepEqual(subjectOf({ client_id: APP, sub: APP }), { objectId: APP, applicationId: APP })
  assert.deepEqual(subjectOf({ azp: APP, sub: `${APP}@clients`, gty: 'client-credentials' }), { objectId: undefined, applicationId: APP })
  assert.deepEqual(subjectOf({ appid: APP }), { objectId: undefined, applicationId: APP })
})

test('a person never gets the rights of the application they use', () => {
  for (const claims of [
    { appid: APP, oid: PERSON, sub: PERSON, scp: 'user_impersonation' },
    { appid: APP, oid: PERSON, sub: PERSON, idtyp: 'user' },
    { azp: APP, sub: PERSON },
    { client_id: APP, sub: 'someone' },
  ])
    assert.equal(subjectOf(claims).applicationId, undefined)
})

test('claims that are no guids name nobody', () => {
  assert.deepEqual(subjectOf({ oid: 7, sub: ['x'], appid: { $ne: '' } }), { objectId: undefined, applicationId: undefined })
  assert.deepEqual(subjectOf({ appid: 'my-client', sub: 'my-client' }), { objectId: undefined, applicationId: undefined })
})
