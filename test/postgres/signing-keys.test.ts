/** The servers at one database sign with one key: each takes the tokens of all, from whichever moment on the key is another. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { apiOf, expectStatus } from '../support/api.ts'
import { askToken, bearer } from '../support/ask-token.ts'
import { type Client, run, runJson } from '../support/command.ts'
import { freshDatabase, runOn, type TestDatabase } from '../support/postgres/test-database.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const PUBLIC_URL = 'http://localhost:1'

let database: TestDatabase
let servers: readonly [TestServer, TestServer]
let client: Client

/** Each with a data folder of its own. */
const start = () => startServer({ database: database.url, args: ['--auth', 'local', '--public-url', PUBLIC_URL] })
const tokenAt = async ({ url }: TestServer): Promise<string> =>
  expectStatus(await askToken(url, client, { scope: `${PUBLIC_URL}/.default` }), 200).body.access_token
const statusAt = async ({ api }: TestServer, token: string) => (await apiOf(api).get('WhoAmI', bearer(token))).status
const keysAt = async ({ url }: TestServer) => (await apiOf(url).get('discovery/v2.0/keys')).body.keys as readonly { readonly kid: string }[]
const rotate = async (...more: readonly string[]): Promise<string> => (await runJson('keys', 'rotate', '--database', database.url, ...more)).key

before(async () => {
  database = await freshDatabase()
  // The first start of both at the same time.
  servers = await Promise.all([start(), start()])
  client = await runJson('user', 'add', '--database', database.url, '--name', 'Caller', '--role', 'System Administrator')
})
after(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]()
  await database.drop()
})

test('Two servers that start at once agree on one key, and each takes tokens of the other', async () => {
  const [one, other] = servers
  const keys = await keysAt(one)
  assert.equal(keys.length, 1)
  assert.deepEqual(await keysAt(other), keys)
  for (const server of servers) {
    const token = await tokenAt(server)
    assert.deepEqual([await statusAt(one, token), await statusAt(other, token)], [200, 200])
  }
})

test('A rotation counts at every server with its next request: both sign with the new key, and tokens of the former one stay good', async () => {
  const [one, other] = servers
  const former = await tokenAt(one)
  const key = await rotate()
  const tokens = await Promise.all(servers.map(tokenAt))
  for (const token of tokens) assert.equal(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid, key)
  for (const token of [former, ...tokens]) assert.deepEqual([await statusAt(one, token), await statusAt(other, token)], [200, 200])
  const published = await keysAt(other)
  assert.equal(published[0]?.kid, key)
  assert.equal(published.length, 2)
  assert.ok(!published.some((each) => 'd' in each))
})

test('A server that has not been asked anything since a rotation takes a request with a body and a token of the new key', async () => {
  const [one, other] = servers
  await rotate()
  const token = await tokenAt(one)
  expectStatus(await apiOf(other.api).post('accounts', { name: 'A'.repeat(100) }, bearer(token)), 204)
})

test('A key that is withdrawn at once is worth nothing at either server from the next request on', async () => {
  const [one, other] = servers
  const withdrawn = await tokenAt(one)
  assert.deepEqual([await statusAt(one, withdrawn), await statusAt(other, withdrawn)], [200, 200])
  await rotate('--at-once')
  assert.deepEqual([await statusAt(one, withdrawn), await statusAt(other, withdrawn)], [401, 401])
  assert.equal(await statusAt(other, await tokenAt(one)), 200)
})

test('Rotations at the same time leave one key to sign with, and the others to be believed', async () => {
  const before = await keysAt(servers[0])
  const rotated = await Promise.all([rotate(), rotate(), rotate()])
  for (const server of servers) {
    const known = (await keysAt(server)).map(({ kid }) => kid)
    assert.ok(rotated.includes(known[0] ?? ''))
    assert.deepEqual(new Set(known), new Set([...rotated, ...before.map(({ kid }) => kid)]))
  }
  const { rows } = await runOn(database.url, 'select count(*)::int as count from tidemark_signing_key where until is null')
  assert.deepEqual(rows, [{ count: 1 }])
})

test('The private key is read by no request, and stands in no file of a data folder', async () => {
  const { api, data } = servers[0]
  const token = bearer(await tokenAt(servers[0]))
  for (const path of ['tidemark_signing_key', 'tidemark_signing_keys']) expectStatus(await apiOf(api).get(path, token), 404)
  assert.notEqual((await apiOf(api).get(`accounts?sql=${encodeURIComponent('select jwk from tidemark_signing_key')}`, token)).status, 200)
  const { out } = await run('keys', 'rotate', '--database', database.url)
  assert.match(out, /^key: \S+\n$/)
  assert.ok(!existsSync(join(data, 'signing-keys.json')))
})
