/**
 * Runs a command of the command line where the data is. A database that is a file belongs to the server that runs on it: that one runs the command,
 * or, where there is none, this process with the file's lock. A database that many servers write to is written to right here.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import { type Config, isPostgres } from '../server/config.ts'
import { openWriter, runAlone } from '../store/sqlite/writer.ts'
import type { RunJob } from '../store/write-lane.ts'
import { askServer } from './control-channel.ts'
import { firstStart } from './first-start.ts'
import { sqliteFile } from './sqlite-engine.ts'
import { problemOf, runUserCommand, type UserCommand, type UserResult } from './user-commands.ts'
import { ownMoment } from '../store/write-work.ts'

export type Place = Pick<Config, 'data' | 'database'>

/** A database without a server at hand: each job in a transaction of its own. `runAlone`: with no other server's write beside it. */
export type LoneWriter = { readonly run: RunJob; readonly runAlone: RunJob; readonly close: () => void | Promise<void> }

/** Throws a plain error where it cannot be done. */
export async function administer(place: Place, command: UserCommand): Promise<Exclude<UserResult, { kind: 'problem' }>> {
  const result = await runWhereItIs(place, command)
  if (result.kind === 'problem') throw new Error(result.reason)
  return result
}

async function runWhereItIs(place: Place, command: UserCommand): Promise<UserResult> {
  const { database } = place
  if (database !== undefined && isPostgres(database)) {
    // Its driver is loaded where it is needed.
    const { openPostgresAlone } = await import('./postgres-alone.ts')
    return runBy(await openPostgresAlone(database), command)
  }
  return (await askServer(place.data, command)) ?? runBy(openFile(sqliteFile(place)), command)
}

function openFile(file: string): LoneWriter {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const writer = openWriter(file)
  const run = runAlone(writer)
  return { run, runAlone: run, close: writer.close }
}

/** What is empty becomes a database: users may be made before the first start. */
async function runBy({ run, runAlone: runFirst, close }: LoneWriter, command: UserCommand): Promise<UserResult> {
  try {
    const { caller } = await firstStart(runFirst)
    return await run((tx) => runUserCommand(tx, ownMoment({ now: formatInstant(systemClock.now()), caller }, tx.schema()), command)).catch(problemOf)
  } finally {
    await close()
  }
}
