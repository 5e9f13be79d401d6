/** Tidemark's own tables, beside the SQL tables of the schema. Logical names hold no `tidemark_` with a counterpart here: a client's table has a publisher's prefix. */
import type { Migration } from '../migrate.ts'

export const first: Migration = {
  number: 1,
  name: 'first',
  text: `
    create table tidemark_counter (version integer not null);
    insert into tidemark_counter values (0);

    -- One for each opening by a writer: see design 3, identity.
    create table tidemark_incarnation (number integer primary key, id text not null unique, start integer not null);

    create table tidemark_tombstone (
      "table" text not null, id text not null, version integer not null, deletedon text not null,
      primary key ("table", version)
    ) without rowid;
    create index tidemark_tombstone_row on tidemark_tombstone ("table", id);

    -- Up to which version tombstones of a table are gone: a token from before is refused.
    create table tidemark_purged ("table" text primary key, version integer not null) without rowid;

    -- When the counter stood where; to the second. For expiry alone (C8).
    create table tidemark_clock (version integer primary key, at text not null);

    -- kind: table, relationship, choice. json: the definition as schema/ has it, a table's columns as an array.
    create table tidemark_definition (kind text not null, name text not null, json text not null, primary key (kind, name)) without rowid;
    create table tidemark_schema (version integer not null);
    insert into tidemark_schema values (0);

    -- For RetrieveMetadataChanges: by which version of the schema a definition (also a column or a key) was last made or changed.
    -- What the first start made is not here.
    create table tidemark_metadata_change (id text primary key, version integer not null) without rowid;
    -- And what is gone, by which version. parent: the table's id, of a column or a key.
    create table tidemark_deleted_metadata (id text primary key, kind text not null, version integer not null, parent text) without rowid;
  `,
}
