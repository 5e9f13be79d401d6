/** `tidemark move`: an organization from a SQLite file into an empty PostgreSQL database. */
import { dirname } from 'node:path'
import type { Command } from 'commander'
import { isPostgres } from '../server/config.ts'
import type { Moved } from '../store/move/move-organization.ts'
import { readKeysFile } from '../server/auth/signing-keys-file.ts'
import { signingKeysFile, sqliteFile } from './sqlite-engine.ts'

type Options = { readonly from: string; readonly to: string }

const ABOUT = `
Schema, rows with their versions, what was deleted, jobs, secrets and the keys of tokens that lie beside the file are carried
over; delta links go on. Servers on the file are to be stopped before. The file stays as it is. The other way, from PostgreSQL to SQLite, is not built.
A move that was broken off leaves nothing but a mark, for which servers refuse the database: begin it again.`

export function addMoveCommand(program: Command): void {
  program
    .command('move')
    .description('move an organization from SQLite into an empty PostgreSQL database')
    .requiredOption('--from <url>', 'sqlite:<file>, or sqlite:<data folder>')
    .requiredOption('--to <url>', 'postgres://<user>@<host>/<database>')
    .addHelpText('after', ABOUT)
    .action(move)
}

async function move({ from, to }: Options): Promise<void> {
  if (isPostgres(from)) throw new Error('--from: moving from PostgreSQL is not built')
  if (!/^sqlite:./.test(from)) throw new Error('--from is sqlite:<file>, or sqlite:<data folder>')
  if (!isPostgres(to)) throw new Error('--to is postgres://<user>@<host>/<database>')
  // The driver and the file's are loaded where they are needed.
  const [{ openSource }, { moveOrganization }, { rowsOfKeys }] = await Promise.all([
    import('../store/move/source.ts'),
    import('../store/move/move-organization.ts'),
    import('./postgres-keys.ts'),
  ])
  const startedAt = performance.now()
  const source = openSource(sqliteFile({ database: from, data: '' }))
  try {
    const keys = readKeysFile(signingKeysFile(dirname(source.file)))
    const moved = await moveOrganization(source, { keys: keys && rowsOfKeys(keys) }, to, progressLines())
    print(summary(moved, keys !== undefined, source.version, (performance.now() - startedAt) / 1000))
  } finally {
    source.close()
  }
}

const count = (number: number | bigint) => number.toLocaleString('en')

function summary({ tables, rows, tombstones }: Moved, withKeys: boolean, version: bigint, seconds: number): string {
  return [
    `Moved ${count(rows)} rows of ${count(tables)} tables and ${count(tombstones)} deletions in ${seconds.toFixed(1)} s.`,
    `Versions go on above ${count(version)}. Delta links of the file are good in the database as they were there.`,
    ...(withKeys ? ['The keys that tokens are signed with are in the database now: those of before are good at every server.'] : []),
    'Start servers with --database.',
    'What is written to the file from now on is not in the database.',
  ].join('\n')
}

const LINE_MS = 1000
const MANY = 10_000

/** One a second at the most, of tables that take some time. */
function progressLines() {
  let last = performance.now()
  const isTime = () => {
    const now = performance.now()
    if (now - last < LINE_MS) return false
    last = now
    return true
  }
  return {
    rows: (table: string, rows: number, of: number) => {
      if (of >= MANY && isTime()) print(`${table}: ${count(rows)} of ${count(of)} rows`)
    },
    making: (what: string) => print(`making ${what}`),
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
