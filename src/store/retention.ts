/** How long changes stay readable: the organization's `expirechangetrackingindays`, the same for tokens (C6) and for the purge of tombstones. */
import type { Schema } from '../schema/schema.ts'
import { type Sql, sql } from './sql/sql.ts'

/** Dataverse's default today (sync.md 4.7): on an empty server, and where the column is null. */
export const DEFAULT_RETENTION_DAYS = 7
export const DAY_MS = 86_400_000

/** One value, null where nothing is set. */
export function selectRetention(schema: Schema): Sql {
  const isColumn = schema.tables.get('organization')?.columns.has('expirechangetrackingindays')
  return isColumn ? sql`select expirechangetrackingindays as days from organization limit 1` : sql`select null as days`
}
