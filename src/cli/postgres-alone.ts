/** A PostgreSQL database for the command line: opened for some jobs, beside whatever servers are at it. */
import { openPostgresStore } from '../store/postgres/store.ts'
import type { LoneWriter } from './administer.ts'

const FEW = { connections: 4, querySeconds: 30, answerBytes: 1024 * 1024, durability: 'full' } as const

export async function openPostgresAlone(url: string): Promise<LoneWriter> {
  const nobody = () => {}
  const events = { schemaChanged: nobody, securityChanged: nobody, keysChanged: nobody }
  const store = await openPostgresStore({ url, ...FEW, events, log: nobody })
  const { run, runAlone } = store.lane
  return { run, runAlone, close: store.close }
}
