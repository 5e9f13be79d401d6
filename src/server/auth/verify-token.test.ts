/** What a token can be wrong in, one by one, against an issuer on loopback and a clock that is set by hand. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { base64url, SignJWT } from 'jose'
import { type FakeIssuer, startIssuer, unsignedToken } from '../../../test/support/fake-issuer.ts'
import { DataverseError } from '../../protocol/errors.ts'
import { remoteIssuer } from './token-issuer.ts'
import { tokenVerifier, type Verifier } from './verify-token.ts'

const HERE = 'https://data.example.com'
const USER = '11111111-2222-4333-8444-555555555555'
let issuer: FakeIssuer
let foreign: FakeIssuer
let verifier: Verifier
let now: number
const clock = { now: () => new Date(now) }

before(async () => {
  issuer = await startIssuer(() => HERE)
  foreign = await startIssuer(() => HERE)
})
after(async () => {
  await issuer.stop()
  await foreign.stop()
})
beforeEach(() => {
  now = Date.now()
  issuer.answer(true)
  verifier = newVerifier()
})

function newVerifier(keyCooldownMs = 0): Verifier {
  const find = remoteIssuer(issuer.url, clock, { keyCooldownMs, patienceMs: 1000, discoveredForMs: 5000 })
  return tokenVerifier({ issuers: new Map([[issuer.url, find]]), audiences: () => new Set([HERE, 'api://tidemark']), clock })
}

async function refusalOf(token: string): Promise<DataverseError> {
  try {
    await verifier.verify(token)
  } catch (thrown) {
    assert.ok(thrown instanceof DataverseError, String(thrown))
    return thrown
  }
  throw new Error('the token was believed')
}

async function assertUnauthenticated(token: string, reason: RegExp): Promise<void> {
  const refusal = await refusalOf(token)
  assert.equal(refusal.status, 401)
  assert.match(refusal.message, reason)
  assert.ok(token === '' || !refusal.message.includes(token))
}

const seconds = () => Math.floor(now / 1000)

test('a good token says whom it is about, also a second time', async () => {
  const token = await issuer.sign({ oid: USER })
  assert.deepEqual(await verifier.verify(token), { objectId: USER, applicationId: undefined })
  assert.deepEqual(verifier.verify(token), { objectId: USER, applicationId: undefined })
})

test('the audience may have a slash at its end, be one of several, and be another configured one', async () => {
  for (const aud of [`${HERE}/`, ['https://elsewhere.example', HERE], 'api://tidemark']) await verifier.verify(await issuer.sign({ oid: USER, aud }))
})

test('another audience, none, or one that only begins like ours is refused', async () => {
  for (const aud of ['https://elsewhere.example', `${HERE}.evil.example`, [], 7, { url: HERE }])
    await assertUnauthenticated(await issuer.sign({ aud }), /audience|aud/)
  await assertUnauthenticated(await issuer.sign({ aud: undefined }), /'aud'/)
})

test('a token without a signature is refused, however the algorithm is spelt', async () => {
  const claims = { iss: issuer.url, aud: HERE, exp: seconds() + 600, oid: USER }
  const none = unsignedToken(claims)
  await assertUnauthenticated(none, /not (?:accepted|a signed)/)
  await assertUnauthenticated(none.slice(0, -1), /JSON Web Token/)
  const [, body = ''] = none.split('.')
  for (const alg of ['None', 'NONE', 'nOnE', '', undefined])
    await assertUnauthenticated(`${base64url.encode(JSON.stringify({ alg }))}.${body}.`, /not (?:accepted|a signed)/)
})

test('HS256 with the public key as its secret is refused', async () => {
  const secret = new TextEncoder().encode(await issuer.publicKey())
  const token = await new SignJWT({ iss: issuer.url, aud: HERE, exp: seconds() + 600, oid: USER }).setProtectedHeader({ alg: 'HS256' }).sign(secret)
  await assertUnauthenticated(token, /not accepted/)
})

test('a key of someone else is refused, with their id, with ours, and inside the token', async () => {
  await assertUnauthenticated(await foreign.sign({ iss: issuer.url }), /no such key/)
  const known = JSON.parse(Buffer.from((await issuer.sign({})).split('.')[0] ?? '', 'base64url').toString()).kid
  await assertUnauthenticated(await foreign.sign({ iss: issuer.url }, { kid: known }), /signature is wrong/)
  const header = { alg: 'RS256', kid: known, jwk: { kty: 'RSA' }, jku: `${foreign.url}/keys`, x5u: foreign.url }
  await assertUnauthenticated(await foreign.sign({ iss: issuer.url }, header), /signature is wrong/)
})

test('an issuer that is not configured is refused without being asked', async () => {
  const asked = foreign.asked()
  await assertUnauthenticated(await foreign.sign({}), /no issuer that is configured/)
  await assertUnauthenticated(await issuer.sign({ iss: undefined }), /no issuer that is configured/)
  await assertUnauthenticated(await issuer.sign({ iss: [issuer.url] }), /no issuer that is configured/)
  assert.equal(foreign.asked(), asked)
  // A slash at the end is another issuer, once it comes to the claim itself.
  await assertUnauthenticated(await issuer.sign({ iss: `${issuer.url}/` }), /'iss'/)
})

test('a token has a beginning and an end, but for what clocks differ', async () => {
  await assertUnauthenticated(await issuer.sign({ exp: seconds() - 31 }), /expired/)
  await verifier.verify(await issuer.sign({ exp: seconds() - 25, oid: USER }))
  await assertUnauthenticated(await issuer.sign({ nbf: seconds() + 60 }), /not valid yet/)
  await verifier.verify(await issuer.sign({ nbf: seconds() + 20, oid: USER }))
  await assertUnauthenticated(await issuer.sign({ exp: undefined }), /'exp'/)
  await assertUnauthenticated(await issuer.sign({ exp: 'tomorrow' }), /'exp'/)
})

test('a token that was good expires', async () => {
  const token = await issuer.sign({ oid: USER, exp: seconds() + 60 })
  await verifier.verify(token)
  now += 80_000
  await verifier.verify(token)
  now += 20_000
  await assertUnauthenticated(token, /expired/)
})

test('what is changed in a token breaks its signature', async () => {
  const [head, body = '', signature] = (await issuer.sign({ oid: USER })).split('.')
  const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), oid: '99999999-2222-4333-8444-555555555555' }
  await assertUnauthenticated([head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.'), /signature is wrong/)
})

test('garbage is refused', async () => {
  for (const token of ['x', 'a.b.c', '..', '....', 'ey.ey.ey', `${'A'.repeat(3000)}.B.C`, 'a.b.c.d.e']) await assertUnauthenticated(token, /JSON Web Token/)
  await assertUnauthenticated('A'.repeat(17_000), /too long/)
})

test('a new key is believed as soon as its issuer has it, the old one no more', async () => {
  const before = await issuer.sign({ oid: USER })
  await verifier.verify(before)
  await issuer.rotate()
  await verifier.verify(await issuer.sign({ oid: USER }))
  verifier.forget()
  await assertUnauthenticated(before, /no such key/)
})

test('unknown keys do not make us ask the issuer again and again', async () => {
  verifier = newVerifier(60_000)
  await verifier.verify(await issuer.sign({ oid: USER }))
  const asked = issuer.asked()
  for (let n = 0; n < 10; n++) await assertUnauthenticated(await issuer.sign({ oid: USER }, { kid: `made up ${n}` }), /no such key/)
  assert.equal(issuer.asked(), asked)
})

test('an issuer that does not answer is not the token’s fault; what it said before goes on', async () => {
  issuer.answer(false)
  const token = await issuer.sign({ oid: USER })
  assert.equal((await refusalOf(token)).status, 503)
  issuer.answer(true)
  assert.equal((await refusalOf(token)).status, 503, 'it was asked again at once')
  now += 1500
  await verifier.verify(token)
  now += 6000
  issuer.answer(false)
  verifier.forget()
  await verifier.verify(token)
})

test('keys that cannot be had are not asked for by each token', async () => {
  await verifier.verify(await issuer.sign({ oid: USER }))
  await issuer.rotate()
  issuer.answer(false)
  const token = await issuer.sign({ oid: USER })
  const asked = issuer.asked()
  for (let n = 0; n < 5; n++) assert.equal((await refusalOf(token)).status, 503)
  assert.equal(issuer.asked(), asked + 1)
  issuer.answer(true)
  now += 1500
  await verifier.verify(token)
})

test('a discovery document of another issuer is not believed', async () => {
  const find = remoteIssuer(`${issuer.url}/tenant`, clock)
  await assert.rejects(find(), (error: Error) => /issuer/.test(String(error.cause)))
})
