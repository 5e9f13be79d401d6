import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startCluster } from './cluster.ts'
import { runOn } from './test-database.ts'

test('A cluster of the tests keeps what it acknowledged when it is killed, and comes back on its port', async () => {
  await using cluster = await startCluster({ durable: true })
  await runOn(cluster.url, 'create table kept (name text)')
  await runOn(cluster.url, "insert into kept values ('here')")
  await cluster.kill()
  await assert.rejects(runOn(cluster.url, 'select 1'), { code: 'ECONNREFUSED' })
  await cluster.restart()
  assert.deepEqual((await runOn(cluster.url, 'select name from kept')).rows, [{ name: 'here' }])
})

test('A cluster of the tests is gone soon after the process that started it was killed', async () => {
  const module = resolve(import.meta.dirname, 'cluster.ts')
  const script = `const { startCluster } = await import(${JSON.stringify(module)})
    const { folder, port } = await startCluster()
    console.log(JSON.stringify({ folder, port }))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  const { folder, port } = JSON.parse(String(line))
  assert.ok(existsSync(folder))
  child.kill('SIGKILL')
  for (const deadline = Date.now() + 10_000; existsSync(folder) && Date.now() < deadline; ) await sleep(20)
  assert.ok(!existsSync(folder), 'its folder is still there')
  await assert.rejects(runOn(`postgres://postgres@127.0.0.1:${port}/postgres`, 'select 1'), { code: 'ECONNREFUSED' })
})
