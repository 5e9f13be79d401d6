import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Literal, parseLiteral } from '../protocol/literal.ts'
import { bindLiteral, type Spelling } from './bind-literal.ts'
import { columnOf, ID } from './test-schema.ts'
import type { Value } from './value.ts'

const literal = (text: string): Literal => parseLiteral(text) ?? assert.fail(`${text} is no literal`)
const bind = (column: string, text: string, spelling?: Spelling): Value => bindLiteral(columnOf('account', column), literal(text), spelling)

test('a literal takes the form of its column', () => {
  const cases: readonly [string, string, Value][] = [
    ['name', "'O''Neil'", "O'Neil"],
    ['name', "'25'", '25'],
    ['name', `'${ID}'`, ID],
    ['line', '25', 25],
    ['line', '2.50e1', 25],
    ['size', '9', 9],
    ['hobbies', "'9, 1,9'", '1,9'],
    ['hobbies', '9', '9'],
    ['versionnumber', '9007199254740993', 9007199254740993n],
    ['rate', '1.2500', '1.25'],
    ['rate', '0.30000000000000004', '0.3'],
    ['revenue', '12.5', 125000n],
    ['revenue', '-0.00005', -1n],
    ['score', '1e3', 1000],
    ['creditonhold', 'true', true],
    ['openedon', '2024-05-01', '2024-05-01'],
    ['openedon', '2024-05-01T23:00:00Z', '2024-05-01'],
    ['createdon', '2024-05-01T12:00:00.5+02:00', '2024-05-01T10:00:00Z'],
    ['createdon', '2024-05-01', '2024-05-01T00:00:00Z'],
    ['accountid', ID.toUpperCase(), ID],
    ['accountid', `'${ID}'`, ID],
    ['primarycontactid', ID, ID],
    ['ownerid', `'{${ID}}'`, ID],
    ['line', 'null', null],
  ]
  for (const [column, text, value] of cases) assert.equal(bind(column, text), value, `${column} ${text}`)
})

test('a literal of another type is refused', () => {
  const cases: readonly [string, string][] = [
    ['name', '25'],
    ['name', ID],
    ['line', "'25'"],
    ['line', '2.5'],
    ['line', '2147483648'],
    ['line', 'true'],
    ['versionnumber', '9223372036854775808'],
    ['size', "'Active'"],
    ['size', "Microsoft.Dynamics.CRM.Size'Active'"],
    ['hobbies', "'reading'"],
    ['rate', "'1'"],
    ['rate', '1e13'],
    ['score', '1e309'],
    ['revenue', '922337203685478'],
    ['creditonhold', '1'],
    ['creditonhold', "'true'"],
    ['createdon', "'2024-05-01'"],
    ['accountid', "'A1'"],
    ['primarycontactid', '5'],
  ]
  for (const [column, text] of cases) assert.throws(() => bind(column, text), { name: 'BadRequest', status: 400 }, `${column} ${text}`)
})

test('a filter takes a quoted number for a number or a choice', () => {
  assert.equal(bind('line', "'25'", 'lenient'), 25)
  assert.equal(bind('size', "'9'", 'lenient'), 9)
  assert.equal(bind('revenue', "'1.5'", 'lenient'), 15000n)
  assert.throws(() => bind('size', "'Active'", 'lenient'), { name: 'BadRequest' })
  assert.throws(() => bind('score', "''", 'lenient'), { name: 'BadRequest' })
})
