/** Callers with tokens of an OpenID Connect issuer elsewhere: attacks over HTTP, keys that change, and whose user a token is. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { SignJWT } from 'jose'
import { type Api, apiOf, expectStatus } from '../support/api.ts'
import { bearer, tokenOf } from '../support/ask-token.ts'
import { addClient, runJson } from '../support/command.ts'
import { type FakeIssuer, startIssuer, unsignedToken } from '../support/fake-issuer.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let issuer: FakeIssuer
let foreign: FakeIssuer
let api: Api
const objectId = randomUUID()
const applicationId = randomUUID()
let person: string
let application: string

before(async () => {
  issuer = await startIssuer(() => server.url, 'ES256')
  foreign = await startIssuer(() => server.url, 'ES256')
  server = await startServer({ args: ['--auth', 'oidc', '--issuers', `https://unreachable.invalid/tenant, ${issuer.url}/`, '--audiences', 'api://tidemark'] })
  api = apiOf(server.api)
  const add = (...more: string[]) => runJson('user', 'add', '--data', server.data, '--role', 'System Administrator', ...more)
  person = (await add('--name', 'Person', '--object-id', objectId)).userId
  application = (await add('--name', 'Application', '--application-id', applicationId)).userId
})
after(async () => {
  await server?.[Symbol.asyncDispose]()
  await issuer?.stop()
  await foreign?.stop()
})

const ask = (token: string) => api.get('WhoAmI', bearer(token))
const callerOf = async (claims: object) => expectStatus(await ask(await issuer.sign({ ...claims })), 200).body.UserId

test('a person is found by the object id, an application by its client id', async () => {
  assert.equal(await callerOf({ oid: objectId, sub: 'pairwise', scp: 'user_impersonation' }), person)
  assert.equal(await callerOf({ sub: objectId, aud: 'api://tidemark' }), person)
  for (const claims of [
    { appid: applicationId },
    { azp: applicationId, oid: randomUUID(), sub: 'x', idtyp: 'app' },
    { client_id: applicationId, sub: applicationId },
  ])
    assert.equal(await callerOf(claims), application)
})

test('who has no user here is told so, and not by which application they came', async () => {
  for (const claims of [
    { oid: randomUUID() },
    { sub: 'auth0|7' },
    { oid: randomUUID(), sub: 'x', appid: applicationId, scp: 'user_impersonation' },
    { appid: randomUUID() },
  ]) {
    const answer = expectStatus(await ask(await issuer.sign(claims)), 403)
    assert.deepEqual([answer.body.error.code, answer.headers['www-authenticate']], ['0x80072560', undefined])
  }
})

test('two users of one id are nobody', async () => {
  const shared = randomUUID()
  await runJson('user', 'add', '--data', server.data, '--name', 'First', '--application-id', shared)
  await assert.rejects(runJson('user', 'add', '--data', server.data, '--name', 'Second', '--application-id', shared), /already/)
})

test('a token that is wrong is refused with the challenge, by reads, writes and batches', async () => {
  const claims = { iss: issuer.url, aud: server.url, exp: Math.floor(Date.now() / 1000) + 600, oid: objectId }
  const shared = new TextEncoder().encode(await issuer.publicKey())
  const past = Math.floor(Date.now() / 1000) - 3600
  const wrong = {
    'no signature': unsignedToken(claims),
    'the public key as a secret': await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(shared),
    'another audience': await issuer.sign({ oid: objectId, aud: 'https://elsewhere.example' }),
    'another issuer': await foreign.sign({ oid: objectId }),
    'the key of another': await foreign.sign({ oid: objectId, iss: issuer.url }),
    'an unknown key': await issuer.sign({ oid: objectId }, { kid: 'unknown' }),
    expired: await issuer.sign({ oid: objectId, exp: past }),
    'not valid yet': await issuer.sign({ oid: objectId, nbf: Math.floor(Date.now() / 1000) + 3600 }),
    'too long': await issuer.sign({ oid: objectId, groups: 'g'.repeat(20_000) }),
    garbage: 'garbage',
  }
  const batch = { raw: '--b--\r\n', headers: { 'Content-Type': 'multipart/mixed; boundary=b' } }
  for (const [what, token] of Object.entries(wrong)) {
    const answers = [
      await ask(token),
      await api.post('accounts', { name: what }, bearer(token)),
      await api.send('POST', '$batch', { ...batch, headers: { ...batch.headers, ...bearer(token) } }),
    ]
    for (const answer of answers) {
      assert.equal(answer.status, 401, what)
      assert.match(
        answer.headers['www-authenticate'] ?? '',
        /^Bearer authorization_uri=https:\/\/unreachable\.invalid\/tenant\/oauth2\/authorize, resource_id=http:\/\/127/,
      )
      assert.ok(!answer.text.includes(token) || what === 'garbage')
    }
  }
  const rows = await api.get(`accounts?$filter=name eq 'garbage' or name eq 'expired'`, bearer(await issuer.sign({ oid: objectId })))
  assert.deepEqual(expectStatus(rows, 200).body.value, [])
})

test('a token of before is refused as soon as its user is disabled', async () => {
  const token = await issuer.sign({ oid: objectId })
  expectStatus(await ask(token), 200)
  expectStatus(await api.patch(`systemusers(${person})`, { isdisabled: true }, bearer(await issuer.sign({ appid: applicationId }))), 204)
  assert.equal(expectStatus(await ask(token), 403).body.error.code, '0x80040225')
  await runJson('user', 'enable', objectId, '--data', server.data)
  expectStatus(await ask(token), 200)
})

test('an issuer that cannot be asked makes its tokens wait, not fail', async () => {
  const token = await issuer.sign({ oid: objectId, iss: 'https://unreachable.invalid/tenant' })
  assert.equal(expectStatus(await ask(token), 503).headers['retry-after'], '1')
})

test('beside its own issuer a server believes others', async () => {
  await using both = await startServer({ args: ['--auth', 'local', '--issuers', issuer.url] })
  const [own, theirs] = [await addClient(both.data, 'Own'), randomUUID()]
  const person = await runJson('user', 'add', '--data', both.data, '--name', 'Theirs', '--object-id', theirs)
  const whoIs = async (token: string) => (await apiOf(both.api).get('WhoAmI', bearer(token))).body.UserId
  assert.equal(await whoIs(await tokenOf(both.url, own)), own.userId)
  assert.equal(await whoIs(await issuer.sign({ oid: theirs, aud: both.url })), person.userId)
  // Neither can speak for the other: the other's name needs the other's key.
  expectStatus(await apiOf(both.api).get('WhoAmI', bearer(await issuer.sign({ iss: both.url, aud: both.url, oid: own.userId, appid: own.clientId }))), 401)
})

test('this server hands out no tokens of its own', async () => {
  for (const path of ['/.well-known/openid-configuration', '/oauth2/v2.0/token', '/discovery/v2.0/keys']) expectStatus(await api.get(server.url + path), 401)
})
