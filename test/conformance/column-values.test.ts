/** What each type of column takes, keeps and gives back (webapi.md 4): limits, exactness, spelling. One table with a column of every type. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, type MadeTable, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let table: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  table = await makeTable(api, 'new_Sample', [
    column.text('new_Text', { MaxLength: 10 }),
    column.memo('new_Memo', { MaxLength: 5000 }),
    column.whole('new_Whole', { MinValue: -5, MaxValue: 1000 }),
    column.whole('new_AnyWhole'),
    column.bigint('new_Big'),
    column.decimal('new_Decimal', { Precision: 10, MinValue: -100000000000, MaxValue: 100000000000 }),
    column.decimal('new_Rate', { Precision: 2, MinValue: 0, MaxValue: 10 }),
    column.money('new_Money', { Precision: 4, PrecisionSource: 0 }),
    column.money('new_Price', { Precision: 2, PrecisionSource: 0, MinValue: 0, MaxValue: 100 }),
    column.double('new_Double', { Precision: 5, MinValue: -1000000, MaxValue: 1000000 }),
    column.boolean('new_Flag', { DefaultValue: true }),
    column.choice('new_Colour', { 1: 'Red', 2: 'Green' }, { DefaultFormValue: 2 }),
    column.choices('new_Hobbies', { 1: 'Swimming', 2: 'Hiking', 9: 'Camping' }),
    column.datetime('new_At', 'UserLocal'),
    column.datetime('new_Day', 'DateOnly'),
    column.datetime('new_Wall', 'TimeZoneIndependent'),
  ])
})
after(() => server[Symbol.asyncDispose]())

const post = (raw: string) => api.send('POST', table.set, { raw })
const accept = async (raw: string): Promise<string> => createdId(await post(raw))

/** The value as it stands in the answer, digit by digit. */
async function stored(id: string, name: string): Promise<string | undefined> {
  const { text } = expectStatus(await api.get(`${table.set}(${id})?$select=${name}`), 200)
  return new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*"|[^,}]+)`).exec(text)?.[1]
}

/** Each `given`, as JSON text, is kept as `kept`. */
async function expectKept(name: string, cases: Readonly<Record<string, string>>): Promise<void> {
  for (const [given, kept] of Object.entries(cases)) {
    const id = await accept(`{"${name}":${given}}`)
    assert.equal(await stored(id, name), kept, `${name}: ${given}`)
  }
}

async function expectRefused(name: string, values: readonly string[], code?: string): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const value of values) {
    const answer = await post(`{"${name}":${value}}`)
    assert.equal(answer.status, 400, `${name}: ${value} was answered ${answer.status} ${answer.text}`)
    if (code) expectRefusal(answer, 400, code)
    assert.ok(answer.body.error.message.includes(name), answer.text)
    answers.push(answer)
  }
  return answers
}

test('text is kept as it is, and empty text is null', async () => {
  await expectKept('new_text', {
    '"abc"': '"abc"',
    '" a b "': '" a b "',
    '"Ærø\\n\\t\\"\\\\"': '"Ærø\\n\\t\\"\\\\"',
    '"\\u00e9\\ud83d\\ude00"': '"é😀"',
    '"0123456789"': '"0123456789"',
    '""': 'null',
    null: 'null',
  })
  await expectKept('new_memo', { [JSON.stringify('x'.repeat(5000))]: `"${'x'.repeat(5000)}"` })
})

test('text that is longer than its column is refused in the documented words', async () => {
  const message = "A validation error occurred.  The length of the 'new_text' attribute of the 'new_sample' entity exceeded the maximum allowed length of '10'."
  expectRefusal(await post('{"new_text":"01234567890"}'), 400, '0x80044331', message)
  await expectRefused('new_memo', [JSON.stringify('x'.repeat(5001))], '0x80044331')
  const subject = "A validation error occurred.  The length of the 'subject' attribute of the 'task' entity exceeded the maximum allowed length of '200'."
  expectRefusal(await api.post('tasks', { subject: 'x'.repeat(201) }), 400, '0x80044331', subject)
})

test('text is text: numbers, booleans, objects, U+0000 and half characters are refused', async () => {
  for (const value of ['7', 'true', '{}', '["a"]', '"a\\u0000b"', '"\\ud83d"', '"\\ude00x"']) {
    const answer = await post(`{"new_text":${value}}`)
    assert.equal(answer.status, 400, `${value} was answered ${answer.status}`)
  }
})

