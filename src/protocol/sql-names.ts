/** Names in SQL: `account`, `a.name`, `[a].[name]`, `dbo.account`, `AS "Account name"`. */
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import type { SqlColumn, SqlTable } from './sql-syntax.ts'
import { advance, isMark, type SqlReader, takeMark, takeWord, unexpected } from './sql-reader.ts'

/** Words that end a name's place: none of them is an alias unless it is quoted. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'select distinct all top from as inner left right full cross outer natural join on where and or not in like between is null exists group order by having asc desc ' +
    'union except intersect offset fetch limit with for option case when then else end over into pivot unpivot tablesample collate escape set use insert update delete ' +
    'merge drop truncate alter create exec execute grant revoke declare begin commit'
  ).split(' '),
)

export function isName(reader: SqlReader): boolean {
  const { token } = reader
  return token.kind === 'name' ? token.text !== '' : token.kind === 'word' && !RESERVED.has(token.text)
}

/** Lower case: logical names are. */
function readName(reader: SqlReader): string {
  if (!isName(reader)) throw unexpected(reader)
  return advance(reader).text.toLowerCase()
}

export function readColumn(reader: SqlReader): SqlColumn {
  const first = readName(reader)
  if (!takeMark(reader, '.')) return { name: first }
  return { table: first, name: readName(reader) }
}

export function readTable(reader: SqlReader): SqlTable {
  const first = readName(reader)
  const name = first === 'dbo' && takeMark(reader, '.') ? readName(reader) : first
  const isNamed = takeWord(reader, 'as')
  return { name, alias: isNamed || isName(reader) ? readName(reader) : name }
}

/** As it was written: it is the property of the answer. Annotations are no business of a query. */
export function readAlias(reader: SqlReader): string | undefined {
  const isNamed = takeWord(reader, 'as')
  const { token } = reader
  const isAlias = isName(reader) || (isNamed && token.kind === 'text' && token.text !== '')
  if (isAlias && token.text.includes('@')) throw fail('BadRequest', `The alias '${excerpt(token.text)}' is not valid: it must not hold '@'.`)
  if (isAlias) return quotedOrWord(advance(reader))
  if (isNamed || isMark(reader, '=')) throw unexpected(reader)
  return undefined
}

function quotedOrWord(token: SqlReader['token']): string {
  return token.kind === 'word' ? token.source : token.text
}
