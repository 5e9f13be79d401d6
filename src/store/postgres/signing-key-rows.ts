/**
 * Where the servers at one database keep the keys of their own tokens. Whoever changes them holds the row of the state: two servers that start at
 * the same time, or two rotations, come one after the other.
 */
import { sql } from '../sql/sql.ts'
import type { RunJob, WriteTransaction } from '../write-lane.ts'

/** `jwk`: JSON. */
export type RetiredKeyRow = { readonly id: string; readonly jwk: string; readonly until: string }
export type SigningKeyRows = {
  /** Private. */
  readonly current: { readonly id: string; readonly jwk: string }
  /** Public. */
  readonly retired: readonly RetiredKeyRow[]
}

/** Undefined: no server has needed any yet. */
export async function readSigningKeys({ all }: Pick<WriteTransaction, 'all'>): Promise<SigningKeyRows | undefined> {
  const rows = await all(sql`select id, jwk, until from tidemark_signing_key order by until desc`)
  const keys = rows.map(({ id, jwk, until }) => ({ id: String(id), jwk: String(jwk), until: until === null ? undefined : String(until) }))
  const current = keys.find(({ until }) => until === undefined)
  return current && { current, retired: keys.flatMap(({ until, ...key }) => (until === undefined ? [] : [{ ...key, until }])) }
}

/** `next` is given what is there, and gives what is to be there instead; undefined: nothing else. It may be asked more than once. */
export function changeSigningKeys(run: RunJob, next: (before: SigningKeyRows | undefined) => SigningKeyRows | undefined): Promise<void> {
  return run(async (tx) => {
    await tx.get(sql`select keys from tidemark_state for update`)
    const after = next(await readSigningKeys(tx))
    if (after) await writeSigningKeys(tx, after)
  })
}

/** In place of what is there. Inside a transaction. */
export async function writeSigningKeys({ run }: Pick<WriteTransaction, 'run'>, { current, retired }: SigningKeyRows): Promise<void> {
  await run(sql`delete from tidemark_signing_key`)
  for (const { id, jwk, until } of [{ ...current, until: null }, ...retired])
    await run(sql`insert into tidemark_signing_key (id, jwk, until) values (${id}, ${jwk}, ${until})`)
  await run(sql`update tidemark_state set keys = keys + 1`)
}
