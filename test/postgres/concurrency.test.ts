/**
 * Writes that meet each other at two servers of one database: no update is lost, no row comes to stand twice, no lookup is left pointing at
 * nothing, and whatever the database undoes for it (a deadlock, a row that went) is done again without the client hearing of it.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { bounded } from '../support/how-long.ts'
import { makeUser, whoAmI } from '../support/make-people.ts'
import { giveRole, standardRole } from '../support/make-roles.ts'
import { column, type MadeTable, makeCustomerLookup, makeKey, makeLookup, makeRows, makeTable } from '../support/make-table.ts'
import { connect } from '../support/postgres/test-database.ts'
import { expectAll, race, startTwo, statuses, type TwoServers } from '../support/postgres/two-servers.ts'

const ROUNDS = bounded(6, 100)
/** Each deadlock takes a second until the database sees it. */
const DEADLOCKS = bounded(2, 20)

let both: TwoServers
let parts: MadeTable
let bins: MadeTable
before(async () => {
  both = await startTwo()
  const { one } = both
  parts = await makeTable(one, 'new_Part', [
    column.text('new_Number', { MaxLength: 20 }),
    column.whole('new_Stock'),
    column.text('new_Place', { MaxLength: 20 }),
  ])
  bins = await makeTable(one, 'new_Bin', [column.text('new_Code', { MaxLength: 20 })])
  const cascade = { Delete: 'Cascade', Assign: 'Cascade', Share: 'Cascade', Unshare: 'Cascade', Reparent: 'Cascade', Merge: 'NoCascade' }
  await makeLookup(one, { from: 'new_part', to: 'new_bin', SchemaName: 'new_BinId', cascade })
  await makeCustomerLookup(one, 'new_part', 'new_BuyerId')
  await makeKey(one, 'new_part', 'new_NumberKey', ['new_number'])
})
after(() => both[Symbol.asyncDispose]())

const rows = async (path: string) => expectStatus(await both.one.get(path), 200).body.value

test('upserts of one key by many connections at both servers give one row, and no error', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const path = `${parts.set}(new_number='U-${round}')`
    const answers = await race(
      both,
      Array.from({ length: 24 }, (_, index) => (api) => api.patch(path, { new_stock: index }, { Prefer: 'return=representation' })),
    )
    expectAll(answers, 200, 201)
    assert.equal(statuses(answers)[201], 1)
    const found = await rows(`${parts.set}?$filter=new_number eq 'U-${round}'`)
    assert.equal(found.length, 1)
    assert.deepEqual(new Set(answers.map(({ body }) => body[parts.id])), new Set([found[0][parts.id]]))
  }
})

test('upserts of one key that also give the id are one row', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const id = `00000000-0000-4000-8000-${String(round).padStart(12, '0')}`
    const write = { [parts.id]: id, new_stock: 1 }
    const answers = await race(
      both,
      Array.from({ length: 8 }, () => (api) => api.patch(`${parts.set}(new_number='I-${round}')`, write)),
    )
    expectAll(answers, 204)
  }
})

test('creates of one key: one is created, the others are duplicates', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await race(
      both,
      Array.from({ length: 8 }, () => (api) => api.post(parts.set, { new_number: `C-${round}` })),
    )
    assert.deepEqual(statuses(answers), { 204: 1, 412: 7 })
  }
})

test('of two updates of one version, one is made', async () => {
  const id = createdId(await both.one.post(parts.set, { new_stock: 0 }))
  for (let round = 0; round < ROUNDS * 4; round++) {
    const etag = (await both.one.get(`${parts.set}(${id})`)).headers.etag ?? ''
    const answers = await race(
      both,
      [1, 2, 3, 4].map((stock) => (api) => api.patch(`${parts.set}(${id})`, { new_stock: stock }, { 'If-Match': etag })),
    )
    assert.deepEqual(statuses(answers), { 204: 1, 412: 3 })
    const made = answers.findIndex(({ status }) => status === 204) + 1
    assert.equal((await both.two.get(`${parts.set}(${id})`)).body.new_stock, made)
  }
})

