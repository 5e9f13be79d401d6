/**
 * Names of the SQL things a table is made of. The SQL table bears the table's logical name, a column its own;
 * what the server adds carries a `$`, which no logical name can hold.
 *
 * PostgreSQL cuts names after 63 bytes and says so to nobody: two long ones may then be one. So longer ones, of which a schema may have any, are
 * made shorter here, for every engine: `name` in sql.ts asks `storedName` of each. What is compared with what an engine says has to do it too.
 */
import { Guid } from '../../base/guid.ts'

/** NAMEDATALEN - 1 of PostgreSQL. Names are of ASCII alone. */
const LONGEST = 63
const HASH_LENGTH = 12

const shortened = new Map<string, string>()

/** A name as the database has it: itself, or its head, `$`, and a hash of it all. */
export function storedName(name: string): string {
  return name.length <= LONGEST ? name : (shortened.get(name) ?? shorten(name))
}

function shorten(name: string): string {
  const hash = Guid.fromName(name).slice(-HASH_LENGTH)
  const short = `${name.slice(0, LONGEST - 1 - HASH_LENGTH)}$${hash}`
  shortened.set(name, short)
  return short
}

/** The folded text of a key column or a primary name, indexed and compared as bytes. */
export const foldedColumn = (logicalName: string): string => storedName(`${logicalName}$fold`)
/** The logical name of the table that a polymorphic lookup points at. */
export const targetColumn = (logicalName: string): string => storedName(`${logicalName}$table`)
export const keyIndex = (table: string, key: string): string => storedName(`${table}$key$${key}`)
/** Of primary names. */
export const nameIndex = (table: string): string => storedName(`${table}$name`)
/** Of ids, and whose their rows are. */
export const accessIndex = (table: string): string => storedName(`${table}$access`)
export const versionIndex = (table: string): string => storedName(`${table}$version`)
export const lookupIndex = (table: string, column: string): string => storedName(`${table}$lookup$${column}`)
export const ownIndex = (table: string, index: string): string => storedName(`${table}$own$${index}`)
