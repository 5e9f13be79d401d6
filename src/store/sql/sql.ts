/**
 * SQL as text with its values beside it. Values are always bound; identifiers come in only through `name`.
 * ``sql`update ${name('account')} set ${name('name')} = ${text} where ${name('accountid')} = ${id}` ``
 */
import { storedName } from './storage-names.ts'

export type SqlValue = null | string | number | bigint | Uint8Array

/** `chunks` has one more member than `values`: a placeholder stands between two chunks. */
export type Sql = { readonly chunks: readonly string[]; readonly values: readonly SqlValue[] }

/** A statement ready for a driver. */
export type Statement = { readonly text: string; readonly values: readonly SqlValue[] }

function isSql(part: Sql | SqlValue): part is Sql {
  return typeof part === 'object' && part !== null && 'chunks' in part
}

export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | SqlValue)[]): Sql {
  const chunks: string[] = [strings[0] ?? '']
  const values: SqlValue[] = []
  parts.forEach((part, index) => {
    append(chunks, values, part)
    chunks[chunks.length - 1] += strings[index + 1] ?? ''
  })
  return { chunks, values }
}

function append(chunks: string[], values: SqlValue[], part: Sql | SqlValue): void {
  if (!isSql(part)) {
    values.push(part)
    chunks.push('')
    return
  }
  chunks[chunks.length - 1] += part.chunks[0] ?? ''
  for (let index = 0; index < part.values.length; index++) {
    values.push(part.values[index] as SqlValue)
    chunks.push(part.chunks[index + 1] ?? '')
  }
}

/** An identifier, quoted, and of no more bytes than every engine takes. The only way a name gets into a statement. */
export function name(identifier: string): Sql {
  return { chunks: [`"${storedName(identifier).replaceAll('"', '""')}"`], values: [] }
}

/** Text of our own making, never of a client's: a keyword, a generated alias, a number of columns. */
export function verbatim(text: string): Sql {
  return { chunks: [text], values: [] }
}

export const nothing: Sql = verbatim('')

export function join(parts: readonly Sql[], separator = ', '): Sql {
  const chunks: string[] = ['']
  const values: SqlValue[] = []
  parts.forEach((part, index) => {
    if (index > 0) chunks[chunks.length - 1] += separator
    append(chunks, values, part)
  })
  return { chunks, values }
}

/** `placeholder(1)` is the first. SQLite: `?`; PostgreSQL: `$1`. */
export function render(statement: Sql, placeholder: (position: number) => string): Statement {
  let text = statement.chunks[0] ?? ''
  for (let index = 0; index < statement.values.length; index++) text += placeholder(index + 1) + (statement.chunks[index + 1] ?? '')
  return { text, values: statement.values }
}
