/**
 * Names of the SQL things a table is made of. The SQL table bears the table's logical name, a column its own;
 * what the server adds carries a `$`, which no logical name can hold.
 */

/** The folded text of a key column or a primary name, indexed and compared as bytes. */
export const foldedColumn = (logicalName: string): string => `${logicalName}$fold`
/** The logical name of the table that a polymorphic lookup points at. */
export const targetColumn = (logicalName: string): string => `${logicalName}$table`
export const keyIndex = (table: string, key: string): string => `${table}$key$${key}`
/** Of primary names. */
export const nameIndex = (table: string): string => `${table}$name`
/** Of ids, and whose their rows are. */
export const accessIndex = (table: string): string => `${table}$access`
export const versionIndex = (table: string): string => `${table}$version`
export const lookupIndex = (table: string, column: string): string => `${table}$lookup$${column}`
export const ownIndex = (table: string, index: string): string => `${table}$own$${index}`
