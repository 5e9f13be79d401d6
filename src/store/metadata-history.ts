/** What the database remembers of the schema's past, for RetrieveMetadataChanges. */
import { formatInstant } from '../base/date-time.ts'
import { systemClock } from '../base/clock.ts'
import type { DeletedMetadata, MetadataHistory } from '../plan/metadata-changes.ts'
import { assert } from '../base/assert.ts'
import type { SqlRow } from './sql/connection.ts'
import { type Sql, sql } from './sql/sql.ts'

/** The first start makes version 1; every change behind it is known. */
const FIRST_VERSION = 1

type Rows = (statement: Sql) => SqlRow[] | Promise<SqlRow[]>

export async function readMetadataHistory(all: Rows): Promise<MetadataHistory> {
  const [incarnation] = await all(sql`select id from tidemark_incarnation order by number limit 1`)
  assert(incarnation, 'a database has an incarnation')
  const changes = await all(sql`select id, version from tidemark_metadata_change`)
  const deleted = await all(sql`select id, kind, version from tidemark_deleted_metadata`)
  const versions = new Map(changes.map((row) => [String(row.id), Number(row.version)]))
  return {
    // The database's first opening: a copy has the same, so a stamp from before a restore is good where its version is.
    identity: String(incarnation.id).replaceAll('!', ''),
    since: FIRST_VERSION,
    at: formatInstant(systemClock.now()),
    changedAt: (metadataId) => versions.get(metadataId),
    deleted: deleted.map((row) => ({ metadataId: String(row.id), kind: row.kind as DeletedMetadata['kind'], version: Number(row.version) })),
  }
}
