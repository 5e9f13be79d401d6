/** What an administrator does before a server may be reached: users and secrets at the command line, keys, certificates, proxies, settings. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request as secureRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { apiOf, expectStatus } from '../support/api.ts'
import { askToken, bearer, tokenOf } from '../support/ask-token.ts'
import { addClient, run, runJson } from '../support/command.ts'
import { servesPostgres } from '../support/postgres/database-of-folder.ts'
import { runOn } from '../support/postgres/test-database.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-callers-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

describe('users', () => {
  test('are made before the first start, while the server runs, and after it was killed', async () => {
    const data = join(folder, 'users')
    const early = await addClient(data, 'Early')
    const server = await startServer({ data, args: ['--auth', 'local'] })
    const api = apiOf(server.api)
    const token = await tokenOf(server.url, early)
    const beside = await addClient(data, 'Beside')
    assert.equal((await api.get('WhoAmI', bearer(await tokenOf(server.url, beside)))).body.UserId, beside.userId)
    const listed = await runJson('user', 'list', '--data', data)
    const known = new Map(listed.map((user: { name: string }) => [user.name, user]))
    assert.deepEqual([...known.keys()], ['System Administrator', 'Early', 'Beside'])
    assert.deepEqual(
      Object.entries(known.get('Beside') as object).filter(([name]) => ['roles', 'isDisabled', 'applicationId'].includes(name)),
      [
        ['applicationId', beside.clientId],
        ['isDisabled', false],
        ['roles', ['System Administrator']],
      ],
    )
    expectStatus(await api.get('WhoAmI', bearer(token)), 200)
    await server.stop('SIGKILL')
    const late = await addClient(data, 'Late')
    const again = await startServer({ data, args: ['--auth', 'local'] })
    await tokenOf(again.url, late)
    assert.equal(await again.stop(), 0)
    rmSync(data, { recursive: true })
  })

  test('what cannot be is said in words, and nothing is written', async () => {
    const data = join(folder, 'words')
    await addClient(data, 'One')
    const problem = async (...args: string[]) => {
      const ended = await run('user', ...args, '--data', data)
      assert.equal(ended.code, 1)
      return ended.problem
    }
    assert.match(await problem('add', '--name', 'x', '--role', 'Emperor'), /no role Emperor .* System Administrator/)
    assert.match(await problem('add', '--name', 'x', '--business-unit', 'Nowhere'), /no business unit Nowhere/)
    assert.match(await problem('add', '--name', 'x', '--object-id', 'me'), /no guid/)
    assert.match(await problem('secret', '00000000-0000-4000-8000-000000000000'), /no user/)
    assert.match(await problem('disable', 'nobody'), /no user/)
    assert.equal((await runJson('user', 'list', '--data', data)).length, 2)
    const [administrator] = await runJson('user', 'list', '--data', data)
    assert.match(await problem('secret', administrator.id), /no application/)
    assert.match(await run('user', 'list', '--data', data).then(({ out }) => out), /One, Tidemark\n {4}client [0-9a-f-]+, 1 secret/)
    rmSync(data, { recursive: true, force: true })
  })

  test('a new secret ends the old one, at once or later; neither stands in any file', async () => {
    const data = join(folder, 'secrets')
    const client = await addClient(data, 'Rotating')
    const server = await startServer({ data, args: ['--auth', 'local'] })
    const next = await runJson('user', 'secret', client.clientId, '--data', data, '--keep-old', '1')
    await tokenOf(server.url, client)
    await tokenOf(server.url, next)
    const last = await runJson('user', 'secret', client.userId, '--data', data)
    assert.equal(last.clientId, client.clientId)
    for (const { secret } of [client, next]) assert.equal((await askToken(server.url, { ...client, secret })).status, 401)
    await tokenOf(server.url, last)
    await server.stop()
    for (const text of await storedTexts(server)) for (const { secret } of [client, next, last]) assert.ok(!text.includes(secret))
    rmSync(data, { recursive: true })
  })
})

test('keys are for nobody else to read, survive a restart, and are changed beside a running server', {
  skip: servesPostgres && 'servers at PostgreSQL share their keys there, in no file',
}, async () => {
  const data = join(folder, 'keys')
  const client = await addClient(data, 'Keys')
  const port = '0'
  let server = await startServer({ data, args: ['--auth', 'local', '--port', port, '--public-url', 'http://localhost:4999'] })
  const file = join(data, 'signing-keys.json')
  const mode = () => statSync(file).mode & 0o777
  assert.equal(mode(), 0o600)
  const ask = async () => (await askToken(server.url, client, { scope: 'http://localhost:4999/.default' })).body.access_token as string
  const kid = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid as string
  const status = async (token: string) => (await apiOf(server.api).get('WhoAmI', bearer(token))).status
  const first = await ask()
  await server.stop()
  server = await startServer({ data, args: ['--auth', 'local', '--port', port, '--public-url', 'http://localhost:4999'] })
  assert.equal(await status(first), 200)

  const { key } = await runJson('keys', 'rotate', '--data', data)
  await until(async () => kid(await ask()) === key)
  const second = await ask()
  assert.deepEqual([await status(first), await status(second)], [200, 200])
  assert.equal(mode(), 0o600)
  const published = (await apiOf(server.url).get('discovery/v2.0/keys')).body.keys
  assert.deepEqual([published.length, published.some((one: object) => 'd' in one || 'p' in one)], [2, false])

  await runJson('keys', 'rotate', '--data', data, '--at-once')
  await until(async () => (await status(second)) === 401)
  assert.equal(await status(first), 401)
  assert.equal(await status(await ask()), 200)
  await server.stop()
  rmSync(data, { recursive: true })
})

/** Everything that the server has written down. */
async function storedTexts({ data, database }: TestServer): Promise<readonly (Buffer | string)[]> {
  if (database === undefined) return ['tidemark.db', 'signing-keys.json'].map((file) => readFileSync(join(data, file)))
  const { rows } = await runOn(database, "select cast(schema_to_xml(current_schema(), true, false, '') as text) as rows")
  const [{ rows: text }] = rows as [{ readonly rows: string }]
  assert.ok(text.includes('Rotating'))
  return [text]
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (await isSo()) return
    await new Promise((done) => setTimeout(done, 200))
  }
  throw new Error('it never came about')
}

