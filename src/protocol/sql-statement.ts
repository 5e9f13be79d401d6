/** One SELECT statement of `?sql=` as it is written. What SQL has and the endpoint has not is refused by its name. */
import { fail } from './errors.ts'
import type { FetchAggregate } from './fetch-query.ts'
import { readCondition } from './sql-condition.ts'
import { readAlias, readColumn, readTable } from './sql-names.ts'
import {
  advance,
  expectMark,
  expectWord,
  isCall,
  isMark,
  isWord,
  readList,
  refusedCall,
  type SqlReader,
  sqlReaderOf,
  takeMark,
  takeWord,
  unexpected,
} from './sql-reader.ts'
import type { SqlColumn, SqlItem, SqlJoin, SqlOrder, SqlStatement } from './sql-syntax.ts'

const NO_STAR = 'SELECT * is not supported in SQL queries: name each column.'
const FUNCTIONS: Readonly<Record<string, FetchAggregate>> = { count: 'count', count_big: 'count', sum: 'sum', avg: 'avg', min: 'min', max: 'max' }
const MAX_ROWS = 2_147_483_647
/** More than a table has columns. */
const MAX_ITEMS = 2000
/** Of GROUP BY and ORDER BY. */
const MAX_BY = 64

/** `now`: what `GETUTCDATE()` stands for. Time is linear in the length of the text. */
export function parseSqlStatement(text: string, now: string): SqlStatement {
  const reader = sqlReaderOf(text, now)
  expectWord(reader, 'select')
  const distinct = readDistinct(reader)
  const top = readTop(reader)
  const items = readList(reader, readItem, MAX_ITEMS)
  expectWord(reader, 'from')
  const from = readTable(reader)
  if (isMark(reader, ',')) throw fail('UnsupportedClause', 'More than one table in FROM (a cross join) is not supported in SQL queries: use JOIN … ON.')
  const joins = readJoins(reader)
  const where = takeWord(reader, 'where') ? readCondition(reader) : undefined
  const groupBy = readBy(reader, 'group', readColumnOnly)
  const orderBy = readBy(reader, 'order', readOrder)
  const { skip, next } = readOffset(reader)
  if (skip !== undefined && (top !== undefined || orderBy.length === 0)) throw fail('BadRequest', 'OFFSET needs ORDER BY, and does not go with TOP.')
  readEnd(reader)
  return { distinct, top: top ?? next, items, from, joins, where, groupBy, orderBy, skip }
}

function readDistinct(reader: SqlReader): boolean {
  if (takeWord(reader, 'all')) return false
  return takeWord(reader, 'distinct')
}

/** `TOP 5` or `TOP (5)`. */
function readTop(reader: SqlReader): number | undefined {
  if (!takeWord(reader, 'top')) return undefined
  const isEnclosed = takeMark(reader, '(')
  const top = readCount(reader)
  if (isEnclosed) expectMark(reader, ')')
  if (isWord(reader, 'percent') || isWord(reader, 'with'))
    throw fail('UnsupportedClause', 'TOP … PERCENT and TOP … WITH TIES are not supported in SQL queries.')
  return top
}

function readCount(reader: SqlReader): number {
  const { token } = reader
  const count = token.kind === 'number' && /^\d+$/.test(token.text) ? Number(token.text) : Number.NaN
  if (!(count <= MAX_ROWS)) throw unexpected(reader)
  advance(reader)
  return count
}

function readItem(reader: SqlReader): SqlItem {
  if (isMark(reader, '*')) throw fail('UnsupportedClause', NO_STAR)
  if (reader.token.kind === 'text' || reader.token.kind === 'number') {
    throw fail('UnsupportedClause', 'A literal in SELECT is not supported in SQL queries: name a column.')
  }
  if (isCall(reader)) return readAggregate(reader)
  const column = readItemColumn(reader)
  return { kind: 'column', column, alias: readAlias(reader) }
}

