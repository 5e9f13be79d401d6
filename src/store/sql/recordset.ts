/** Rows that go to the database in one bound JSON text, as an array of objects; null is what an object does not have. */

/** A column of such rows: its member's name, and the SQL type that its text is read as. */
export type StoredColumn = { readonly name: string; readonly type: string }
