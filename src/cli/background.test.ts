import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Leadership, openBackground } from './background.ts'

/** Work that writes down what it is told, and is closed when `finish` lets it. */
function notedWork() {
  const told: string[] = []
  const finish = Promise.withResolvers<void>()
  let opened = 0
  const open = () => {
    const number = ++opened
    told.push(`${number} opens`)
    return {
      look: () => void told.push(`${number} looks`),
      schemaChanged: () => void told.push(`${number} builds`),
      keysBuilt: async () => {},
      close: async () => {
        await finish.promise
        told.push(`${number} is closed`)
      },
    }
  }
  return { told, open, finish: finish.resolve }
}

function leaders() {
  let events = { began: () => {}, ended: () => {} }
  const leadership: Leadership = {
    watch: (given) => {
      events = given
    },
  }
  return { leadership, began: () => events.began(), ended: () => events.ended() }
}

const soon = () => new Promise((done) => setImmediate(done))

test('a server alone at its database works from the beginning', () => {
  const { told, open } = notedWork()
  const background = openBackground(open)
  background.look()
  assert.deepEqual(told, [])
  background.begin()
  assert.deepEqual(told, ['1 opens', '1 builds', '1 looks'])
  background.look()
  assert.equal(told.length, 4)
})

test('of several servers only the leader works, and looks every second for what others have asked for', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { told, open, finish } = notedWork()
  const { leadership, began } = leaders()
  const background = openBackground(open, leadership)
  background.begin()
  background.look()
  t.mock.timers.tick(5000)
  assert.deepEqual(told, [])
  began()
  await soon()
  assert.deepEqual(told, ['1 opens', '1 builds', '1 looks'])
  t.mock.timers.tick(1000)
  assert.deepEqual(told.slice(3), ['1 builds', '1 looks'])
  finish()
  await background.close()
  t.mock.timers.tick(5000)
  assert.equal(told.at(-1), '1 is closed')
})

test('who leads no more stops, and begins anew only when what was under way has ended', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { told, open, finish } = notedWork()
  const { leadership, began, ended } = leaders()
  const background = openBackground(open, leadership)
  background.begin()
  began()
  await soon()
  told.length = 0
  ended()
  background.look()
  began()
  await soon()
  assert.deepEqual(told, [])
  finish()
  await soon()
  assert.deepEqual(told, ['1 is closed', '2 opens', '2 builds', '2 looks'])
  await background.close()
  began()
  await soon()
  assert.equal(told.at(-1), '2 is closed')
})
