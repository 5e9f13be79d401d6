/** The read side of a server at PostgreSQL: every read on a connection of the pool, each in a snapshot of its own; plain ones on a standby's where there are some. */
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import type { Guid } from '../base/guid.ts'
import type { Calendar } from '../plan/calendar.ts'
import { calendarOf, calendarSql } from '../store/calendar-settings.ts'
import { openCallers } from '../store/callers.ts'
import { readMetadataHistory } from '../store/metadata-history.ts'
import { xmaxOf } from '../store/postgres/position.ts'
import { inWords, type PostgresStore, readableOf } from '../store/postgres/store.ts'
import { principalRights } from '../store/principal-rights.ts'
import { runRead } from '../store/run-read.ts'
import type { Ask } from '../store/sql/connection.ts'
import type { Reads } from './engine.ts'
import type { ReplicaReads } from './replica-reads.ts'

export type PostgresReads = Reads & {
  /** Rights may be others, or settings. */
  readonly securityChanged: () => void
}

export function openPostgresReads({ reads, durable }: Pick<PostgresStore, 'reads' | 'durable'>, onReplica?: ReplicaReads['run']): PostgresReads {
  const callers = openCallers()
  const calendars = new Map<Guid, Promise<Calendar>>()
  const ask: Ask = (statement) => inWords(() => reads.use((session) => session.all(statement)))

  async function calendarFrom(...[caller]: Parameters<Reads['calendar']>): Promise<Calendar> {
    return calendarOf((await ask(calendarSql(caller)))[0])
  }
  return {
    readAll: ask,
    read: async (plan, links, schema, rights) => {
      const life = durable.life()
      const moment = { schema, links, rights, now: formatInstant(systemClock.now()) }
      const readFrom = (pool = reads) => runRead(plan, readableOf(pool, links.gone?.()), moment)
      const outcome = await (onReplica ? onReplica(plan, readFrom) : readFrom())
      // What a token has seen has to be kept before it leaves (C1, across a crash).
      if (outcome.kind === 'changes' || outcome.kind === 'tracked-rows') await inWords(() => durable.reach(xmaxOf(outcome.token.storePart), life))
      return outcome
    },
    caller: (asked, schema, organizationId) => callers.get(asked, { schema, organizationId, ask }),
    rightsOf: (principal, schema) => principalRights(principal, schema, ask),
    calendar: (caller) => {
      const kept = calendars.get(caller.userId)
      if (kept) return kept
      const calendar = calendarFrom(caller)
      calendars.set(caller.userId, calendar)
      calendar.catch(() => calendars.delete(caller.userId))
      return calendar
    },
    metadataHistory: () => readMetadataHistory(ask),
    securityChanged: () => {
      callers.forget()
      calendars.clear()
    },
  }
}
