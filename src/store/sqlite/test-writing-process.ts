/** Writes groups of rows until it is killed, and prints the id of each row once its group is committed. */
import { writeSync } from 'node:fs'
import type { Guid } from '../../base/guid.ts'
import { insertPart, openParts } from './test-database.ts'

const writer = await openParts(process.argv[2] ?? '', { durability: 'full' })
for (let n = 0; ; n++) {
  const settled = await writer.runGroup(Array.from({ length: 1 + (n % 7) }, (_, index) => (tx) => insertPart(tx, `row ${n}.${index}`, null)))
  const ids = settled.map((one) => (one.status === 'fulfilled' ? (one.value as Guid) : ''))
  writeSync(1, `${ids.join('\n')}\n`)
}
