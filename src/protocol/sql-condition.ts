/** Conditions of WHERE and ON: `a.x = 5 AND (a.name LIKE 'F%' OR NOT a.y IS NULL)`. Lists of one operator are flat, so that a long query is no deep one. */
import { type Comparison, TURNED } from './comparison.ts'
import { fail } from './errors.ts'
import { isName, readColumn } from './sql-names.ts'
import { advance, expectMark, expectWord, isWord, nested, readList, type SqlReader, takeMark, takeWord, unexpected } from './sql-reader.ts'
import type { SqlColumn, SqlCondition, SqlOperator } from './sql-syntax.ts'
import { isValue, readValue } from './sql-value.ts'

const COMPARISONS: Readonly<Record<string, Comparison>> = { '=': 'eq', '<>': 'ne', '!=': 'ne', '>': 'gt', '>=': 'ge', '<': 'lt', '<=': 'le' }

export function readCondition(reader: SqlReader): SqlCondition {
  return readTerms(reader, 'or', (inner) => readTerms(inner, 'and', readNot))
}

function readTerms(reader: SqlReader, op: 'and' | 'or', readTerm: (reader: SqlReader) => SqlCondition): SqlCondition {
  const terms: SqlCondition[] = []
  do {
    const term = readTerm(reader)
    if (term.op !== op) terms.push(term)
    else for (const inner of term.terms) terms.push(inner)
  } while (takeWord(reader, op))
  const [only] = terms
  return only && terms.length === 1 ? only : { op, terms }
}

function readNot(reader: SqlReader): SqlCondition {
  if (!takeWord(reader, 'not')) return readPrimary(reader)
  return { op: 'not', term: nested(reader, readNot) }
}

function readPrimary(reader: SqlReader): SqlCondition {
  if (takeMark(reader, '(')) {
    const inner = nested(reader, readCondition)
    expectMark(reader, ')')
    return inner
  }
  if (isWord(reader, 'exists')) throw unexpected(reader)
  if (isValue(reader)) return readTurned(reader)
  return readTest(reader, readColumn(reader))
}

/** A value on the left: `5 < a`. */
function readTurned(reader: SqlReader): SqlCondition {
  const value = readValue(reader)
  const operator = readComparison(reader)
  if (isValue(reader)) throw fail('UnsupportedClause', 'Comparing a literal with a literal is not supported in SQL queries: one side is a column.')
  return { op: 'test', column: readColumn(reader), operator: TURNED[operator], values: [value] }
}

function readTest(reader: SqlReader, column: SqlColumn): SqlCondition {
  if (takeWord(reader, 'is')) {
    const operator = takeWord(reader, 'not') ? 'not-null' : 'null'
    expectWord(reader, 'null')
    return test(column, operator, [])
  }
  const isNegated = takeWord(reader, 'not')
  if (takeWord(reader, 'like')) return test(column, isNegated ? 'not-like' : 'like', [readValue(reader)])
  if (takeWord(reader, 'in')) return test(column, isNegated ? 'not-in' : 'in', readValues(reader))
  if (takeWord(reader, 'between')) {
    const low = readValue(reader)
    expectWord(reader, 'and')
    return test(column, isNegated ? 'not-between' : 'between', [low, readValue(reader)])
  }
  if (isNegated) throw unexpected(reader)
  const operator = readComparison(reader)
  if (isName(reader) && !isValue(reader)) return { op: 'compare', column, operator, other: readColumn(reader) }
  return test(column, operator, [readOperand(reader)])
}

/** A value that may stand in parentheses. */
function readOperand(reader: SqlReader): string {
  if (!takeMark(reader, '(')) return readValue(reader)
  const value = nested(reader, readOperand)
  expectMark(reader, ')')
  return value
}

function readComparison(reader: SqlReader): Comparison {
  const operator = reader.token.kind === 'mark' && Object.hasOwn(COMPARISONS, reader.token.text) ? COMPARISONS[reader.token.text] : undefined
  if (operator === undefined) throw unexpected(reader)
  advance(reader)
  return operator
}

function readValues(reader: SqlReader): readonly string[] {
  expectMark(reader, '(')
  const values = readList(reader, readValue)
  expectMark(reader, ')')
  return values
}

function test(column: SqlColumn, operator: SqlOperator, values: readonly string[]): SqlCondition {
  return { op: 'test', column, operator, values }
}