test('whole numbers keep to their range', async () => {
  await expectKept('new_whole', { '-5': '-5', '1000': '1000', '0': '0', '-0': '0', '"200"': '200', '7.0': '7', '1e2': '100', null: 'null' })
  await expectKept('new_anywhole', { '2147483647': '2147483647', '-2147483648': '-2147483648' })
  await expectRefused('new_whole', ['-6', '1001'])
  await expectRefused('new_anywhole', ['2147483648', '-2147483649', '1e300'])
  await expectRefused('new_whole', ['1.5', '"abc"', 'true', '""', '"1,000"'], '0x80048d19')
})

test('64-bit numbers are exact, and numbers on the wire', async () => {
  await expectKept('new_big', {
    '9223372036854775807': '9223372036854775807',
    '-9223372036854775808': '-9223372036854775808',
    '9007199254740993': '9007199254740993',
    '"9007199254740993"': '9007199254740993',
    '0': '0',
  })
  await expectRefused('new_big', ['9223372036854775808', '-9223372036854775809', '1.5', '"x"'])
})

test('decimals are exact to their last digit, and rounded to their precision', async () => {
  await expectKept('new_decimal', {
    '0.1': '0.1',
    '99999999999.9999999999': '99999999999.9999999999',
    '-12345678901.0123456789': '-12345678901.0123456789',
    '0.0000000001': '0.0000000001',
    '1.50': '1.5',
    '1e-3': '0.001',
    '"12.5"': '12.5',
    '-0.0': '0',
  })
  await expectKept('new_rate', { '1.005': '1.01', '1.004999999999999999999': '1', '9.999': '10' })
  await expectRefused('new_decimal', ['100000000000.0000000001', '-100000000001'], '0x80044330')
  await expectRefused('new_rate', ['10.01', '-0.01'], '0x80044330')
  await expectRefused('new_rate', ['"ten"', 'false'], '0x80048d19')
})

test('amounts are exact, and given with four decimals', async () => {
  await expectKept('new_money', {
    '5000000': '5000000.0000',
    '0.1': '0.1000',
    '-1.23456': '-1.2346',
    '900000000000000.1234': '900000000000000.1234',
    '922337203685477': '922337203685477.0000',
    '"12.34"': '12.3400',
    '0': '0.0000',
  })
  await expectKept('new_price', { '1.005': '1.0100', '100': '100.0000', '99.994': '99.9900' })
  await expectRefused('new_price', ['100.01', '-0.01'], '0x80044330')
  await expectRefused('new_money', ['922337203685478', '1e40'], '0x80044330')
})

