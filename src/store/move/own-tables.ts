/**
 * What is moved beside the schema's tables: the definitions and their past, tombstones, the outbox, secrets; and what the tokens of the file are
 * understood by.
 */

/** `query` gives the columns of the target, for each row of `source`. */
type OwnTable = { readonly target: string; readonly columns: readonly string[]; readonly source: string; readonly query: string }

/** `xid`: of the transaction that moves it all. */
export function ownTables(xid: bigint): readonly OwnTable[] {
  return [
    same('tidemark_definition', ['kind', 'name', 'json']),
    same('tidemark_metadata_change', ['id', 'version']),
    same('tidemark_deleted_metadata', ['id', 'kind', 'version', 'parent']),
    same('tidemark_tombstone', ['table', 'id', 'version', 'deletedon']),
    same('tidemark_outbox', ['job', 'handler', 'context', 'attempts', 'due']),
    same('tidemark_client_secret', ['id', 'user', 'salt', 'hash', 'cost', 'createdon', 'expireson']),
    { ...same('tidemark_incarnation', ['number', 'id', 'start']), target: 'tidemark_moved_incarnation' },
    { ...same('tidemark_clock', ['version', 'at']), target: 'tidemark_moved_clock' },
    { ...same('tidemark_purged', ['table', 'xid', 'version']), query: `select "table", '${xid}', version from tidemark_purged` },
  ]
}

function same(table: string, columns: readonly string[]): OwnTable {
  return { target: table, columns, source: table, query: `select ${columns.map((column) => `"${column}"`).join(', ')} from ${table}` }
}
