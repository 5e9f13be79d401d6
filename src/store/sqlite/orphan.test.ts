import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openParts, tempFolder } from './test-database.ts'

/** Kills a server with readers, and waits until none of them is left. */
async function killServer(t: TestContext, mode: 'idle' | 'busy', patienceMs: number): Promise<void> {
  const path = join(tempFolder(t), 'a.db')
  ;(await openParts(path)).close()
  const server = spawn(process.execPath, [join(import.meta.dirname, 'test-reading-process.ts'), path, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(server, 'exit')
  await Promise.race([once(server.stdout, 'data'), exited.then(() => assert.fail('it ended by itself'))])
  if (mode === 'busy') await sleep(20)
  server.kill('SIGKILL')
  await exited
  const deadline = performance.now() + patienceMs
  while (readersOf(path) > 0 && performance.now() < deadline) await sleep(50)
  assert.equal(readersOf(path), 0)
}

function readersOf(path: string): number {
  const lines = execFileSync('ps', ['-A', '-o', 'args=']).toString().split('\n')
  return lines.filter((line) => line.includes('reader-process') && line.includes(path)).length
}

test('readers end when their server is killed', (t) => killServer(t, 'idle', 5000))

test('a reader inside an endless query ends too, by its limit of processor time', (t) => killServer(t, 'busy', 40_000))
