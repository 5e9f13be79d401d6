/** `tidemark keys rotate` where the keys are: in the data folder, or in the database that servers share. Beside them, or without any. */
import { existsSync } from 'node:fs'
import { systemClock } from '../base/clock.ts'
import { rotateKeysFile } from '../server/auth/signing-keys-file.ts'
import { isPostgres } from '../server/config.ts'
import type { Place } from './administer.ts'
import { signingKeysFile } from './sqlite-engine.ts'

/** Gives the new key's id. */
export async function rotateKeys({ data, database }: Place, atOnce: boolean): Promise<string> {
  if (database === undefined || !isPostgres(database)) {
    if (!existsSync(data)) throw new Error(`there is no data folder ${data}`)
    return rotateKeysFile(signingKeysFile(data), systemClock, { atOnce })
  }
  // Its driver is loaded where it is needed.
  const [{ openPostgresAlone }, { rotateSharedKeys }] = await Promise.all([import('./postgres-alone.ts'), import('./postgres-keys.ts')])
  const { run, close } = await openPostgresAlone(database)
  try {
    return await rotateSharedKeys(run, atOnce)
  } finally {
    await close()
  }
}
