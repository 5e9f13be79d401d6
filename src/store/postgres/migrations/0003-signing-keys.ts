/** The keys that the servers' own tokens are signed with: one set for all servers at the database. */
import type { Migration } from '../migrate.ts'

export const signingKeys: Migration = {
  number: 3,
  name: 'signing keys',
  text: `
    -- jwk: JSON. Of the current one the private key; of a retired one the public half, until when somebody may still have a token of it.
    create table tidemark_signing_key (id text collate "C" primary key, jwk text not null, until text collate "C");
    create unique index tidemark_signing_key_current on tidemark_signing_key ((1)) where until is null;

    -- Another number whenever the keys are others.
    alter table tidemark_state add column keys bigint not null default 0;
  `,
}
