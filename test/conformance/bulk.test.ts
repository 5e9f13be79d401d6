/** CreateMultiple, UpdateMultiple, UpsertMultiple and DeleteMultiple (sync.md 3.5 and 7): how a row is named, what is done twice, all or nothing. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { runChangeSet } from '../support/batch.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { type Body, column, makeKey, makeLookup, makeTable, type MadeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let stock: MadeTable

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  const site = await makeTable(api, 'new_Site', [column.text('new_Code', { MaxLength: 20 })])
  await makeKey(api, site.name, 'new_SiteCode', ['new_code'])
  const columns = [column.text('new_PartNo', { MaxLength: 40 }), column.whole('new_Qty', { MinValue: 0, MaxValue: 1000 })]
  stock = await makeTable(api, 'new_Stock', columns, { ChangeTrackingEnabled: true })
  await makeLookup(api, { from: stock.name, to: site.name, SchemaName: 'new_SiteId' })
  await makeKey(api, stock.name, 'new_StockPart', ['new_partno'])
  for (const code of ['NW', 'SE']) createdId(await api.post(site.set, { new_code: code }))
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

type Action = 'CreateMultiple' | 'UpdateMultiple' | 'UpsertMultiple' | 'DeleteMultiple'
const TYPE = 'Microsoft.Dynamics.CRM.new_stock'
const typed = (rows: readonly Body[]) => rows.map((row) => ({ '@odata.type': TYPE, ...row }))

const run = (action: Action, rows: readonly Body[], headers = {}): Promise<Answer> =>
  api.post(`new_stocks/Microsoft.Dynamics.CRM.${action}`, { Targets: typed(rows) }, headers)
const keyed = (number: string): Body => ({ '@odata.id': `new_stocks(new_partno='${number}')` })

async function make(rows: readonly Body[]): Promise<readonly string[]> {
  return expectStatus(await run('CreateMultiple', rows), 200).body.Ids
}

/** `['A=1', 'B=2']` of the rows whose number starts so, by number. */
async function quantities(prefix: string): Promise<string[]> {
  const answer = await api.get(`new_stocks?$select=new_partno,new_qty&$filter=startswith(new_partno,'${prefix}')&$orderby=new_partno`)
  return expectStatus(answer, 200).body.value.map((row: Body) => `${row.new_partno}=${row.new_qty}`)
}

async function deltaLink(): Promise<string> {
  let page = expectStatus(await api.get('new_stocks?$select=new_partno', { Prefer: 'odata.track-changes' }), 200).body
  while (page['@odata.nextLink']) page = expectStatus(await api.get(page['@odata.nextLink']), 200).body
  return page['@odata.deltaLink']
}

const changesSince = async (link: string): Promise<readonly Body[]> => expectStatus(await api.get(link), 200).body.value