test('settings that do not fit together, or would leave the server open, are refused at the start', async () => {
  const refused = async (reason: RegExp, ...args: string[]) => {
    const { code, problem } = await run('serve', '--port', '0', '--data', join(folder, 'never'), ...args)
    assert.equal(code, 1, args.join(' '))
    assert.match(problem, reason)
  }
  await refused(/loopback addresses only/, '--host', '0.0.0.0')
  await refused(/everybody would be the administrator/, '--trusted-proxies', '10.0.0.1')
  await refused(/need --auth/, '--issuers', 'https://issuer.example')
  await refused(/needs --issuers/, '--auth', 'oidc')
  await refused(/not an https URL/, '--auth', 'oidc', '--issuers', 'http://issuer.example')
  await refused(/--public-url is needed/, '--auth', 'local', '--host', '0.0.0.0')
  await refused(/nothing speaks HTTPS/, '--auth', 'local', '--host', '0.0.0.0', '--public-url', 'https://data.example.com')
  await refused(/host and a port only/, '--auth', 'local', '--public-url', 'http://data.example.com/path')
  await refused(/go together/, '--tls-key', 'key.pem')
  await refused(/cannot be used/, '--tls-key', 'missing.pem', '--tls-certificate', 'missing.pem')
  await refused(/no IP address/, '--auth', 'local', '--trusted-proxies', 'proxy.example')
  assert.equal(statSync(join(folder, 'never'), { throwIfNoEntry: false }), undefined)
})

test('behind a trusted proxy links and addresses are the client’s', async () => {
  const data = join(folder, 'proxied')
  const client = await addClient(data, 'Proxied')
  const args = ['--auth', 'local', '--public-url', 'https://data.example.com', '--trusted-proxies', '127.0.0.1', '--host', '0.0.0.0', '--log-level', 'info']
  const server = await startServer({ data, args })
  const url = server.url.replace('0.0.0.0', '127.0.0.1')
  const answer = await askToken(url, client, { scope: 'https://data.example.com/.default' })
  const token = expectStatus(answer, 200).body.access_token
  const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'data.example.com', 'X-Forwarded-For': '198.51.100.9, 203.0.113.7' }
  const read = await apiOf(`${url}/api/data/v9.2`).get('accounts?$top=1', { ...bearer(token), ...forwarded })
  assert.match(expectStatus(read, 200).body['@odata.context'], /^https:\/\/data\.example\.com\/api\//)
  const challenge = (await apiOf(url).get('api/data/v9.2/accounts')).headers['www-authenticate']
  assert.match(challenge ?? '', /authorization_uri=https:\/\/data\.example\.com\/.*, resource_id=https:\/\/data\.example\.com\/$/)
  await server.stop()
  assert.match(server.log.join('\n'), /"address":"203\.0\.113\.7","caller"/)
  rmSync(data, { recursive: true })
})

const withoutOpenssl = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl, which makes the certificates, is not installed'

test('it speaks HTTPS, and takes a renewed certificate without a restart', { skip: withoutOpenssl }, async () => {
  const [data, certificate, key] = ['tls', 'certificate.pem', 'key.pem'].map((name) => join(folder, name)) as [string, string, string]
  const make = (name: string) =>
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        `/CN=${name}`,
        '-keyout',
        key,
        '-out',
        certificate,
      ],
      {
        stdio: 'ignore',
      },
    )
  make('first')
  const client = await addClient(data, 'Secure')
  const server = await startServer({ data, args: ['--auth', 'local', '--tls-certificate', certificate, '--tls-key', key] })
  assert.match(server.url, /^https:/)
  const { name, text } = await secureGet(`${server.url}/.well-known/openid-configuration`)
  assert.equal(name, 'first')
  assert.equal(JSON.parse(text).issuer, server.url)
  assert.match((await secureGet(`${server.api}/accounts`)).challenge ?? '', /resource_id=https:/)
  assert.ok(client.secret)
  make('second')
  server.process.kill('SIGHUP')
  await until(async () => (await secureGet(`${server.url}/health`)).name === 'second')
  writeFileSync(key, 'no key')
  server.process.kill('SIGHUP')
  await until(async () => server.log.some((line) => line.includes('the certificate stays as it was')))
  assert.equal((await secureGet(`${server.url}/health`)).name, 'second')
  assert.equal(await server.stop(), 0)
})

function secureGet(url: string): Promise<{ readonly name: string; readonly text: string; readonly challenge: string | undefined }> {
  return new Promise((done, failed) => {
    const asked = secureRequest(url, { rejectUnauthorized: false, agent: false }, (answer) => {
      const { subject } = (answer.socket as import('node:tls').TLSSocket).getPeerCertificate()
      let text = ''
      answer.on('data', (piece) => (text += piece))
      answer.on('end', () => done({ name: String(subject.CN), text, challenge: answer.headers['www-authenticate'] }))
    })
    asked.on('error', failed)
    asked.end()
  })
}
