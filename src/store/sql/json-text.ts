/**
 * JSON text put together inside the database: `concat('{"@odata.etag":"W/\"', r."versionnumber", '\"","name":', json_quote(r."name"), '}')`.
 *
 * Measured on SQLite 3.53, 5,000 rows of 10 columns (text, guid, number, boolean, money, date), best of 30: concat 5.0 ms (a million rows a
 * second), concat of concats 5.0, format 5.5, balanced `||` 5.8, json_object 6.1, a chain of `||` 6.9. Of 190 columns, 2,000 rows: concat
 * 19 ms, `||` 39. A chain also meets SQLite's limit of 1,000 on the depth of an expression, which annotations of a wide table pass.
 * And concat leaves nulls out: an annotation of a null column is null and is gone.
 */
import type { Column } from '../../schema/column.ts'
import type { Dialect } from './dialect.ts'
import { join, type Sql, sql, verbatim } from './sql.ts'

/** A string is constant text of ours. */
export type Piece = string | Sql

export function concat(pieces: readonly Piece[], { maxArguments: limit }: Dialect): Sql {
  return concatParts(merged(pieces), limit)
}

function concatParts(parts: readonly Sql[], limit: number): Sql {
  if (parts.length <= limit) return sql`concat(${join(parts)})`
  const groups: Sql[] = []
  for (let from = 0; from < parts.length; from += limit) groups.push(sql`concat(${join(parts.slice(from, from + limit))})`)
  return concatParts(groups, limit)
}

/** Constants that stand side by side become one. */
function merged(pieces: readonly Piece[]): Sql[] {
  const parts: Sql[] = []
  let constant = ''
  for (const piece of pieces) {
    if (typeof piece === 'string') constant += piece
    else {
      if (constant !== '') parts.push(literal(constant))
      parts.push(piece)
      constant = ''
    }
  }
  if (constant !== '') parts.push(literal(constant))
  return parts
}

/** A constant as SQL: names of the schema and punctuation. What a client sent (values, labels, URLs) is bound instead: `bound`. */
export function literal(text: string): Sql {
  return verbatim(`'${text.replaceAll("'", "''")}'`)
}

/** Text as a parameter whose type an engine can tell also inside `concat`. */
export function bound(text: string): Sql {
  return sql`cast(${text} as text)`
}

/** A stored value as JSON text; null of null, which `concat` leaves out. */
export function jsonUnlessNull(column: Column, stored: Sql, { jsonOf }: Dialect): Sql {
  return sql`case when ${stored} is not null then ${jsonOf(column, stored)} end`
}

/** Text as it stands between the quotes of a JSON string. */
export function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
