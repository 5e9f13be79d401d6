/** Looks for transactions that have written and stay open, in any database of the cluster: as figures, and named in the log, once each. */
import type { App } from '../server/app.ts'
import type { Gauge } from '../server/metrics.ts'
import { findLongWriters, type LongWriter } from '../store/postgres/long-writers.ts'
import type { SessionPool } from '../store/postgres/pools.ts'

const LOOK_EVERY_MS = 10_000
/** Worth a line in the log. */
const LONG_SECONDS = 60

export function watchLongWriters(pool: SessionPool, log: App['log']): { readonly metrics: readonly Gauge[]; readonly close: () => void } {
  let oldest = 0
  let count = 0
  let named = new Set<string>()

  async function look(): Promise<void> {
    const writers = await pool.use((session) => findLongWriters(session, 1))
    oldest = writers[0]?.seconds ?? 0
    const long = writers.filter(({ seconds }) => seconds >= LONG_SECONDS)
    count = long.length
    for (const writer of long) {
      if (!named.has(nameOf(writer))) log('warn', writer, 'a transaction has written and stays open: its change reaches readers when it ends')
    }
    named = new Set(long.map(nameOf))
  }
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS).unref()
  return {
    metrics: [
      { name: 'tidemark_oldest_writer_seconds', help: 'Age of the oldest transaction in the cluster that has written and is open.', read: () => oldest },
      { name: 'tidemark_long_writers', help: `Transactions that have written and are open for ${LONG_SECONDS} seconds or longer.`, read: () => count },
    ],
    close: () => clearInterval(timer),
  }
}

/** A connection begins many. */
function nameOf({ pid, since }: LongWriter): string {
  return `${pid} ${since}`
}
