/** Change tracking: what every engine's positions and deltas have to hold (design 3, C1 to C8; sync.md 3). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Guid } from '../../src/base/guid.ts'
import type { ReadChanges } from '../../src/plan/change-plan.ts'
import { NO_ANNOTATIONS } from '../../src/plan/row-annotations.ts'
import { selectColumns } from '../../src/plan/select-columns.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'
import { NOW, openReads, outcomeOf, parseRows, type TestReads } from '../../src/store/test-reads.ts'

const shapeOf = (store: TestReads, table = 'contact', names: readonly string[] = ['fullname']) => ({
  table: store.table(table),
  columns: selectColumns(store.table(table), names),
  expands: [],
  annotations: NO_ANNOTATIONS,
})

const changes = (store: TestReads, storePart: string, more: Partial<ReadChanges> = {}): ReadChanges => ({
  kind: 'read-changes',
  shape: shapeOf(store),
  limit: 5000,
  pageNumber: 1,
  storePart,
  from: undefined,
  ...more,
})

async function position(store: TestReads, table = 'contact'): Promise<string> {
  const plan = { kind: 'read-tracked', shape: shapeOf(store, table, []), limit: 5000, pageNumber: 1, from: undefined, countLimit: undefined } as const
  return outcomeOf(await store.read(plan), 'tracked-rows').token.storePart
}

/** What is in a delta, whatever token it ends with. */
async function inDelta(store: TestReads, storePart: string, limit?: number) {
  const { names, deleted } = await delta(store, storePart, limit)
  return { names, deleted }
}

/** All pages of a delta; `between` runs after each page but the last. */
async function delta(store: TestReads, storePart: string, limit = 5000, between = async (): Promise<void> => undefined) {
  const names: string[] = []
  const deleted: string[] = []
  let from: ReadChanges['from']
  for (;;) {
    const page = outcomeOf(await store.read(changes(store, storePart, { limit, from })), 'changes')
    const rows = parseRows(page.rows)
    assert.ok(rows.length + page.deletedIds.length <= limit)
    names.push(...rows.map((row) => row.fullname))
    deleted.push(...page.deletedIds)
    if (!page.nextAfter) return { names, deleted, token: page.token.storePart }
    from = { until: page.token.storePart, after: page.nextAfter }
    await between()
  }
}

async function refused(store: TestReads, storePart: string, name: string, now = NOW): Promise<void> {
  await assert.rejects(async () => store.read(changes(store, storePart), now), { name })
  await assert.rejects(async () => store.read({ kind: 'count-changes', table: store.table('contact'), storePart }, now), { name })
}

