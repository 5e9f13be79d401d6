/** Why a server cannot start at a database: one sentence for whoever starts it, without the password and without a stack. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { run } from '../support/command.ts'
import { type Cluster, startCluster } from '../support/postgres/cluster.ts'
import { startStandby } from '../support/postgres/standby.ts'
import { connect, runOn } from '../support/postgres/test-database.ts'
import { startServer } from '../support/start-server.ts'

const PASSWORD = 'open sesame'

let cluster: Cluster
let folder: string
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-'))
  cluster = await startCluster()
  await using client = await connect(cluster.url)
  await client.query(`create role guarded login password '${PASSWORD}'`)
  await client.query('create role guest login')
  for (const name of ['fresh', 'guarded', 'shared', 'newer']) await client.query(`create database ${name} template template0 encoding 'UTF8'`)
  await client.query('alter database guarded owner to guarded')
  await client.query("create database latin template template0 encoding 'LATIN1' locale 'C'")
  const rules = join(cluster.data, 'pg_hba.conf')
  writeFileSync(rules, `host all guarded 127.0.0.1/32 scram-sha-256\n${readFileSync(rules, 'utf8')}`)
  await client.query('select pg_reload_conf()')
})
after(async () => {
  await cluster[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const at = (user: string, database: string) => `postgres://${user}@127.0.0.1:${cluster.port}/${database}`

async function refused(url: string, reason: RegExp): Promise<void> {
  const { code, out, problem } = await run('serve', '--port', '0', `--data=${folder}`, '--database', url)
  assert.equal(code, 1, `${out}${problem}`)
  assert.equal(out, '')
  assert.match(problem, reason)
  assert.match(problem, /^tidemark: [^\n]+\n$/)
  for (const secret of ['sesame', 'wrong']) assert.ok(!problem.includes(secret), problem)
}

test('A database that cannot be reached, or that lets nobody in', async () => {
  await refused('postgres://guest:wrong@127.0.0.1:1/fresh', /postgres:\/\/guest:\*\*\*@127\.0\.0\.1:1\/fresh cannot be reached: connect ECONNREFUSED/)
  await refused('postgres://guest:wrong@nowhere.invalid/fresh', /cannot be reached: getaddrinfo ENOTFOUND nowhere\.invalid/)
  await refused(at('guest', 'missing'), /cannot be opened: database "missing" does not exist/)
  await refused(at('guarded:wrong', 'guarded'), /cannot be opened: password authentication failed for user "guarded"/)
  await refused(at('guarded', 'guarded'), /asks for a password: give one in the URL, in PGPASSWORD/)
  await refused(`${at('guest', 'fresh')}?sslmode=require`, /cannot be reached: The server does not support SSL/)
})

test('A URL that is none, whatever is in its password', async () => {
  for (const password of ['wrong/1@2', 'wrong#1', 'wrong?1'])
    await refused(at(`guarded:${password}`, 'guarded'), /guarded:\*\*\*@127\.0\.0\.1:\d+\/guarded is not one: .*%2F/)
  await refused('postgres://guest:wrong@127.0.0.1:port/fresh', /is not one/)
})

test('A database that Tidemark cannot keep its tables in', async () => {
  await refused(at('postgres', 'latin'), /encoding is LATIN1.* UTF8/)
  await refused(at('guest', 'fresh'), /does not let this role .*permission denied.*owner/)
  await runOn(at('postgres', 'shared'), 'create table account (id int)')
  await refused(at('postgres', 'shared'), /holds something that Tidemark has not made .*"account".* a database of its own/)
})

test('A database of a newer Tidemark, and a standby', async () => {
  await using server = await startServer({ data: join(folder, 'newer'), database: at('postgres', 'newer') })
  await server.stop()
  await runOn(at('postgres', 'newer'), "insert into tidemark_migration (number, name) values (1000, 'of tomorrow')")
  await refused(at('postgres', 'newer'), /newer version of Tidemark/)
  await using standby = await startStandby(cluster, { isSynchronous: false })
  await refused(standby.urlOf('newer'), /takes no writes: it is a standby/)
})

test('With the right password, percent-encoded, it starts', async () => {
  await using server = await startServer({ data: join(folder, 'guarded'), database: at(`guarded:${encodeURIComponent(PASSWORD)}`, 'guarded') })
  assert.equal((await fetch(`${server.api}/WhoAmI`)).status, 200)
})
