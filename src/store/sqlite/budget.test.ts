import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { OverBudget } from '../write-lane.ts'
import { openBudget } from './budget.ts'

function openNumbers(count: number): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.exec(`create table number as with recursive n (value) as (select 1 union all select value + 1 from n where value < ${count}) select value from n`)
  return database
}

const scan = 'select count(*) from number as r where (random() & 7 or within_budget(r.rowid)) and value < 0'
const sort = 'select value from number as r where (random() & 7 or within_budget(r.rowid)) order by value desc limit 1'

test('a statement over many rows ends when its time is over, also one that sorts', () => {
  const database = openNumbers(300_000)
  const budget = openBudget(database, 1)
  for (const text of [scan, sort]) {
    const started = performance.now()
    assert.throws(() => budget.spend(text, () => database.prepare(text).all()), OverBudget)
    assert.ok(performance.now() - started < 60, 'the whole of it takes longer than that')
  }
  // What runs without a budget is not bounded.
  assert.equal(database.prepare(sort).all().length, 1)
})

test('what was too much lately is refused without trying, other work is not', () => {
  const database = openNumbers(300_000)
  const budget = openBudget(database, 1)
  let tries = 0
  const attempt = () =>
    budget.spend('scan', () => {
      tries++
      return database.prepare(scan).all()
    })
  assert.throws(attempt, OverBudget)
  assert.throws(attempt, OverBudget)
  assert.equal(tries, 1)
  assert.equal(budget.spend('first', () => database.prepare('select value from number as r where within_budget(r.rowid) limit 5').all()).length, 5)
})

test('a few rows are short, whatever the clock says', () => {
  const database = openNumbers(100)
  const budget = openBudget(database, 0)
  assert.equal(budget.spend('few', () => database.prepare('select value from number as r where random() & 7 or within_budget(r.rowid)').all()).length, 100)
})

test('another failure is passed on, and the work may be tried again', () => {
  const database = openNumbers(10)
  const budget = openBudget(database, 1)
  assert.throws(() => budget.spend('broken', () => database.prepare('select absent from number').all()), /no such column/)
  assert.equal(
    budget.spend('broken', () => 1),
    1,
  )
})
