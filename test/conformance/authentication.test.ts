/** Callers with tokens of the server's own issuer (webapi.md 10): who is let in, as whom, and what everybody else is told. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type Api, apiOf, exchange, expectStatus } from '../support/api.ts'
import { askToken, bearer, tokenOf } from '../support/ask-token.ts'
import { addClient, type Client, runJson } from '../support/command.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let admin: Client
let token: string

before(async () => {
  server = await startServer({ args: ['--auth', 'local', '--cors-origins', 'https://pages.example', '--log-level', 'info'] })
  api = apiOf(server.api)
  admin = await addClient(server.data, 'Administrator application')
  token = await tokenOf(server.url, admin)
})
after(() => server?.[Symbol.asyncDispose]())

const get = (path: string, headers = {}) => exchange('GET', server.url + path, { headers })
const whoAmI = async (given: string) => (await api.get('WhoAmI', bearer(given))).body

describe('without a token', () => {
  const challenge = () => new RegExp(`^Bearer authorization_uri=${server.url}/[0-9a-f-]{36}/oauth2/authorize, resource_id=${server.url}/$`)

  test('everything of the Web API, and what clients look for first, is answered with the challenge', async () => {
    const paths = ['/api/data/v9.2/', '/api/data/v9.2/accounts', '/api/data/v9.0/$metadata', '/api/data/version', '/metrics', '/nothing', '/']
    for (const path of [...paths, '/XRMServices/2011/Organization.svc/web?SDKClientVersion=9.2', '/api/discovery/v2.0/Instances']) {
      const answer = expectStatus(await get(path), 401)
      assert.match(answer.headers['www-authenticate'] ?? '', challenge(), path)
      assert.match(answer.body.error.code, /^0x/)
    }
  })

  test('writes and batches too, before their bodies are read', async () => {
    for (const [method, path] of [
      ['POST', 'accounts'],
      ['PATCH', `accounts(${randomUUID()})`],
      ['DELETE', `accounts(${randomUUID()})`],
      ['POST', '$batch'],
      ['POST', 'GrantAccess'],
    ] as const)
      assert.match(expectStatus(await api.send(method, path, { body: { name: 'x' } }), 401).headers['www-authenticate'] ?? '', challenge())
    const large = await api.send('POST', 'accounts', { raw: 'x'.repeat(900_000), headers: { 'Content-Type': 'application/json' } })
    expectStatus(large, 401)
  })

  test('health and readiness are for everybody', async () => {
    expectStatus(await get('/health'), 200)
    expectStatus(await get('/ready'), 200)
    expectStatus(await exchange('POST', `${server.url}/health`, { raw: 'x'.repeat(20_000), headers: { 'Content-Type': 'text/plain' } }), 413)
  })

  test('other schemes and empty tokens are no tokens', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic eDp5', `Token ${token}`, token, `Bearer ${token} ${token}`, `Bearer "${token}"`])
      expectStatus(await api.get('WhoAmI', { Authorization: authorization }), 401)
    for (const spelt of [`bearer ${token}`, `BEARER  ${token} `]) expectStatus(await api.get('WhoAmI', { Authorization: spelt }), 200)
  })

  test('a browser may ask before it sends a token, and reads the refusal', async () => {
    const asked = await api.send('OPTIONS', 'accounts', {
      headers: { Origin: 'https://pages.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' },
    })
    assert.equal(expectStatus(asked, 204).headers['access-control-allow-headers'], 'authorization')
    const refused = await api.get('accounts', { Origin: 'https://pages.example' })
    assert.equal(expectStatus(refused, 401).headers['access-control-allow-origin'], 'https://pages.example')
    const posted = await api.post('accounts', { name: 'x' }, { Origin: 'https://pages.example' })
    assert.equal(expectStatus(posted, 401).headers['access-control-allow-origin'], 'https://pages.example')
  })
})

describe('with a token', () => {
  test('the caller is the application’s user', async () => {
    assert.equal((await whoAmI(token)).UserId, admin.userId)
    const created = await api.post('accounts', { name: 'Owned' }, { ...bearer(token), Prefer: 'return=representation' })
    assert.deepEqual([expectStatus(created, 201).body._ownerid_value, created.body._createdby_value], [admin.userId, admin.userId])
    expectStatus(await get('/metrics', bearer(token)), 200)
    expectStatus(await get('/nothing', bearer(token)), 404)
  })

  test('two callers are two users, also in the parts of a batch, whatever those say', async () => {
    const other = await addClient(server.data, 'Second application')
    const part = (lines: readonly string[]) => ['--b', 'Content-Type: application/http', 'Content-Transfer-Encoding: binary', '', ...lines, ''].join('\r\n')
    const read = part(['GET /api/data/v9.2/WhoAmI HTTP/1.1', `Authorization: Bearer ${token}`, ''])
    const set = ['--c', 'Content-Type: application/http', 'Content-Transfer-Encoding: binary', 'Content-ID: 1', '']
    const write = ['POST /api/data/v9.2/accounts HTTP/1.1', 'Content-Type: application/json', 'Prefer: return=representation', '', '{"name":"In a batch"}']
    const change = ['--b', 'Content-Type: multipart/mixed; boundary=c', '', ...set, ...write, '--c--', ''].join('\r\n')
    const answer = await api.send('POST', '$batch', {
      raw: `${read}\r\n${change}\r\n--b--\r\n`,
      headers: { ...bearer(await tokenOf(server.url, other)), 'Content-Type': 'multipart/mixed; boundary=b' },
    })
    assert.match(expectStatus(answer, 200).text, new RegExp(`"UserId":"${other.userId}"`))
    assert.match(answer.text, new RegExp(`"_createdby_value":"${other.userId}"`))
    assert.doesNotMatch(answer.text, new RegExp(admin.userId))
    expectStatus(await api.send('POST', '$batch', { raw: `${read}\r\n--b--\r\n`, headers: { 'Content-Type': 'multipart/mixed; boundary=b' } }), 401)
  })

  test('any host name will do, and links begin with it', async () => {
    const answer = await api.get('accounts?$top=1', { ...bearer(token), Host: 'data.example.com:8443' })
    assert.match(expectStatus(answer, 200).body['@odata.context'], /^http:\/\/data\.example\.com:8443\/api\//)
    // From a peer that is no configured proxy nothing forwarded counts.
    const forged = await api.get('accounts?$top=1', { ...bearer(token), 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' })
    assert.ok(forged.body['@odata.context'].startsWith(server.api))
    expectStatus(await api.get('accounts', { ...bearer(token), Host: 'a b' }), 400)
  })

  test('a user who is disabled is refused at once, with every token there is, and let in again', async () => {
    const client = await addClient(server.data, 'To be disabled')
    const good = await tokenOf(server.url, client)
    expectStatus(await api.get('WhoAmI', bearer(good)), 200)
    expectStatus(await api.patch(`systemusers(${client.userId})`, { isdisabled: true }, bearer(token)), 204)
    for (const answer of [await api.get('WhoAmI', bearer(good)), await api.post('accounts', { name: 'x' }, bearer(good))])
      assert.equal(expectStatus(answer, 403).body.error.code, '0x80040225')
    assert.equal((await askToken(server.url, client)).status, 401)
    await runJson('user', 'enable', client.userId, '--data', server.data)
    expectStatus(await api.get('WhoAmI', bearer(good)), 200)
    await runJson('user', 'disable', client.clientId, '--data', server.data)
    expectStatus(await api.get('WhoAmI', bearer(good)), 403)
  })

  test('a user without an application id any more is nobody’s', async () => {
    const client = await addClient(server.data, 'To be cut off')
    const good = await tokenOf(server.url, client)
    expectStatus(await api.patch(`systemusers(${client.userId})`, { applicationid: null }, bearer(token)), 204)
    assert.equal(expectStatus(await api.get('WhoAmI', bearer(good)), 403).body.error.code, '0x80072560')
  })
})

describe('the token endpoint', () => {
  const basic = (id: string, secret: string) => ({ Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })
  const post = (path: string, form: object, headers = {}) =>
    exchange('POST', server.url + path, {
      raw: new URLSearchParams(form as Record<string, string>).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    })

  test('is found by discovery, at the root and below a tenant', async () => {
    for (const path of ['', '/any-tenant/v2.0', '/common']) {
      const { body } = expectStatus(await get(`${path}/.well-known/openid-configuration`), 200)
      assert.deepEqual([body.issuer, body.token_endpoint], [server.url, `${server.url}/oauth2/v2.0/token`])
      const { keys } = expectStatus(await exchange('GET', body.jwks_uri, {}), 200).body
      assert.deepEqual(Object.keys(keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
    }
    expectStatus(await get('/tenant/discovery/v2.0/keys'), 200)
  })

  test('gives a token for the secret in the body or by Basic, for a scope, a resource or neither', async () => {
    const { clientId: client_id, secret: client_secret } = admin
    const grant = { grant_type: 'client_credentials' }
    const answers = [
      await post('/oauth2/v2.0/token', { ...grant, client_id, client_secret, scope: `${server.url}/.default` }),
      await post('/tenant/oauth2/v2.0/token', { ...grant, client_id, client_secret, scope: `openid ${server.url}//.default` }),
      await post('/tenant/oauth2/token', { ...grant, client_id, client_secret, resource: `${server.url}/` }),
      await post('/oauth2/v2.0/token', grant, basic(client_id, client_secret)),
      await post(
        '/oauth2/v2.0/token',
        { ...grant, client_id, scope: `${server.url.replace('127.0.0.1', 'localhost')}/.default` },
        basic(client_id, client_secret),
      ),
    ]
    for (const answer of answers) {
      const { token_type, expires_in, access_token } = expectStatus(answer, 200).body
      assert.deepEqual([token_type, expires_in, answer.headers['cache-control']], ['Bearer', 3600, 'no-store'])
      assert.equal((await whoAmI(access_token)).UserId, admin.userId)
    }
  })

  test('answers what it refuses as OAuth says', async () => {
    const { clientId: client_id, secret: client_secret } = admin
    const good = { grant_type: 'client_credentials', client_id, client_secret }
    const refused = async (form: object, status: number, error: string, headers = {}) =>
      assert.equal(expectStatus(await post('/oauth2/v2.0/token', form, headers), status).body.error, error)
    await refused({ ...good, grant_type: 'password' }, 400, 'unsupported_grant_type')
    await refused({ ...good, scope: 'https://elsewhere.example/.default' }, 400, 'invalid_scope')
    await refused({ ...good, scope: 'user_impersonation' }, 400, 'invalid_scope')
    await refused({ ...good, resource: 'https://elsewhere.example' }, 400, 'invalid_scope')
    await refused({ grant_type: 'client_credentials' }, 401, 'invalid_client')
    await refused(good, 400, 'invalid_request', basic(client_id, client_secret))
    await refused({ ...good, client_id: 'no guid' }, 401, 'invalid_client')
    await refused({ grant_type: 'client_credentials' }, 401, 'invalid_client', { Authorization: 'Basic !' })
    expectStatus(await get('/oauth2/v2.0/token'), 405)
    expectStatus(await exchange('POST', `${server.url}/oauth2/v2.0/token`, { body: good }), 400)
    expectStatus(
      await exchange('POST', `${server.url}/oauth2/v2.0/token`, { raw: 'x'.repeat(20_000), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
      413,
    )
    // A user of another issuer has no secret here.
    const person = await runJson('user', 'add', '--data', server.data, '--name', 'Person', '--application-id', randomUUID())
    await refused({ ...good, client_id: person.clientId }, 401, 'invalid_client')
  })

  test('makes whoever guesses wait, and nobody else', async () => {
    const guessed = await addClient(server.data, 'Guessed')
    const statuses: number[] = []
    for (let n = 0; n < 7; n++) statuses.push((await askToken(server.url, { ...guessed, secret: `guess ${n}` })).status)
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429])
    const told = await askToken(server.url, guessed)
    assert.equal(told.status, 429, 'the right secret, while waiting')
    assert.match(told.headers['retry-after'] ?? '', /^\d+$/)
    await tokenOf(server.url, admin)
    await new Promise((done) => setTimeout(done, 1100))
    await tokenOf(server.url, guessed)
  })
})

test('neither secrets nor their hashes can be asked for', async () => {
  for (const path of ['tidemark_client_secrets', 'tidemark_client_secret', `accounts?sql=${encodeURIComponent('select hash from tidemark_client_secret')}`])
    assert.ok((await api.get(path, bearer(token))).status >= 400, path)
  const xml = '<fetch><entity name="tidemark_client_secret"><all-attributes/></entity></fetch>'
  assert.ok((await api.get(`accounts?fetchXml=${encodeURIComponent(xml)}`, bearer(token))).status >= 400)
  expectStatus(await get('/signing-keys.json', bearer(token)), 404)
})

test('the log has who called and why someone was not let in, and no token and no secret', async () => {
  await api.get('WhoAmI', bearer(`${token}x`))
  await new Promise((done) => setTimeout(done, 500))
  const log = server.log.join('\n')
  assert.match(log, new RegExp(`"caller":"${admin.userId}"`))
  assert.match(log, /signature is wrong/)
  assert.match(log, /a client was given no token/)
  for (const secret of [token, token.split('.')[1] ?? '', admin.secret, 'guess 1']) assert.ok(!log.includes(secret))
})