test('nobody loses count: each reads, adds one, and writes what it has read', async () => {
  const path = `${parts.set}(${createdId(await both.one.post(parts.set, { new_stock: 0 }))})`
  const counts = Array.from({ length: 6 }, (_, index) => async () => {
    const api = index % 2 === 0 ? both.one : both.two
    for (let added = 0; added < ROUNDS; ) {
      const { headers, body } = expectStatus(await api.get(path), 200)
      const { status } = await api.patch(path, { new_stock: body.new_stock + 1 }, { 'If-Match': headers.etag ?? '' })
      assert.ok(status === 204 || status === 412)
      if (status === 204) added++
    }
  })
  await Promise.all(counts.map((count) => count()))
  assert.equal((await both.one.get(path)).body.new_stock, 6 * ROUNDS)
})

test('updates of different columns of one row both stay', async () => {
  const path = `${parts.set}(${createdId(await both.one.post(parts.set, {}))})`
  for (let round = 0; round < ROUNDS * 4; round++) {
    expectAll(await race(both, [(api) => api.patch(path, { new_stock: round }), (api) => api.patch(path, { new_place: `P${round}` })]), 204)
    const { body } = await both.one.get(path)
    assert.deepEqual([body.new_stock, body.new_place], [round, `P${round}`])
  }
})

test('a row that comes to hang on another while that is deleted goes with it, or is not created', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const bin = createdId(await both.one.post(bins.set, { new_code: `B${round}` }))
    const [deleted, ...created] = await race(both, [
      (api) => api.delete(`${bins.set}(${bin})`),
      ...[1, 2, 3, 4, 5].map((stock) => (api: TwoServers['one']) => api.post(parts.set, { new_stock: stock, 'new_BinId@odata.bind': `/${bins.set}(${bin})` })),
    ])
    assert.ok(deleted)
    expectStatus(deleted, 204)
    expectAll(created, 204, 400, 404)
    assert.deepEqual(await rows(`${parts.set}?$filter=_new_binid_value eq ${bin}`), [])
  }
})

test('so does one that hangs by a lookup of several tables, which the database does not look at', async () => {
  await using client = await connect(both.database)
  // Between looking for what hangs on the row and deleting it.
  await client.query(`create function pause() returns trigger language plpgsql as 'begin perform pg_sleep(0.03); return old; end'`)
  await client.query('create trigger pause before delete on account for each row execute function pause()')
  for (let round = 0; round < ROUNDS; round++) {
    const account = createdId(await both.one.post('accounts', { name: `A${round}` }))
    const answers = await race(both, [
      (api) => api.post(parts.set, { 'new_BuyerId_account@odata.bind': `/accounts(${account})` }),
      (api) => api.delete(`accounts(${account})`),
      (api) => api.post(parts.set, { 'new_BuyerId_account@odata.bind': `/accounts(${account})` }),
      (api) => api.post(parts.set, { 'new_BuyerId_account@odata.bind': `/accounts(${account})` }),
    ])
    expectAll(answers, 204, 400, 404)
    const isGone = (await both.one.get(`accounts(${account})`)).status === 404
    const hanging = await rows(`${parts.set}?$filter=_new_buyerid_value eq ${account}`)
    assert.ok(!isGone || hanging.length === 0, `${hanging.length} rows point at an account that is gone`)
  }
})

