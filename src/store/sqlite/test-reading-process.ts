/** Opens a reader pool, prints `ready`, and waits to be killed; with `busy` one of its readers never comes to an end. */
import { sql } from '../sql/sql.ts'
import { openReaderPool } from './reader-pool.ts'

const [path = '', mode] = process.argv.slice(2)
const pool = openReaderPool(path, { size: 2, timeLimitMs: mode === 'busy' ? 250 : 60_000 })
await pool.pages([{ sql: sql`select 1`, limit: 1 }])
if (mode === 'busy') {
  const endless = sql`with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r`
  void pool.pages([{ sql: endless, limit: 1 }]).catch(() => {})
}
process.stdout.write('ready\n')
setInterval(() => {}, 1000)
