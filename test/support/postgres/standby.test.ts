import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startCluster } from './cluster.ts'
import { startStandby } from './standby.ts'
import { connect, runOn } from './test-database.ts'

const WRITERS = 4

test('What a primary acknowledged is on its standby when it is promoted, though the primary was killed in the middle', async () => {
  await using primary = await startCluster({ durable: true })
  await runOn(primary.url, 'create table kept (writer int, number int)')
  await using standby = await startStandby(primary)
  assert.deepEqual((await runOn(standby.url, 'select pg_is_in_recovery() as follows')).rows, [{ follows: true }])

  const acknowledged: string[] = []
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(primary.url, writer, acknowledged))
  while (acknowledged.length < 400) await Promise.race([sleep(5), ...writers])
  await Promise.all([primary.kill(), ...writers.map((writer) => assert.rejects(writer, /terminated|connection error|ECONNRESET/))])

  await standby.promote()
  const { rows } = await runOn(standby.url, 'select writer, number from kept')
  const found = new Set(rows.map(({ writer, number }) => `${writer}/${number}`))
  assert.deepEqual(
    acknowledged.filter((name) => !found.has(name)),
    [],
  )
  await runOn(standby.url, 'insert into kept values (-1, 0)')
})

test('A primary acknowledges nothing that its standby has not got', async () => {
  await using primary = await startCluster({ durable: true })
  await runOn(primary.url, 'create table kept (number int)')
  await using standby = await startStandby(primary)
  await standby.stop('immediate')
  const written = runOn(primary.url, 'insert into kept values (1)').then(() => 'acknowledged')
  assert.equal(await Promise.race([written, sleep(500, 'waiting')]), 'waiting')
  await standby.restart()
  assert.equal(await written, 'acknowledged')
})

/** One row after the other, until the connection is lost. */
async function write(url: string, writer: number, acknowledged: string[]): Promise<void> {
  await using client = await connect(url)
  client.on('error', () => undefined)
  for (let number = 0; ; number++) {
    await client.query('insert into kept values ($1, $2)', [writer, number])
    acknowledged.push(`${writer}/${number}`)
  }
}
