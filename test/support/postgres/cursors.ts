/**
 * Four ways to ask a table for what changed since the last time, in plain SQL: three that others use, and the exact snapshot token. The tests that
 * set them against each other say why Tidemark's positions on PostgreSQL are what they are.
 *
 * A change has a number of a sequence, and the id of its transaction.
 */
import type pg from 'pg'

export const TRACKED = `
  create sequence change_number;
  create table tracked (
    id bigint primary key,
    change bigint not null,
    seq bigint not null default nextval('change_number'),
    xid xid8 not null default pg_current_xact_id());
  create index tracked_by_number on tracked (seq);
  create index tracked_by_transaction on tracked (xid, seq)`

export type Change = { readonly id: number; readonly change: number }

/** Asks once more, and moves on to behind what it got. */
export type Cursor = (client: pg.Client) => Promise<readonly Change[]>

type Row = { readonly id: string; readonly change: string; readonly seq: string; readonly xid: string }

const HORIZON = 'pg_snapshot_xmin(pg_current_snapshot())'

/** "Everything with a number above mine": numbers are handed out before the commit. */
export function followNumbers(): Cursor {
  return followNumbersWhere('true')
}

/** "… that no running transaction could come before": but numbers are not in the order of transaction ids either. */
export function followSettledNumbers(): Cursor {
  return followNumbersWhere(`xid < ${HORIZON}`)
}

function followNumbersWhere(condition: string): Cursor {
  let last = '0'
  return async (client) => {
    const { rows } = await client.query<Row>(`select id, change, seq from tracked where seq > $1 and ${condition} order by seq`, [last])
    last = rows.at(-1)?.seq ?? last
    return rows.map(toChange)
  }
}

/** In the order of transaction ids, up to the oldest that is still running anywhere in the cluster: exact, as long as nobody keeps one open. */
export function followSettledTransactions(): Cursor {
  let [xid, seq] = ['0', '0']
  return async (client) => {
    const { rows } = await client.query<Row>(
      `select id, change, seq, xid from tracked where (xid, seq) > ($1::xid8, $2::bigint) and xid < ${HORIZON} order by xid, seq`,
      [xid, seq],
    )
    ;({ xid, seq } = rows.at(-1) ?? { xid, seq })
    return rows.map(toChange)
  }
}

/** Whatever the last snapshot did not see: transactions that had not begun, and those it lists as running. */
export function followSnapshots(): Cursor {
  let token = '1:1:'
  return async (client) => {
    const { xmax, xip } = parseToken(token)
    // One statement, so one snapshot for the rows and for the position behind them.
    const { rows } = await client.query<Row & { readonly token: string }>(
      `select pg_current_snapshot()::text as token, found.* from (select 1) one left join (${UNSEEN}) found on true`,
      [xmax, xip],
    )
    token = rows[0]?.token ?? token
    return rows.flatMap((row) => (row.id === null ? [] : [toChange(row)]))
  }
}

/** $1: where the token's snapshot ends, $2: the ids of what was running in it. */
export const UNSEEN = `
  select id, change from tracked where xid >= $1::xid8
  union all
  select id, change from tracked where xid = any($2::xid8[])`

/** `xmin:xmax:xip,xip,…` */
export function parseToken(token: string): { readonly xmin: string; readonly xmax: string; readonly xip: readonly string[] } {
  const [xmin = '', xmax = '', xip = ''] = token.split(':')
  return { xmin, xmax, xip: xip === '' ? [] : xip.split(',') }
}

function toChange({ id, change }: Row): Change {
  return { id: Number(id), change: Number(change) }
}
