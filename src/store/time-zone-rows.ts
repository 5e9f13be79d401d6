/** The rows of `timezonedefinition`: every zone that a user can be in, with the same ids on every server. */
import { Guid } from '../base/guid.ts'
import { wallClock } from '../base/time-zone.ts'
import { TIME_ZONES } from '../base/time-zone-codes.ts'
import type { Caller } from '../plan/caller.ts'
import type { Schema } from '../schema/schema.ts'
import { runWrite } from './run-write.ts'
import { rowOf } from './servers-rows.ts'
import type { Transaction } from './sql/connection.ts'
import { ownMoment } from './write-work.ts'

type Moment = { readonly now: string; readonly caller: Caller }

export async function insertTimeZones(tx: Transaction, schema: Schema, moment: Moment): Promise<void> {
  for (const [code, { standardName, iana }] of TIME_ZONES) {
    const east = standardOffset(iana, moment.now)
    const row = rowOf(schema, 'timezonedefinition', Guid.fromName(`timezonedefinition:${code}`), {
      timezonecode: code,
      standardname: standardName,
      daylightname: standardName.replace('Standard', 'Daylight'),
      userinterfacename: `(GMT${east === 0 ? '' : clockText(east)}) ${standardName}`,
      // As Windows counts: minutes to be added to reach UTC.
      bias: -east + 0,
      retiredorder: 0,
    })
    await runWrite(row, tx, ownMoment(moment, schema))
  }
}

/** Minutes east of Greenwich when clocks are not put forward, in the year of `now`. */
function standardOffset(zone: string, now: string): number {
  const year = now.slice(0, 4)
  const minutes = [`${year}-01-01T12:00:00Z`, `${year}-07-01T12:00:00Z`].map((noon) => (Date.parse(wallClock(noon, zone)) - Date.parse(noon)) / 60_000)
  return Math.min(...minutes)
}

/** `+05:30` */
function clockText(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
