/**
 * Functions of ours in a PostgreSQL database: `tidemark_fold`, `tidemark_local_time` and so on (see `functions/`). All are immutable, none is used in
 * an index or a constraint, so that a newer Tidemark, or another version of the server, can give them a new body at any time. Names and types of
 * their arguments stay as they are: PostgreSQL does not replace those.
 */
import { createHash } from 'node:crypto'
import type { SqlRow } from '../sql/connection.ts'
import { dateFunctions, unknownZonesQuery } from './functions/dates.ts'
import { EXTREME_TEXT_FUNCTIONS } from './functions/extreme-text.ts'
import { COLLATIONS, foldFunctions, lowerQuery, type ServerText } from './functions/fold.ts'
import { normalizeFunction, normalizeQuery, oddInNfc } from './functions/normalize.ts'
import { NUMBER_FUNCTIONS } from './functions/numbers.ts'
import { FUNCTIONS_LOCK } from './locks.ts'

/** Statements without values, separated by semicolons; the rows of each. */
type Execute = (text: string) => Promise<SqlRow[][]>

/**
 * Makes them where they are missing, or were made by another version of this program, of its Unicode tables, or of the server.
 * Whichever of several servers that start at the same time comes first: both write the same.
 */
export async function installFunctions(execute: Execute): Promise<void> {
  const server = await askServer(execute)
  const texts = [NUMBER_FUNCTIONS, EXTREME_TEXT_FUNCTIONS, normalizeFunction()]
  const unasked = foldFunctions({ collation: server.collation, lower: [], oddInNfc: new Set() })
  const fingerprint = fingerprintOf([...texts, dateFunctions([]), unasked, server.version, server.collation ?? ''])
  if (server.installed === fingerprint) return
  const zones = (await execute(unknownZonesQuery()))[0] ?? []
  await execute(
    [
      `select pg_advisory_xact_lock(${FUNCTIONS_LOCK})`,
      ...texts,
      dateFunctions(zones.map(({ zone }) => String(zone))),
      foldFunctions(await askText(execute, server.collation)),
      `comment on function tidemark_fold(text) is '${fingerprint}'`,
    ].join(';\n'),
  )
}

async function askText(execute: Execute, collation: string | undefined): Promise<ServerText> {
  const normalized = (await execute(normalizeQuery()))[0] ?? []
  const lower = collation === undefined ? [] : ((await execute(lowerQuery(collation)))[0] ?? [])
  return { collation, lower: lower.map(({ from, to }) => [String(from), String(to)]), oddInNfc: oddInNfc(normalized) }
}

type Server = { readonly version: string; readonly collation: string | undefined; readonly installed: string | undefined }

async function askServer(execute: Execute): Promise<Server> {
  const names = COLLATIONS.map((name) => `'${name}'`).join(', ')
  const [rows] = await execute(`
    select current_setting('server_encoding') as encoding, current_setting('server_version') as version,
      obj_description(to_regprocedure('tidemark_fold(text)'), 'pg_proc') as installed,
      (select json_agg(json_build_array(collname, pg_collation_actual_version(oid))) from pg_collation
        where collnamespace = 'pg_catalog'::regnamespace and collname in (${names}) and collencoding in (-1, pg_char_to_encoding('UTF8')))::text as collations`)
  const { encoding, version, installed, collations } = rows?.[0] ?? {}
  if (encoding !== 'UTF8') throw new Error(`The database's encoding is ${encoding}: Tidemark needs one of UTF8.`)
  const known = new Map(JSON.parse(String(collations ?? '[]')) as readonly (readonly [string, string | null])[])
  const collation = COLLATIONS.find((name) => known.has(name))
  return {
    version: `${version} ${collation === undefined ? '' : known.get(collation)}`,
    collation,
    installed: installed === null ? undefined : String(installed),
  }
}

function fingerprintOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
