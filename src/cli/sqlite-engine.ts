/** The engine of a database that is a file: a thread that writes, readers beside it. */
import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { applyDiff } from '../schema/schema-diff.ts'
import type { Schema } from '../schema/schema.ts'
import { openKeysFile } from '../server/auth/signing-keys-file.ts'
import type { Config } from '../server/config.ts'
import type { Engine, EngineEvents } from './engine.ts'
import { openSqliteReads } from './sqlite-reads.ts'
import { openWriterChannel } from './writer-channel.ts'

export async function openSqliteEngine(config: Config, { log, died, securityChanged }: EngineEvents): Promise<Engine> {
  const file = sqliteFile(config)
  makeFolder(dirname(file))
  let schema: Schema | undefined
  let renew = () => {}
  let forgetCallers = () => {}
  const writes = await openWriterChannel(
    {
      file,
      durability: config.durability,
      querySeconds: config.querySeconds,
      stepFolder: config.steps === undefined ? undefined : resolve(config.steps),
      stepSeconds: config.stepSeconds,
    },
    {
      committed: () => renew(),
      schemaChanged: (diff) => (schema = schema && applyDiff(schema, diff)),
      securityChanged: () => {
        forgetCallers()
        securityChanged()
      },
      log,
      died,
    },
  )
  const reads = openSqliteReads(file, config)
  renew = reads.renew
  forgetCallers = reads.securityChanged
  schema = reads.loadSchema()
  return {
    opened: writes.opened,
    schema: () => schema as Schema,
    writes,
    reads,
    openKeys: (keyEvents) => openKeysFile(signingKeysFile(config.data), systemClock, keyEvents),
    // The writer's queue and checkpoint first.
    close: async () => {
      await writes.close()
      await reads.close()
    },
  }
}

export function sqliteFile({ database, data }: Pick<Config, 'database' | 'data'>): string {
  return database?.replace(/^sqlite:(?:\/\/(?=\/))?/, '') ?? join(data, 'tidemark.db')
}

export function signingKeysFile(dataFolder: string): string {
  return join(dataFolder, 'signing-keys.json')
}

export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new Error(`the data folder ${folder} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
