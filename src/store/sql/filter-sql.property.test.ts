/** A filter run in SQL finds the rows that the same filter, evaluated here over the same values, holds for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal } from '../../base/decimal.ts'
import type { Guid } from '../../base/guid.ts'
import { type BoundFilter, type ColumnPath, isColumnPath } from '../../plan/bound-filter.ts'
import { referenceShape } from '../../plan/row-shape.ts'
import { isReference, type Value } from '../../plan/value.ts'
import type { Column } from '../../schema/column.ts'
import { openTestReads, outcomeOf, parseRows, type TestReads } from '../test-reads.ts'

type Row = Readonly<Record<string, Value>>

const texts = fc.oneof(
  fc.constantFrom('a', 'A', 'ab', 'Ab%', 'é', 'e\u0301', 'É', 'ß', 'SS', '_', '[b]', 'a*', 'b?', '\\', 'Σας', 'ς', 'İ', '🙂', '\uffff', ' '),
  fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', 'B', 'é', '%', '_', '[', ']', '^', '-', '*', '?', '\\', "'", '🙂') }),
)
const patterns = fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', 'B', 'é', '%', '_', '[', ']', '^', '-', '*', '?', '\\', '🙂') })
const VALUES: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  name: texts,
  description: texts,
  line: fc.integer({ min: -2, max: 3 }),
  employees: fc.integer({ min: -2, max: 3 }),
  rate: fc.constantFrom('0', '1', '-1', '1.5', '-1.5', '-1.25', '10', '9.999999999999', '-0.000000000001', '99999999999', '-99999999999'),
  revenue: fc.bigInt({ min: -20000n, max: 20000n }),
  score: fc.constantFrom(0, 0.1, -2.5, 1e300, 940773300.62616),
  creditonhold: fc.boolean(),
  size: fc.constantFrom(1, 9),
  openedon: fc.constantFrom('2024-05-01', '2023-12-31'),
  modifiedon: fc.constantFrom('2024-05-01T10:00:00Z', '2024-05-01T09:59:59Z'),
}
const NAMES = Object.keys(VALUES)
const rows = fc.array(fc.record(Object.fromEntries(NAMES.map((name) => [name, fc.option(VALUES[name] as fc.Arbitrary<Value>, { freq: 3 })]))), {
  minLength: 1,
  maxLength: 12,
})

const comparisons = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le')
type Draft = (path: (name: string) => ColumnPath) => BoundFilter
const withValue: fc.Arbitrary<Draft> = fc.constantFrom(...NAMES).chain((name) =>
  fc.tuple(comparisons, VALUES[name] as fc.Arbitrary<Value>, fc.boolean()).map(
    ([op, value, isNull]): Draft =>
      (path) => ({ op, left: path(name), right: isNull && (op === 'eq' || op === 'ne') ? null : value }),
  ),
)
const withColumn: fc.Arbitrary<Draft> = fc.tuple(comparisons, fc.constantFrom(['line', 'employees'] as const, ['name', 'description'] as const)).map(
  ([op, [left, right]]): Draft =>
    (path) => ({ op, left: path(left), right: path(right) }),
)
const inList: fc.Arbitrary<Draft> = fc.constantFrom(...NAMES).chain((name) =>
  fc.array(VALUES[name] as fc.Arbitrary<Value>, { maxLength: 3 }).map(
    (values): Draft =>
      (path) => ({ op: 'in', left: path(name), values }),
  ),
)
const matches: fc.Arbitrary<Draft> = fc
  .tuple(
    fc.constantFrom('contains', 'startswith', 'endswith', 'like'),
    fc.constantFrom('name', 'description'),
    fc.oneof(patterns, texts as fc.Arbitrary<string>),
  )
  .map(
    ([op, name, text]): Draft =>
      (path) => ({ op, left: path(name), text }),
  )
const { filter } = fc.letrec<{ filter: Draft; not: Draft; many: Draft }>((tie) => ({
  filter: fc.oneof({ maxDepth: 3, depthIdentifier: 'filter' }, withValue, withColumn, inList, matches, tie('not'), tie('many')),
  not: tie('filter').map(
    (term): Draft =>
      (path) => ({ op: 'not', term: term(path) }),
  ),
  many: fc.tuple(fc.constantFrom('and', 'or'), fc.array(tie('filter'), { maxLength: 3 })).map(
    ([op, terms]): Draft =>
      (path) => ({ op, terms: terms.map((term) => term(path)) }),
  ),
}))

/** The definition: `bound-filter.ts` in plain words. */
function holds(test: BoundFilter, row: Row): boolean {
  switch (test.op) {
    case 'and':
      return test.terms.every((term) => holds(term, row))
    case 'or':
      return test.terms.some((term) => holds(term, row))
    case 'not':
      return !holds(test.term, row)
    case 'constant':
      return test.value
    case 'in':
      return test.values.some((value) => order(test.left.column, cell(test.left, row), value) === 0)
    case 'contains':
    case 'startswith':
    case 'endswith':
    case 'like': {
      const text = cell(test.left, row)
      return typeof text === 'string' && matchesLike(fold(text), fold(test.text), test.op)
    }
    case 'contains-values':
    case 'fiscal-period':
    case 'exists':
    case 'above':
    case 'under':
      throw new Error(`not generated here: ${test.op}`)
    default:
      return compares(test.op, order(test.left.column, cell(test.left, row), isColumnPath(test.right) ? cell(test.right, row) : test.right))
  }
}