test('bulk writes of the same rows in opposite orders do not hold each other up for good', async () => {
  const ids = await makeRows(
    both.one,
    parts,
    Array.from({ length: 60 }, (_, index) => ({ new_number: `O-${index}` })),
  )
  const targets = (stock: number) => ids.map((id) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.new_part', [parts.id]: id, new_stock: stock }))
  for (let round = 0; round < DEADLOCKS; round++) {
    const answers = await race(
      both,
      [1, 2, 3, 4].map((stock) => (api) => {
        const Targets = stock % 2 === 0 ? targets(stock) : targets(stock).reverse()
        return api.post(`${parts.set}/Microsoft.Dynamics.CRM.UpdateMultiple`, { Targets })
      }),
    )
    expectAll(answers, 204)
    const found = await rows(`${parts.set}?$filter=startswith(new_number,'O-')&$select=new_stock`)
    assert.equal(new Set(found.map((row: { new_stock: number }) => row.new_stock)).size, 1, 'a bulk write stays whole')
  }
})

test('bulk upserts of the same new keys, in any order, give each row once and no error', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const keys = Array.from({ length: 20 }, (_, index) => `N${round}-${index}`)
    const answers = await race(
      both,
      [1, 2, 3, 4, 5, 6].map((stock) => (api) => {
        const turned = [...keys.slice(stock * 3), ...keys.slice(0, stock * 3)]
        const Targets = turned.map((key) => ({
          '@odata.type': 'Microsoft.Dynamics.CRM.new_part',
          '@odata.id': `${parts.set}(new_number='${key}')`,
          new_stock: stock,
        }))
        return api.post(`${parts.set}/Microsoft.Dynamics.CRM.UpsertMultiple`, { Targets })
      }),
    )
    expectAll(answers, 204)
    assert.equal((await rows(`${parts.set}?$filter=startswith(new_number,'N${round}-')&$select=new_number`)).length, keys.length)
  }
})

test('writes and cascades that wait for each other in a ring are done again until all are done', async () => {
  const bin = createdId(await both.one.post(bins.set, { new_code: 'ring' }))
  const hanging = { 'new_BinId@odata.bind': `/${bins.set}(${bin})` }
  const ids = await makeRows(
    both.one,
    parts,
    Array.from({ length: 20 }, () => hanging),
  )
  const batchOf = (paths: readonly string[]) => {
    const part = (path: string, index: number) =>
      `--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ${index + 1}\r\n\r\nPATCH ${path} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"new_place":"x"}\r\n`
    return `--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n${paths.map(part).join('')}--c--\r\n--b--\r\n`
  }
  const { UserId, BusinessUnitId } = await whoAmI(both.one)
  const other = await makeUser(both.one, 'Other')
  await giveRole(both.one, `systemusers(${other})`, await standardRole(both.one, BusinessUnitId, 'System Administrator'))
  const headers = { 'Content-Type': 'multipart/mixed;boundary=b' }
  for (let round = 0; round < DEADLOCKS; round++) {
    const paths = ids.map((id) => `/api/data/v9.2/${parts.set}(${id})`)
    const answers = await race(both, [
      (api) => api.send('POST', '$batch', { headers, raw: batchOf(paths) }),
      (api) => api.send('POST', '$batch', { headers, raw: batchOf([...paths].reverse()) }),
      (api) => api.patch(`${bins.set}(${bin})`, { 'ownerid@odata.bind': `/systemusers(${round % 2 === 0 ? other : UserId})` }),
      (api) => api.send('POST', '$batch', { headers, raw: batchOf([...paths.slice(10), ...paths.slice(0, 10)]) }),
    ])
    expectAll(answers, 200, 204)
    for (const { text } of answers) assert.doesNotMatch(text, /HTTP\/1\.1 [45]/)
    const owners = await rows(`${parts.set}?$filter=_new_binid_value eq ${bin}&$select=_ownerid_value`)
    assert.deepEqual(new Set(owners.map((row: { _ownerid_value: string }) => row._ownerid_value)), new Set([round % 2 === 0 ? other : UserId]))
  }
})

test('what takes too long to come free is answered 503, and says when to try again', async () => {
  const id = createdId(await both.one.post(parts.set, {}))
  await using client = await connect(both.database)
  await client.query('begin')
  await client.query(`select 1 from new_part where new_partid = '${id}' for update`)
  const answer = await both.two.patch(`${parts.set}(${id})`, { new_stock: 1 })
  expectRefusal(answer, 503, '0x8004a001')
  assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/)
  await client.query('rollback')
  expectStatus(await both.two.patch(`${parts.set}(${id})`, { new_stock: 2 }), 204)
})