export function registerChangesContract(engine: TestEngine): void {
  describe('change tracking', () => {
    test('a first read gives every row in pages and ends in the position of its first page', async () => {
      const store = await openReads(engine)
      for (const fullname of ['a', 'b', 'c']) await store.insert('contact', { fullname })
      const plan = { kind: 'read-tracked', shape: shapeOf(store), limit: 2, pageNumber: 1, from: undefined, countLimit: 5001 } as const
      const first = outcomeOf(await store.read(plan), 'tracked-rows')
      assert.equal(first.count, 3)
      assert.match(first.token.storePart, /^[A-Za-z0-9._~-]+$/)
      await store.insert('contact', { fullname: 'd' })
      const afterId = first.nextAfterId ?? ''
      const second = outcomeOf(await store.read({ ...plan, from: { storePart: first.token.storePart, afterId } }), 'tracked-rows')
      assert.deepEqual(
        parseRows(second.json).map((row) => row.fullname),
        ['c', 'd'],
      )
      assert.deepEqual(second.token, first.token)
      assert.equal(second.nextAfterId, undefined)
      // C1, C3: what came while the client was paging is reported, a second time perhaps, never lost.
      assert.deepEqual((await delta(store, first.token.storePart)).names, ['d'])
    })

    test('C2: a delta has each row once in its current state, and what was created and deleted as deleted', async () => {
      const store = await openReads(engine)
      const a = await store.insert('contact', { fullname: 'a' })
      const b = await store.insert('contact', { fullname: 'b' })
      const start = await position(store)
      await store.update('contact', a, { fullname: 'a2' })
      await store.update('contact', a, { fullname: 'a3' })
      await store.remove('contact', b)
      const c = await store.insert('contact', { fullname: 'c' })
      await store.remove('contact', c)
      const { token, ...found } = await delta(store, start)
      assert.deepEqual(found, { names: ['a3'], deleted: [b, c] })
      const count = await store.read({ kind: 'count-changes', table: store.table('contact'), storePart: start })
      assert.deepEqual(count, { kind: 'count', count: 3, limitExceeded: false })
      for (const current of [token, await position(store)]) assert.deepEqual(await inDelta(store, current), { names: [], deleted: [] })
    })

    test('a row that was deleted and created again with its id is alive', async () => {
      const store = await openReads(engine)
      const id = await store.insert('contact', { fullname: 'a' })
      const start = await position(store)
      await store.remove('contact', id)
      await store.insert('contact', { fullname: 'again' }, id)
      const { names, deleted } = await delta(store, start)
      assert.deepEqual([names, deleted], [['again'], []])
    })

    test('pages of any size give the same delta, rows before tombstones', async () => {
      const store = await openReads(engine)
      const start = await position(store)
      const ids: Guid[] = []
      for (let index = 0; index < 7; index++) ids.push(await store.insert('contact', { fullname: `n${index}` }))
      for (const id of ids.slice(0, 3)) await store.remove('contact', id)
      const whole = await inDelta(store, start)
      assert.deepEqual(whole.names, ['n3', 'n4', 'n5', 'n6'])
      for (let limit = 1; limit <= 8; limit++) assert.deepEqual(await inDelta(store, start, limit), whole)
    })

    test('C3: what changes while a client pages is left to the next delta, once', async () => {
      const store = await openReads(engine)
      const start = await position(store)
      const ids: Guid[] = []
      for (let index = 0; index < 6; index++) ids.push(await store.insert('contact', { fullname: `n${index}` }))
      await store.remove('contact', ids[0] as Guid)
      let step = 0
      const first = await delta(store, start, 1, async () => {
        if (++step !== 2) return
        await store.update('contact', ids[4] as Guid, { fullname: 'changed' })
        await store.remove('contact', ids[5] as Guid)
        await store.insert('contact', { fullname: 'new' })
      })
      assert.deepEqual([first.names, first.deleted], [['n1', 'n2', 'n3'], [ids[0]]])
      const second = await delta(store, first.token, 1)
      assert.deepEqual([second.names, second.deleted], [['changed', 'new'], [ids[5]]])
    })

    test('C6: a token that is malformed or of another table is refused as such', async () => {
      const store = await openReads(engine)
      await store.insert('contact', { fullname: 'a' })
      const good = await position(store)
      const table = store.table('contact').metadataId
      for (const bad of ['', 'x', '5', `${good}x`, `s1.${table}.incarnation-1.99999999999999999999`, await position(store, 'account')]) {
        await refused(store, bad, 'BadToken')
      }
    })

    test('C6: a token of another database has expired, one of an earlier opening has not', async () => {
      const store = await openReads(engine)
      await store.insert('contact', { fullname: 'a' })
      const old = await position(store)
      const [, table, incarnation = ''] = old.split('.')
      await refused(store, old.replace(incarnation, 'elsewhere'), 'TokenExpired')
      const foreign = engine.name === 'sqlite' ? `p1.${table}.elsewhere.1.7-9-8` : `s1.${table}.elsewhere.1`
      await refused(store, foreign, 'TokenExpired')
      await store.insert('contact', { fullname: 'b' })
      await store.openAgain()
      await store.insert('contact', { fullname: 'c' })
      assert.deepEqual((await delta(store, old)).names, ['b', 'c'])
      assert.notEqual((await position(store)).split('.')[2], incarnation)
    })

    test('C8: a token expires with what it has left unprocessed, and not before', async () => {
      const store = await openReads(engine)
      const start = await position(store)
      await store.insert('contact', { fullname: 'a' })
      await store.noteTime('2024-05-01T00:00:00Z')
      assert.equal((await store.read(changes(store, start), '2024-05-07T23:59:59Z')).kind, 'changes')
      await refused(store, start, 'TokenExpired', '2024-05-08T00:00:00Z')
      const current = await position(store)
      assert.equal((await store.read(changes(store, current), '2044-01-01T00:00:00Z')).kind, 'changes')
      await store.insert('organization', { name: 'org', expirechangetrackingindays: 30 })
      assert.equal((await store.read(changes(store, start), '2024-05-08T00:00:00Z')).kind, 'changes')
      await refused(store, start, 'TokenExpired', '2024-05-31T00:00:00Z')
    })

    test('a retention of no days expires whatever is pending', async () => {
      const store = await openReads(engine)
      await store.insert('organization', { name: 'org', expirechangetrackingindays: 0 })
      const start = await position(store)
      assert.equal((await store.read(changes(store, start))).kind, 'changes')
      await store.insert('contact', { fullname: 'a' })
      await refused(store, start, 'TokenExpired')
    })

    test('C6: a token that would miss a purged tombstone has expired, on every page', async () => {
      const store = await openReads(engine)
      const start = await position(store)
      await store.insert('contact', { fullname: 'a' })
      await store.insert('contact', { fullname: 'b' })
      const page = outcomeOf(await store.read(changes(store, start, { limit: 1 })), 'changes')
      assert.ok(page.nextAfter)
      const from = { until: page.token.storePart, after: page.nextAfter }
      await store.notePurge(store.table('contact'))
      await refused(store, start, 'TokenExpired')
      await assert.rejects(async () => store.read(changes(store, start, { limit: 1, from })), { name: 'TokenExpired' })
      assert.equal((await store.read(changes(store, await position(store)))).kind, 'changes')
    })

    test('an intersect table has changes of its own', async () => {
      const store = await openReads(engine)
      const start = await position(store, 'accountcontact')
      const [a, c] = [await store.insert('account', { name: 'a' }), await store.insert('contact', { fullname: 'c' })]
      const pair = await store.insert('accountcontact', { accountid: a, contactid: c })
      const plan = changes(store, start, { shape: shapeOf(store, 'accountcontact', ['accountid', 'contactid']) })
      const page = outcomeOf(await store.read(plan), 'changes')
      assert.deepEqual(
        parseRows(page.rows).map((row) => [row.accountid, row.contactid, row.accountcontactid]),
        [[a, c, pair]],
      )
    })
  })
}