function readItemColumn(reader: SqlReader): SqlColumn {
  const isTableStar = /^\s*\.\s*\*/.test(reader.text.slice(reader.token.end, reader.token.end + 100))
  if (isTableStar) throw fail('UnsupportedClause', NO_STAR)
  return readColumn(reader)
}

function readAggregate(reader: SqlReader): SqlItem {
  const token = advance(reader)
  const name = Object.hasOwn(FUNCTIONS, token.text) ? FUNCTIONS[token.text] : undefined
  if (name === undefined) throw refusedCall(token)
  expectMark(reader, '(')
  const distinct = readDistinct(reader)
  const column = readAggregated(reader, name)
  expectMark(reader, ')')
  if (column === undefined && distinct) throw fail('BadRequest', 'COUNT(DISTINCT …) needs a column.')
  if (distinct && (name === 'sum' || name === 'avg')) throw fail('UnsupportedClause', `${name.toUpperCase()}(DISTINCT …) is not supported in SQL queries.`)
  const isCount = name === 'count' && column !== undefined
  return { kind: 'aggregate', function: isCount ? 'countcolumn' : name, column, distinct: isCount && distinct, alias: readAlias(reader) }
}

/** `*`, and a constant that stands for it (`COUNT(1)`), is undefined. */
function readAggregated(reader: SqlReader, name: FetchAggregate): SqlColumn | undefined {
  if (name !== 'count') return readColumnOnly(reader)
  if (!isMark(reader, '*') && reader.token.kind !== 'number') return readColumnOnly(reader)
  advance(reader)
  return undefined
}

function readColumnOnly(reader: SqlReader): SqlColumn {
  if (isCall(reader)) throw unexpected(reader)
  return readColumn(reader)
}

function readJoins(reader: SqlReader): SqlJoin[] {
  const joins: SqlJoin[] = []
  for (;;) {
    const type = readJoinType(reader)
    if (type === undefined) return joins
    const table = readTable(reader)
    expectWord(reader, 'on')
    joins.push({ ...table, type, on: readCondition(reader) })
  }
}

function readJoinType(reader: SqlReader): SqlJoin['type'] | undefined {
  if (takeWord(reader, 'join')) return 'inner'
  const isInner = takeWord(reader, 'inner')
  if (!isInner && !takeWord(reader, 'left')) return undefined
  if (!isInner) takeWord(reader, 'outer')
  expectWord(reader, 'join')
  return isInner ? 'inner' : 'outer'
}

function readBy<T>(reader: SqlReader, word: 'group' | 'order', read: (reader: SqlReader) => T): readonly T[] {
  if (!takeWord(reader, word)) return []
  expectWord(reader, 'by')
  return readList(reader, read, MAX_BY)
}

function readOrder(reader: SqlReader): SqlOrder {
  if (reader.token.kind === 'number') throw fail('UnsupportedClause', 'ORDER BY a position is not supported in SQL queries: name a column.')
  const column = readColumnOnly(reader)
  if (takeWord(reader, 'desc')) return { column, descending: true }
  takeWord(reader, 'asc')
  return { column, descending: false }
}

/** `OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY` */
function readOffset(reader: SqlReader): { readonly skip?: number | undefined; readonly next?: number | undefined } {
  if (!takeWord(reader, 'offset')) return {}
  const skip = readCount(reader)
  expectRows(reader)
  if (!takeWord(reader, 'fetch')) return { skip }
  if (!takeWord(reader, 'first')) expectWord(reader, 'next')
  const next = readCount(reader)
  expectRows(reader)
  expectWord(reader, 'only')
  return { skip, next }
}

function expectRows(reader: SqlReader): void {
  if (!takeWord(reader, 'row')) expectWord(reader, 'rows')
}

function readEnd(reader: SqlReader): void {
  const isEnded = takeMark(reader, ';')
  if (reader.token.kind === 'end') return
  if (isEnded) throw fail('UnsupportedClause', 'More than one statement is not supported in SQL queries.')
  throw unexpected(reader)
}
