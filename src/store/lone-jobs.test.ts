import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loneJobsInTurn } from './lone-jobs.ts'
import type { RunJob, WriteTransaction } from './write-lane.ts'

/** Begins every job at once; each ends when it is told to. */
function sideBySide() {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<void>>()
  const beside: RunJob = (job) => job({} as WriteTransaction, true)
  const run = loneJobsInTurn(beside)
  const start = (name: string, mustBeAlone: boolean) =>
    run(async (_tx, isAlone) => {
      begun.push(`${name} ${isAlone ? 'alone' : 'beside others'}`)
      const end = Promise.withResolvers<void>()
      ends.set(name, end)
      await end.promise
    }, mustBeAlone)
  const end = async (name: string, cause?: Error) => {
    if (cause) ends.get(name)?.reject(cause)
    else ends.get(name)?.resolve()
    await new Promise((done) => setImmediate(done))
  }
  return { begun, start, end }
}

test('jobs that must be alone run one after the other, others beside them', async () => {
  const { begun, start, end } = sideBySide()
  const first = start('first', true)
  const second = start('second', true)
  const plain = start('plain', false)
  await new Promise((done) => setImmediate(done))
  assert.deepEqual(begun, ['plain beside others', 'first alone'])
  await end('first')
  assert.deepEqual(begun, ['plain beside others', 'first alone', 'second alone'])
  await end('second')
  await end('plain')
  await Promise.all([first, second, plain])
})

test('one that fails gives up its turn', async () => {
  const { begun, start, end } = sideBySide()
  const failed = assert.rejects(start('failed', true), /refused/)
  const next = start('next', true)
  await new Promise((done) => setImmediate(done))
  await end('failed', new Error('refused'))
  await failed
  assert.deepEqual(begun, ['failed alone', 'next alone'])
  await end('next')
  await next
})
