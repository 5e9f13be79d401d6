/** The state in which SQL is read: the token that comes next, how deep the reader is, and the moment that `GETUTCDATE()` stands for. */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { nesting } from './nesting.ts'
import { type SqlToken, sqlTokenAt } from './sql-tokens.ts'

export type SqlReader = { readonly text: string; readonly now: string; token: SqlToken; depth: number }

const READ_ONLY = 'The SQL endpoint is read-only: a query is one SELECT statement.'
const NO_SUBQUERY = 'Subqueries are not supported in SQL queries: send one query for each and combine the results.'
const NO_JOIN = 'JOIN is not supported in SQL queries: use INNER JOIN or LEFT JOIN.'
const NO_CTE = 'WITH (a common table expression, or a table hint) is not supported in SQL queries.'

/** Words that begin what SQL has and `?sql=` has not. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ...'insert update delete merge drop truncate alter create exec execute grant revoke bulk declare set use begin commit waitfor'
    .split(' ')
    .map((word) => [word, READ_ONLY] as const),
  ['right', `RIGHT ${NO_JOIN}`],
  ['full', `FULL OUTER ${NO_JOIN}`],
  ['cross', `CROSS ${NO_JOIN}`],
  ['outer', 'APPLY is not supported in SQL queries.'],
  ['natural', `NATURAL ${NO_JOIN}`],
  ['select', NO_SUBQUERY],
  ['exists', `EXISTS is not supported in SQL queries. ${NO_SUBQUERY}`],
  ['with', NO_CTE],
  ['having', 'HAVING is not supported in SQL queries: filter with WHERE before aggregating.'],
  ...['union', 'except', 'intersect'].map((word) => [word, `${word.toUpperCase()} is not supported in SQL queries: send separate queries.`] as const),
  ['case', 'CASE is not supported in SQL queries.'],
  ['limit', 'LIMIT is not supported in SQL queries: use TOP, or OFFSET … ROWS FETCH NEXT … ROWS ONLY.'],
  ...['over', 'pivot', 'unpivot', 'into', 'for', 'option', 'collate', 'escape', 'tablesample'].map(
    (word) => [word, `${word.toUpperCase()} is not supported in SQL queries.`] as const,
  ),
])
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%'])

export function sqlReaderOf(text: string, now: string): SqlReader {
  return { text, now, token: sqlTokenAt(text, 0), depth: 0 }
}

export function advance(reader: SqlReader): SqlToken {
  const { token } = reader
  reader.token = sqlTokenAt(reader.text, token.end)
  return token
}

export function isWord(reader: SqlReader, word: string): boolean {
  return reader.token.kind === 'word' && reader.token.text === word
}

export function isMark(reader: SqlReader, mark: string): boolean {
  return reader.token.kind === 'mark' && reader.token.text === mark
}

/** Whether the token after the one that comes next is an opening parenthesis. */
export function isCall(reader: SqlReader): boolean {
  return reader.token.kind === 'word' && reader.text.startsWith('(', sqlTokenAt(reader.text, reader.token.end).at)
}

export function takeWord(reader: SqlReader, word: string): boolean {
  if (!isWord(reader, word)) return false
  advance(reader)
  return true
}

export function takeMark(reader: SqlReader, mark: string): boolean {
  if (!isMark(reader, mark)) return false
  advance(reader)
  return true
}

export function expectWord(reader: SqlReader, word: string): void {
  if (!takeWord(reader, word)) throw unexpected(reader)
}

export function expectMark(reader: SqlReader, mark: string): void {
  if (!takeMark(reader, mark)) throw unexpected(reader)
}

/** Items between commas; values may be as many as the text holds. */
export function readList<T>(reader: SqlReader, read: (reader: SqlReader) => T, limit = Number.POSITIVE_INFINITY): T[] {
  const items = [read(reader)]
  while (takeMark(reader, ',')) {
    if (items.length === limit) throw fail('BadRequest', `A list of the query names more than ${limit} columns.`)
    items.push(read(reader))
  }
  return items
}

export const nested = nesting('query')

/** The token that comes next cannot stand there; what SQL has and we have not is named. */
export function unexpected(reader: SqlReader): DataverseError {
  const { token } = reader
  const refused = token.kind === 'word' ? REFUSED.get(token.text) : undefined
  if (refused) return fail('UnsupportedClause', refused)
  if (token.kind === 'mark' && ARITHMETIC.has(token.text))
    return fail('UnsupportedClause', 'Expressions are not supported in SQL queries: name a column or a literal.')
  if (isCall(reader)) return refusedCall(token)
  if (isMark(reader, '(') && /^\s*select\b/i.test(reader.text.slice(token.end, token.end + 100))) return fail('UnsupportedClause', NO_SUBQUERY)
  const near = token.kind === 'end' ? 'the end' : `'${excerpt(token.source)}'`
  return fail('BadRequest', `Incorrect syntax near ${near} at position ${token.at} in '${excerpt(reader.text)}'.`)
}

export function refusedCall(token: SqlToken): DataverseError {
  const why = token.text === 'exists' ? REFUSED.get('exists') : undefined
  return fail('UnsupportedClause', why ?? `The function ${excerpt(token.source.toUpperCase())} is not supported in SQL queries here.`)
}
