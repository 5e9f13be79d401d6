/** An organization that was moved in from SQLite: what its tokens need to be understood by. */
import type { Migration } from '../migrate.ts'

export const moved: Migration = {
  number: 2,
  name: 'moved',
  text: `
    -- A row where a move has begun. xid: of the transaction that wrote all that was moved, null until it is committed. version: the last of the source.
    create table tidemark_move (
      one bigint primary key check (one = 1), source text not null, at text collate "C" not null, xid xid8, version bigint
    );

    -- The openings of the file, and the version that each began at.
    create table tidemark_moved_incarnation (number bigint primary key, id text collate "C" not null unique, start bigint not null);

    -- When the file's counter stood where. For expiry alone.
    create table tidemark_moved_clock (version bigint primary key, at text collate "C" not null);

    -- Of the last tombstone that is gone: what was moved has one xid for all.
    alter table tidemark_purged add column version bigint not null default 0;
  `,
}
