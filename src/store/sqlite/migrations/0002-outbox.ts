/** Work that a write has left to be done after it: steps that run later, webhooks. Written in the write's own transaction. */
import type { Migration } from '../migrate.ts'

export const outbox: Migration = {
  number: 2,
  name: 'outbox',
  text: `
    -- job: the row of asyncoperation that people see. handler: its kind and JSON; context: JSON. due: when it is tried next, milliseconds;
    -- null: given up, until somebody makes the job ready again.
    create table tidemark_outbox (
      job text primary key, handler text not null, context text not null, attempts integer not null default 0, due integer
    ) without rowid;
    create index tidemark_outbox_due on tidemark_outbox (due) where due is not null;
  `,
}
