/** Secrets of application users, hashed. Beside the schema's tables: no request can name it. */
import type { Migration } from '../migrate.ts'

export const clientSecrets: Migration = {
  number: 3,
  name: 'client secrets',
  text: `
    -- user: systemuserid. cost: scrypt's N.
    create table tidemark_client_secret (
      id text primary key, user text not null, salt blob not null, hash blob not null, cost integer not null, createdon text not null, expireson text
    ) without rowid;
    create index tidemark_client_secret_user on tidemark_client_secret (user);
  `,
}