describe('CreateMultiple', () => {
  test('answers the ids in the order of the targets', async () => {
    const answer = expectStatus(
      await run(
        'CreateMultiple',
        Array.from({ length: 20 }, (_, index) => ({ new_partno: `c-${index}`, new_qty: index })),
      ),
      200,
    )
    assert.equal(answer.body['@odata.context'], `${api.root}/$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse`)
    assert.deepEqual(Object.keys(answer.body), ['@odata.context', 'Ids'])
    assert.equal(answer.body.Ids.length, 20)
    for (const [index, id] of answer.body.Ids.entries()) assert.equal(expectStatus(await api.get(`new_stocks(${id})`), 200).body.new_qty, index)
  })

  test('takes ids, lookups bound by key and children as a single create does', async () => {
    const id = randomUUID()
    const ids = await make([{ new_stockid: id, new_partno: 'cl-1', 'new_SiteId@odata.bind': "new_sites(new_code='nw')" }, { new_partno: 'cl-2' }])
    assert.equal(ids[0], id)
    const row = expectStatus(await api.get(`new_stocks(${id})?$expand=new_SiteId($select=new_code)`), 200).body
    assert.equal(row.new_SiteId.new_code, 'NW')
  })

  test('a row that is refused undoes all of them', async () => {
    await make([{ new_partno: 'ca-0' }])
    const good = { new_partno: 'ca-1' }
    const refused: readonly (readonly [Body, number, string])[] = [
      [{ new_partno: 'x'.repeat(41) }, 400, '0x80044331'],
      [{ new_qty: 1001 }, 400, '0x80044330'],
      [{ new_qty: 'many' }, 400, '0x80048d19'],
      [{ no_such_column: 1 }, 400, '0x80048d19'],
      [{ new_partno: 'CA-0' }, 412, '0x80060892'],
      [{ 'new_SiteId@odata.bind': "/new_sites(new_code='none')" }, 404, '0x80060891'],
    ]
    for (const [bad, status, code] of refused) expectRefusal(await run('CreateMultiple', [good, bad]), status, code)
    assert.deepEqual(await quantities('ca-'), ['ca-0=null'])
  })

  test('two targets with one key are refused by the key', async () => {
    expectRefusal(await run('CreateMultiple', [{ new_partno: 'cd-1' }, { new_partno: 'cd-1' }]), 412, '0x80060892')
    assert.deepEqual(await quantities('cd-'), [])
  })

  test('two targets with one id are refused, and so is an id that is taken', async () => {
    const id = randomUUID()
    expectRefusal(await run('CreateMultiple', [{ new_stockid: id }, { new_stockid: id }]), 412, '0x80040237')
    expectStatus(await api.get(`new_stocks(${id})`), 404)
    const [taken] = await make([{ new_partno: 'ci-1' }])
    expectRefusal(await run('CreateMultiple', [{ new_partno: 'ci-2' }, { new_stockid: taken }]), 412, '0x80040237')
    assert.deepEqual(await quantities('ci-'), ['ci-1=null'])
  })

  test('a thousand rows are one change each for a reader', async () => {
    const link = await deltaLink()
    const ids = await make(Array.from({ length: 1000 }, (_, index) => ({ new_partno: `ck-${index}` })))
    const changes = await changesSince(link)
    assert.equal(new Set(ids).size, 1000)
    assert.deepEqual(changes.map((row) => row.new_stockid).toSorted(), [...ids].toSorted())
  })
})

describe('UpdateMultiple', () => {
  test('finds rows by id and by @odata.id, answers 204 without a body', async () => {
    const [id] = await make([
      { new_partno: 'u-1', new_qty: 1 },
      { new_partno: 'u-2', new_qty: 1 },
      { new_partno: 'u-3', new_qty: 1 },
    ])
    const three = (await api.get("new_stocks(new_partno='u-3')")).body.new_stockid
    const answer = await run('UpdateMultiple', [
      { new_stockid: id, new_qty: 10 },
      { ...keyed('u-2'), new_qty: 20, 'new_SiteId@odata.bind': "/new_sites(new_code='SE')" },
      { '@odata.id': `${api.root}/new_stocks(${three})`, new_qty: 30 },
    ])
    assert.equal(expectStatus(answer, 204).text, '')
    assert.deepEqual(await quantities('u-'), ['u-1=10', 'u-2=20', 'u-3=30'])
  })

  test('of two targets for one row the first is applied and the second ignored', async () => {
    const [id] = await make([
      { new_partno: 'ud-1', new_qty: 1 },
      { new_partno: 'ud-2', new_qty: 1 },
    ])
    expectStatus(
      await run('UpdateMultiple', [
        { new_stockid: id, new_qty: 2 },
        { new_stockid: id, new_qty: 3 },
      ]),
      204,
    )
    expectStatus(
      await run('UpdateMultiple', [
        { ...keyed('ud-2'), new_qty: 4 },
        { ...keyed('UD-2'), new_qty: 5 },
      ]),
      204,
    )
    expectStatus(
      await run('UpdateMultiple', [
        { ...keyed('ud-1'), new_qty: 6 },
        { new_stockid: id, new_qty: 7 },
      ]),
      204,
    )
    assert.deepEqual(await quantities('ud-'), ['ud-1=6', 'ud-2=4'])
  })

  test('a row that is missing or refused leaves all as they were', async () => {
    const [id] = await make([{ new_partno: 'um-1', new_qty: 1 }])
    const first = { new_stockid: id, new_qty: 2 }
    expectRefusal(await run('UpdateMultiple', [first, { new_stockid: randomUUID(), new_qty: 2 }]), 404, '0x80040217')
    expectRefusal(await run('UpdateMultiple', [first, { ...keyed('um-none'), new_qty: 2 }]), 404, '0x80060891')
    expectRefusal(await run('UpdateMultiple', [first, { ...keyed('um-1'), new_qty: -1 }]), 400, '0x80044330')
    assert.deepEqual(await quantities('um-'), ['um-1=1'])
  })

  test('a target that names no row is refused', async () => {
    const answer = await run('UpdateMultiple', [{ new_partno: 'un-1', new_qty: 2 }])
    assert.equal(answer.status, 400, answer.text)
    assert.deepEqual(await quantities('un-'), [])
  })

  test('changes a key column through the id', async () => {
    const [id] = await make([{ new_partno: 'uk-1', new_qty: 1 }])
    expectStatus(await run('UpdateMultiple', [{ new_stockid: id, new_partno: 'uk-2' }]), 204)
    expectStatus(await api.get("new_stocks(new_partno='uk-1')"), 404)
    assert.deepEqual(await quantities('uk-'), ['uk-2=1'])
  })
})