function compares(op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le', order: number | undefined): boolean {
  if (order === undefined) return op === 'ne'
  if (Number.isNaN(order)) return op === 'eq'
  return { eq: order === 0, ne: order !== 0, gt: order > 0, ge: order >= 0, lt: order < 0, le: order <= 0 }[op]
}

/** Undefined: one is null. NaN: both are, which are equal but in no order. */
function order(column: Column, left: Value, right: Value): number | undefined {
  if (left === null && right === null) return Number.NaN
  if (left === null || right === null || isReference(left) || isReference(right)) return undefined
  if (column.type === 'decimal') return Decimal.compare(String(left), String(right))
  if (column.type === 'string' || column.type === 'memo') return Buffer.compare(Buffer.from(fold(String(left))), Buffer.from(fold(String(right))))
  return left < right ? -1 : left > right ? 1 : 0
}

const cell = ({ column }: ColumnPath, row: Row): Value => row[column.logicalName] ?? null
/** The rule in words of its own: what differs in case alone is equal, and of sigma there are three. */
const fold = (text: string): string => [...text.normalize('NFC').toLowerCase()].map((char) => (char === 'ς' ? 'σ' : char)).join('')

/** SQL Server's LIKE as a regular expression. */
function matchesLike(text: string, pattern: string, op: string): boolean {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string
    const end = char === '[' ? pattern.indexOf(']', at) : -1
    if (end < 0) source += char === '%' ? '.*' : char === '_' ? '.' : char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    else {
      source += classOf(pattern.slice(at + 1, end))
      at = end
    }
  }
  return new RegExp(`^${op === 'startswith' || op === 'like' ? '' : '.*'}${source}${op === 'endswith' || op === 'like' ? '' : '.*'}$`, 'su').test(text)
}

function classOf(body: string): string {
  const negated = body.startsWith('^')
  const chars = [...(negated ? body.slice(1) : body)]
  let members = ''
  for (let at = 0; at < chars.length; at++) {
    const low = (chars[at] as string).codePointAt(0) as number
    const isRange = chars[at + 1] === '-' && at + 2 < chars.length
    const high = isRange ? ((chars[at + 2] as string).codePointAt(0) as number) : low
    if (isRange) at += 2
    if (low <= high) members += `\\u{${low.toString(16)}}-\\u{${high.toString(16)}}`
  }
  return negated ? `[^${members}]` : `[${members}]`
}

async function found(store: TestReads, filter: BoundFilter): Promise<readonly Guid[]> {
  const shape = referenceShape(store.table('account'))
  const byId = { path: { steps: [], table: shape.table, column: shape.columns[0] as Column }, descending: false }
  const plan = {
    kind: 'read-rows',
    shape,
    source: { kind: 'set' },
    filter,
    order: [byId],
    limit: 5000,
    pages: true,
    after: undefined,
    pageNumber: 1,
    countLimit: undefined,
    references: false,
  } as const
  return parseRows(outcomeOf(await store.read(plan), 'rows').json).map((row) => row.accountid)
}

test('a filter in SQL finds what the same filter in memory holds for', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.array(filter, { minLength: 1, maxLength: 20 }), async (values, drafts) => {
      const store = openTestReads()
      store.dropKeyIndexes()
      try {
        const table = store.table('account')
        const path = (name: string): ColumnPath => ({ steps: [], table, column: table.columns.get(name) as Column })
        const stored: (readonly [Guid, Row])[] = []
        for (const row of values) stored.push([await store.insert('account', row as Row), row as Row])
        for (const draft of drafts) {
          const bound = draft(path)
          const expected = stored.flatMap(([id, row]) => (holds(bound, row) ? [id] : []))
          assert.deepEqual(
            await found(store, bound),
            expected,
            JSON.stringify(bound, (key, value) =>
              key === 'table' ? undefined : key === 'column' ? value.logicalName : typeof value === 'bigint' ? `${value}n` : value,
            ),
          )
        }
      } finally {
        store.connection.close()
      }
    }),
    { numRuns: 150 },
  )
})
