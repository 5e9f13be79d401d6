/**
 * Forgets rows of `audit` older than the organization keeps them (`auditretentionperiodv2` days, 30 where it is null, -1 for ever), in small
 * jobs, the oldest first.
 */
import { formatInstant } from '../base/date-time.ts'
import { deleteAudits } from './delete-history.ts'
import { DAY_MS } from './retention.ts'
import { sql } from './sql/sql.ts'
import type { RunJob, WriteTransaction } from './write-lane.ts'

const DEFAULT_DAYS = 30
// 10 ms of work.
const BATCH = 500

/** The number of rows that are gone. */
export async function purgeAudits(run: RunJob, now: Date): Promise<number> {
  const days = await run(retentionDays)
  if (days < 0) return 0
  const before = formatInstant(new Date(now.getTime() - days * DAY_MS))
  let purged = 0
  for (;;) {
    const gone = await run((tx) => deleteAudits(sql`createdon < ${before}`, BATCH, tx, { schema: tx.schema(), now: formatInstant(now) }))
    purged += gone
    if (gone < BATCH) return purged
  }
}

async function retentionDays(tx: WriteTransaction): Promise<number> {
  if (!tx.schema().tables.has('audit')) return -1
  const row = await tx.get(sql`select auditretentionperiodv2 as days from organization limit 1`)
  return Number(row?.days ?? DEFAULT_DAYS)
}
