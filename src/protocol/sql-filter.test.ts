/** What a condition of SQL means, in three-valued logic, is what the tree of filters says in two-valued logic. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FetchCondition, FetchFilter } from './fetch-query.ts'
import { parseSqlSelect } from './sql-select.ts'

type Truth = boolean | undefined
type Row = { readonly [column: string]: number | null }
type Meaning = { readonly sql: string; readonly holds: (row: Row) => Truth }

const COLUMNS = ['a', 'b', 'c']
const anyColumn = fc.constantFrom(...COLUMNS)
const anyNumber = fc.integer({ min: 0, max: 3 })

const known = (value: number | null | undefined, holds: (value: number) => boolean): Truth => (typeof value === 'number' ? holds(value) : undefined)
const COMPARED: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  '=': (one, other) => one === other,
  '<>': (one, other) => one !== other,
  '<': (one, other) => one < other,
  '>=': (one, other) => one >= other,
}

const anyTest: fc.Arbitrary<Meaning> = fc.oneof(
  fc.tuple(anyColumn, fc.constantFrom('=', '<>', '<', '>='), anyNumber).map(([column, mark, number]): Meaning => {
    return { sql: `${column} ${mark} ${number}`, holds: (row) => known(row[column], (value) => COMPARED[mark]?.(value, number) ?? false) }
  }),
  fc.tuple(anyColumn, fc.boolean(), fc.array(anyNumber, { minLength: 1, maxLength: 3 })).map(([column, not, numbers]): Meaning => {
    return { sql: `${column} ${not ? 'NOT ' : ''}IN (${numbers.join(', ')})`, holds: (row) => known(row[column], (value) => numbers.includes(value) !== not) }
  }),
  fc.tuple(anyColumn, fc.boolean(), anyNumber, anyNumber).map(([column, not, low, high]): Meaning => {
    return {
      sql: `${column} ${not ? 'NOT ' : ''}BETWEEN ${low} AND ${high}`,
      holds: (row) => known(row[column], (value) => (low <= value && value <= high) !== not),
    }
  }),
  fc
    .tuple(anyColumn, fc.boolean())
    .map(([column, not]): Meaning => ({ sql: `${column} IS ${not ? 'NOT ' : ''}NULL`, holds: (row) => (row[column] === null) !== not })),
)

function anyCondition(depth: number): fc.Arbitrary<Meaning> {
  if (depth === 0) return anyTest
  const inner = anyCondition(depth - 1)
  const list = (word: 'AND' | 'OR', decisive: boolean) =>
    fc.array(inner, { minLength: 2, maxLength: 3 }).map(
      (terms): Meaning => ({
        sql: `(${terms.map((term) => term.sql).join(` ${word} `)})`,
        holds: (row) => {
          const truths = terms.map((term) => term.holds(row))
          return truths.includes(decisive) ? decisive : truths.includes(undefined) ? undefined : !decisive
        },
      }),
    )
  const not = inner.map((term): Meaning => {
    return { sql: `NOT (${term.sql})`, holds: (row) => (term.holds(row) === undefined ? undefined : !term.holds(row)) }
  })
  return fc.oneof(anyTest, not, list('AND', false), list('OR', true))
}

function meets(filter: FetchFilter, row: Row): boolean {
  const terms = [...filter.conditions.map((condition) => isMet(condition, row)), ...filter.filters.map((inner) => meets(inner, row))]
  return filter.type === 'and' ? terms.every(Boolean) : terms.some(Boolean)
}

/** As conditions are bound: a comparison with null is false, and what negates one is true. */
function isMet({ attribute, operator, value: text, values: texts }: FetchCondition, row: Row): boolean {
  const value = row[attribute] ?? null
  const [first = Number.NaN, second = Number.NaN] = text === undefined ? texts.map(Number) : [Number(text)]
  const negated = operator.startsWith('not-') && operator !== 'not-null'
  switch (negated ? operator.slice(4) : operator) {
    case 'eq':
      return value === first
    case 'ne':
      return value !== first
    case 'lt':
      return value !== null && value < first
    case 'le':
      return value !== null && value <= first
    case 'gt':
      return value !== null && value > first
    case 'ge':
      return value !== null && value >= first
    case 'in':
      return texts.map(Number).includes(value ?? Number.NaN) !== negated
    case 'between':
      return (value !== null && first <= value && value <= second) !== negated
    case 'null':
      return value === null
    case 'not-null':
      return value !== null
    default:
      throw new Error(operator)
  }
}

test('a filter says what the condition of SQL means, null included', () => {
  const anyRow = fc.record({ a: fc.option(anyNumber), b: fc.option(anyNumber), c: fc.option(anyNumber) })
  fc.assert(
    fc.property(anyCondition(3), fc.array(anyRow, { minLength: 10, maxLength: 10 }), ({ sql, holds }, rows) => {
      const [filter] = parseSqlSelect(`SELECT a FROM t WHERE ${sql}`, '2024-03-31T10:00:00Z').entity.filters
      assert.ok(filter)
      for (const row of rows) assert.equal(meets(filter, row), holds(row) === true, `${sql} of ${JSON.stringify(row)}`)
    }),
    { numRuns: 500 },
  )
})