describe('UpsertMultiple', () => {
  test('creates and updates by id, by key and without identity', async () => {
    const [id] = await make([
      { new_partno: 'p-1', new_qty: 1 },
      { new_partno: 'p-2', new_qty: 1 },
    ])
    const fresh = randomUUID()
    const answer = await run('UpsertMultiple', [
      { new_stockid: id, new_qty: 10 },
      { ...keyed('p-2'), new_qty: 20 },
      { new_stockid: fresh, new_partno: 'p-3', new_qty: 30 },
      { ...keyed('p-4'), new_qty: 40, 'new_SiteId@odata.bind': "new_sites(new_code='NW')" },
      { new_partno: 'p-5', new_qty: 50 },
    ])
    assert.equal(expectStatus(answer, 204).text, '')
    assert.deepEqual(await quantities('p-'), ['p-1=10', 'p-2=20', 'p-3=30', 'p-4=40', 'p-5=50'])
    assert.equal(expectStatus(await api.get(`new_stocks(${fresh})`), 200).body.new_partno, 'p-3')
  })

  test('a key column in the body beats the address on create and is dropped on update', async () => {
    await make([{ new_partno: 'pk-1', new_qty: 1 }])
    expectStatus(
      await run('UpsertMultiple', [
        { ...keyed('pk-1'), new_partno: 'pk-9', new_qty: 2 },
        { ...keyed('pk-2'), new_partno: 'pk-3', new_qty: 3 },
      ]),
      204,
    )
    assert.deepEqual(await quantities('pk-'), ['pk-1=2', 'pk-3=3'])
  })

  test('a key column without @odata.id is data: the row that has it is in the way', async () => {
    await make([{ new_partno: 'pd-1', new_qty: 1 }])
    expectRefusal(await run('UpsertMultiple', [{ new_partno: 'pd-1', new_qty: 2 }]), 412, '0x80060892')
    assert.deepEqual(await quantities('pd-'), ['pd-1=1'])
  })

  test('two targets for one row are refused, whatever names it, and nothing is written', async () => {
    const [id] = await make([{ new_partno: 'pt-1', new_qty: 1 }])
    const pairs: readonly (readonly [Body, Body])[] = [
      [
        { new_stockid: id, new_qty: 2 },
        { new_stockid: id, new_qty: 3 },
      ],
      [
        { ...keyed('pt-1'), new_qty: 2 },
        { ...keyed('pt-1'), new_qty: 3 },
      ],
      [
        { ...keyed('pt-1'), new_qty: 2 },
        { ...keyed('PT-1'), new_qty: 3 },
      ],
      [
        { ...keyed('pt-2'), new_qty: 2 },
        { ...keyed('pt-2'), new_qty: 3 },
      ],
      [
        { new_stockid: id, new_qty: 2 },
        { new_stockid: id?.toUpperCase(), new_qty: 3 },
      ],
      [
        { new_stockid: id, new_qty: 2 },
        { ...keyed('pt-1'), new_qty: 3 },
      ],
    ]
    for (const pair of pairs) {
      const answer = await run('UpsertMultiple', pair)
      assert.equal(answer.status, 400, answer.text)
      assert.match(answer.body.error.code, /^0x[0-9a-f]{8}$/i)
    }
    assert.deepEqual(await quantities('pt-'), ['pt-1=1'])
  })

  test('one refused row undoes creates and updates', async () => {
    await make([{ new_partno: 'pa-1', new_qty: 1 }])
    expectRefusal(await run('UpsertMultiple', [{ ...keyed('pa-1'), new_qty: 2 }, { ...keyed('pa-2') }, { ...keyed('pa-3'), new_qty: 5000 }]), 400, '0x80044330')
    assert.deepEqual(await quantities('pa-'), ['pa-1=1'])
  })

  test('a row that is upserted with the same values is a change', async () => {
    const link = await deltaLink()
    expectStatus(await run('UpsertMultiple', [{ ...keyed('pc-1'), new_qty: 1 }]), 204)
    const [created] = await changesSince(link)
    const next = await deltaLink()
    expectStatus(await run('UpsertMultiple', [{ ...keyed('pc-1'), new_qty: 1 }]), 204)
    const [updated, ...more] = await changesSince(next)
    assert.equal(updated?.new_stockid, created?.new_stockid)
    assert.notEqual(updated?.['@odata.etag'], created?.['@odata.etag'])
    assert.deepEqual(more, [])
  })

  test('the official sample: fifty rows, then a hundred targets in four ways', async () => {
    const made = await make(Array.from({ length: 50 }, (_, index) => ({ new_partno: `s-${100 + index}`, new_name: `Row ${index}` })))
    const targets = Array.from({ length: 100 }, (_, index): Body => {
      if (index < 25) return { new_stockid: made[index], new_name: `Row ${index} UpdatedByPK` }
      if (index < 50) return { ...keyed(`s-${100 + index}`), new_name: `Row ${index} UpdatedByAK` }
      if (index < 75) return { new_stockid: randomUUID(), new_partno: `s-${100 + index}`, new_name: `Row ${index}` }
      return { ...keyed(`s-${100 + index}`), new_name: `Row ${index}` }
    })
    expectStatus(await run('UpsertMultiple', targets), 204)
    const { value } = expectStatus(await api.get("new_stocks?$select=new_partno,new_name&$filter=startswith(new_partno,'s-')&$orderby=new_partno"), 200).body
    assert.equal(value.length, 100)
    for (const [index, row] of value.entries()) {
      assert.equal(row.new_partno, `s-${100 + index}`)
      assert.equal(row.new_name, `Row ${index}${index < 25 ? ' UpdatedByPK' : index < 50 ? ' UpdatedByAK' : ''}`)
    }
  })
})

