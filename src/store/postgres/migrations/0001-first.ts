/** Tidemark's own tables, beside the SQL tables of the schema: those of the SQLite store, with transaction ids where that has versions. */
import type { Migration } from '../migrate.ts'

export const first: Migration = {
  number: 1,
  name: 'first',
  text: `
    -- Of rows. One number at a time: a connection that kept some would hand out smaller ones later.
    create sequence tidemark_version as bigint start 1 cache 1;

    -- See design 3, identity. start: no token of this one holds a transaction id beyond the start of the following one.
    -- system, database, timeline, started: what identified the running server.
    create table tidemark_incarnation (
      number bigint generated always as identity primary key, id text collate "C" not null unique, start xid8 not null,
      system text not null, database text not null, timeline text not null, started text not null
    );

    -- One row, and the id of the transaction that wrote it: where that is not the row's own xmin, the row was restored from a dump.
    create table tidemark_identity (one integer primary key check (one = 1), writer xid8 not null);
    insert into tidemark_identity values (1, pg_current_xact_id());

    -- Written so that a transaction id is known to be kept: see durable-position.ts.
    create table tidemark_guard (one integer primary key check (one = 1), writer xid8 not null) with (fillfactor = 10);
    insert into tidemark_guard values (1, pg_current_xact_id());

    create table tidemark_tombstone (
      "table" text collate "C" not null, id text collate "C" not null, version bigint not null, deletedon text collate "C" not null,
      "$xid" xid8 not null default pg_current_xact_id(), primary key ("table", id)
    );
    create index tidemark_tombstone_change on tidemark_tombstone ("table", "$xid", version);

    -- Up to which transaction tombstones of a table are gone: a token that has not seen it is refused.
    create table tidemark_purged ("table" text collate "C" primary key, xid xid8 not null);

    -- Which transaction wrote when; to the second. For expiry alone (C8).
    create table tidemark_clock (xid xid8 primary key, at text collate "C" not null);

    -- kind: table, relationship, choice. json: the definition as schema/ has it, a table's columns as an array.
    create table tidemark_definition (kind text collate "C" not null, name text collate "C" not null, json text not null, primary key (kind, name));
    create table tidemark_schema (version bigint not null);
    insert into tidemark_schema values (0);

    -- security: another number whenever rights may be others. audits: organization.isauditenabled.
    create table tidemark_state (security bigint not null, audits boolean not null);
    insert into tidemark_state values (0, false);

    -- For RetrieveMetadataChanges: by which version of the schema a definition (also a column or a key) was last made or changed.
    create table tidemark_metadata_change (id text collate "C" primary key, version bigint not null);
    create table tidemark_deleted_metadata (id text collate "C" primary key, kind text not null, version bigint not null, parent text collate "C");

    -- job: the row of asyncoperation that people see. handler: its kind and JSON; context: JSON. due: when it is tried next, milliseconds;
    -- null: given up, until somebody makes the job ready again.
    create table tidemark_outbox (
      job text collate "C" primary key, handler text not null, context text not null, attempts bigint not null default 0, due bigint
    );
    create index tidemark_outbox_due on tidemark_outbox (due) where due is not null;

    -- user: systemuserid. cost: scrypt's N.
    create table tidemark_client_secret (
      id text collate "C" primary key, "user" text collate "C" not null, salt bytea not null, hash bytea not null, cost bigint not null,
      createdon text collate "C" not null, expireson text collate "C"
    );
    create index tidemark_client_secret_user on tidemark_client_secret ("user");
  `,
}
