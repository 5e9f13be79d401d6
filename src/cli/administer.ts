/** Runs a command of the command line where the data is: in the running server, or, with the database's lock, right here. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import { openWriter } from '../store/sqlite/writer.ts'
import { askServer } from './control-channel.ts'
import { firstStart } from './first-start.ts'
import { problemOf, runUserCommand, type UserCommand, type UserResult } from './user-commands.ts'
import { ownMoment } from '../store/write-work.ts'

/** Throws a plain error where it cannot be done. */
export async function administer(dataFolder: string, command: UserCommand): Promise<Exclude<UserResult, { kind: 'problem' }>> {
  const result = (await askServer(dataFolder, command)) ?? (await runAlone(dataFolder, command))
  if (result.kind === 'problem') throw new Error(result.reason)
  return result
}

/** An empty folder becomes a database: users may be made before the first start. */
async function runAlone(dataFolder: string, command: UserCommand): Promise<UserResult> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const writer = openWriter(join(dataFolder, 'tidemark.db'))
  try {
    const { caller } = await firstStart(writer)
    const [settled] = await writer.runGroup([(tx) => runUserCommand(tx, ownMoment({ now: formatInstant(systemClock.now()), caller }, tx.schema()), command)])
    return settled?.status === 'fulfilled' ? (settled.value as UserResult) : problemOf(settled?.reason)
  } finally {
    writer.close()
  }
}