describe('DeleteMultiple', () => {
  test('is not implemented for standard tables, and says so', async () => {
    const [id] = await make([{ new_partno: 'd-1' }])
    expectRefusal(await run('DeleteMultiple', [{ new_stockid: id }]), 501, '0x80040219', 'DeleteMultiple has not yet been implemented.')
    assert.deepEqual(await quantities('d-'), ['d-1=null'])
  })

  test('deletes when the client asks for it, by id and by key', async () => {
    const link = await deltaLink()
    const ids = await make([{ new_partno: 'dp-1' }, { new_partno: 'dp-2' }, { new_partno: 'dp-3' }])
    const answer = await run('DeleteMultiple', [{ new_stockid: ids[0] }, keyed('dp-2')], { Prefer: 'tidemark.delete-multiple' })
    assert.equal(expectStatus(answer, 204).text, '')
    assert.deepEqual(await quantities('dp-'), ['dp-3=null'])
    const changes = await changesSince(link)
    assert.deepEqual(
      changes
        .filter(({ reason }) => reason === 'deleted')
        .map(({ id }) => id)
        .toSorted(),
      ids.slice(0, 2).toSorted(),
    )
  })

  test('a row that is missing keeps the others', async () => {
    const [id] = await make([{ new_partno: 'dm-1' }])
    expectRefusal(await run('DeleteMultiple', [{ new_stockid: id }, { new_stockid: randomUUID() }], { Prefer: 'tidemark.delete-multiple' }), 404, '0x80040217')
    assert.deepEqual(await quantities('dm-'), ['dm-1=null'])
  })
})