test('an amount has its twin in the base currency, at the rate of its row', async () => {
  const id = await accept('{"new_money":12.5}')
  const { body, text } = expectStatus(await api.get(`${table.set}(${id})`), 200)
  assert.match(text, /"new_money_base":12\.5000[,}]/)
  assert.equal(body.exchangerate, 1)
  const euro = { currencyname: 'Euro', isocurrencycode: 'EUR', currencysymbol: '€', currencyprecision: 2, exchangerate: 0.8 }
  const currency = createdId(await api.post('transactioncurrencies', euro))
  const other = createdId(await api.post(table.set, { new_money: 10, 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currency})` }))
  assert.equal(await stored(other, 'new_money_base'), '12.5000')
  expectStatus(await api.patch(`${table.set}(${other})`, { new_money: 20, new_money_base: 1 }), 204)
  assert.equal(await stored(other, 'new_money_base'), '25.0000')
})

test('the rate of the base currency stays 1', async () => {
  const [base] = expectStatus(await api.get('transactioncurrencies?$filter=exchangerate eq 1&$select=exchangerate'), 200).body.value
  const path = `transactioncurrencies(${base.transactioncurrencyid})`
  expectRefusal(await api.patch(path, { exchangerate: 2, currencyname: 'x' }), 400, '0x80040203', /base currency/)
  expectStatus(await api.patch(path, { exchangerate: 1, currencyname: 'Dollar' }), 204)
})

test('doubles keep what a double holds', async () => {
  await expectKept('new_double', { '47.63958': '47.63958', '-0.5': '-0.5', '"1.5"': '1.5', null: 'null' })
  assert.equal(Number(await stored(await accept('{"new_double":1000000}'), 'new_double')), 1_000_000)
  await expectRefused('new_double', ['1000000.1', '-1e7'], '0x80044330')
  await expectRefused('new_double', ['"NaN"', '"Infinity"', '"x"'], '0x80048d19')
})

test('booleans are true or false, and have a default', async () => {
  await expectKept('new_flag', { true: 'true', false: 'false', null: 'null' })
  assert.equal(await stored(await accept('{}'), 'new_flag'), 'true')
  await expectRefused('new_flag', ['"yes"', '2', '{}'])
})

test('a choice is one of its options, and has a default', async () => {
  await expectKept('new_colour', { '1': '1', '"2"': '2', null: 'null' })
  assert.equal(await stored(await accept('{}'), 'new_colour'), '2')
  await expectRefused('new_colour', ['3', '-1', '0', '"Red"', '1.5'])
})

test('a multi-select choice is a list of options, in order and each once', async () => {
  await expectKept('new_hobbies', { '"1,9"': '"1,9"', '"1, 9"': '"1,9"', '"9"': '"9"', '"9,1,9"': '"1,9"', '""': 'null', null: 'null' })
  await expectRefused('new_hobbies', ['"1,3"', '"Swimming"', '"1;9"', '"1,,9"', 'true'])
  const id = await accept('{"new_hobbies":"9,1"}')
  const annotations = { Prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"' }
  const { body } = expectStatus(await api.get(`${table.set}(${id})?$select=new_hobbies`, annotations), 200)
  assert.equal(body['new_hobbies@OData.Community.Display.V1.FormattedValue'], 'Swimming; Camping')
})

test('a point in time is kept in UTC and whole seconds', async () => {
  await expectKept('new_at', {
    '"2024-05-01T10:00:00Z"': '"2024-05-01T10:00:00Z"',
    '"2024-05-01T12:00:00+02:00"': '"2024-05-01T10:00:00Z"',
    '"2024-05-01T00:30:00+02:00"': '"2024-04-30T22:30:00Z"',
    '"2024-05-01T10:00:00"': '"2024-05-01T10:00:00Z"',
    '"2024-05-01T10:00:00.987Z"': '"2024-05-01T10:00:00Z"',
    '"2024-05-01"': '"2024-05-01T00:00:00Z"',
    '"1753-01-01T00:00:00Z"': '"1753-01-01T00:00:00Z"',
    '"9999-12-31T23:59:59Z"': '"9999-12-31T23:59:59Z"',
    null: 'null',
  })
  await expectRefused('new_at', ['"2024-02-30T00:00:00Z"', '"2024-05-01T25:00:00Z"', '"yesterday"', '"1752-12-31T23:59:59Z"', '1714557600', '""'])
})

test('a day is a day, whatever time is sent with it', async () => {
  await expectKept('new_day', {
    '"2024-05-01"': '"2024-05-01"',
    '"2024-02-29"': '"2024-02-29"',
    '"2024-05-01T23:00:00Z"': '"2024-05-01"',
    null: 'null',
  })
  await expectRefused('new_day', ['"2023-02-29"', '"2024-13-01"', '"1.5.2024"', '20240501'])
})

test('a wall-clock time is given back as it was sent', async () => {
  await expectKept('new_wall', { '"2024-05-01T10:00:00Z"': '"2024-05-01T10:00:00Z"', '"2024-05-01T10:00:00"': '"2024-05-01T10:00:00Z"', null: 'null' })
})

test('ids are given back in lower case and without braces', async () => {
  const id = createdId(await api.post('contacts', { lastname: 'x', address1_addressid: '{ABCDEF01-2345-4678-9ABC-DEF012345678}' }))
  assert.equal((await api.get(`contacts(${id})`)).body.address1_addressid, 'abcdef01-2345-4678-9abc-def012345678')
  expectStatus(await api.post('contacts', { address1_addressid: 'ABC' }), 400)
})

test('every value survives being read and sent back', async () => {
  const raw =
    '{"new_text":"Bö","new_whole":7,"new_big":9007199254740993,"new_decimal":1.0000000001,"new_money":900000000000000.1234,"new_double":0.5,' +
    '"new_flag":false,"new_colour":1,"new_hobbies":"1,9","new_at":"2024-05-01T10:00:00Z","new_day":"2024-05-01","new_wall":"2024-05-01T10:00:00Z"}'
  const id = await accept(raw)
  const names = Object.keys(JSON.parse(raw))
  const { text } = expectStatus(await api.get(`${table.set}(${id})?$select=${names}`), 200)
  // What is read-only on the wire does not go back.
  const back = text.replace(/"_transactioncurrencyid_value":"[^"]*",?/, '').replace(/,}$/, '}')
  expectStatus(await api.send('PATCH', `${table.set}(${id})`, { raw: back }), 204)
  for (const name of names) assert.equal(await stored(id, name), new RegExp(`"${name}":("[^"]*"|[^,}]+)`).exec(raw)?.[1], name)
})

test('one refused value refuses the row', async () => {
  const before = Number((await api.get(`${table.set}/$count`)).text.slice(1))
  expectStatus(await post('{"new_text":"fine","new_whole":9999}'), 400)
  assert.equal(Number((await api.get(`${table.set}/$count`)).text.slice(1)), before)
})