describe('the request', () => {
  test('every target needs its @odata.type, with or without #', async () => {
    const url = 'new_stocks/Microsoft.Dynamics.CRM.CreateMultiple'
    for (const target of [
      { new_partno: 'r-1' },
      { '@odata.type': 'Microsoft.Dynamics.CRM.account', new_partno: 'r-1' },
      { '@odata.type': 'new_stocks', new_partno: 'r-1' },
    ]) {
      const answer = await api.post(url, { Targets: [...typed([{ new_partno: 'r-0' }]), target] })
      assert.equal(answer.status, 400, answer.text)
    }
    assert.deepEqual(await quantities('r-'), [])
    expectStatus(await api.post(url, { Targets: [{ '@odata.type': `#${TYPE}`, new_partno: 'r-1' }] }), 200)
  })

  test('a tag in the query string is accepted', async () => {
    expectStatus(await api.post('new_stocks/Microsoft.Dynamics.CRM.UpsertMultiple?tag=nightly', { Targets: typed([keyed('rt-1')]) }), 204)
  })

  test('targets that are missing or no array are refused', async () => {
    for (const body of [{}, { Targets: {} }, { Targets: 'all' }, { Targets: [1] }, { Targets: [null] }, { Targets: [[]] }, [], 'x']) {
      const answer = await api.post('new_stocks/Microsoft.Dynamics.CRM.CreateMultiple', body)
      assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${answer.text}`)
      assert.match(answer.body.error.code, /^0x[0-9a-f]{8}$/i)
    }
  })

  test('the actions are bound to the set, need their namespace and are posted', async () => {
    const [id] = await make([{ new_partno: 'rb-1' }])
    expectStatus(await api.post(`new_stocks(${id})/Microsoft.Dynamics.CRM.CreateMultiple`, { Targets: [] }), 404)
    for (const path of [
      'new_stocks/CreateMultiple',
      'new_stocks/Microsoft.Dynamics.CRM.createmultiple',
      'CreateMultiple',
      'new_nothings/Microsoft.Dynamics.CRM.CreateMultiple',
    ]) {
      const answer = await api.post(path, { Targets: typed([{ new_partno: 'rb-2' }]) })
      assert.ok(answer.status === 404 || answer.status === 400, `${path}: ${answer.status}`)
    }
    const read = await api.get('new_stocks/Microsoft.Dynamics.CRM.CreateMultiple')
    assert.ok(read.status === 404 || read.status === 405, `${read.status}`)
    assert.deepEqual(await quantities('rb-'), ['rb-1=null'])
  })

  test('inside a change set they are undone with it', async () => {
    const post = (action: Action, rows: readonly Body[]) => ({
      method: 'POST',
      url: `new_stocks/Microsoft.Dynamics.CRM.${action}`,
      body: { Targets: typed(rows) },
    })
    const parts = await runChangeSet(api, [
      post('CreateMultiple', [{ new_partno: 'rc-1' }]),
      post('UpsertMultiple', [{ ...keyed('rc-1'), new_qty: 5 }, keyed('rc-2')]),
    ])
    assert.equal(parts[0]?.body.Ids.length, 1)
    assert.deepEqual(await quantities('rc-'), ['rc-1=5', 'rc-2=null'])
  })
})
