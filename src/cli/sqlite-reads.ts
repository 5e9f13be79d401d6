/**
 * The read side of a running server: point reads inline, small pages too as long as they turn out to be short, every other read in the
 * reader processes.
 */
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import type { Calendar } from '../plan/calendar.ts'
import type { Guid } from '../base/guid.ts'
import { openCallers } from '../store/callers.ts'
import type { Schema } from '../schema/schema.ts'
import { calendarOf, calendarSql } from '../store/calendar-settings.ts'
import type { Links } from '../server/app.ts'
import { principalRights } from '../store/principal-rights.ts'
import { runRead } from '../store/run-read.ts'
import { isPointRead, isSmallRead } from '../store/small-read.ts'
import type { Readable } from '../store/sql/connection.ts'
import { OverBudget } from '../store/write-lane.ts'
import { openInlineReader } from '../store/sqlite/inline.ts'
import { readMetadataHistory } from '../store/metadata-history.ts'
import { openReaderPool, type ReaderPool } from '../store/sqlite/reader-pool.ts'
import type { EngineReads } from './engine.ts'

export type SqliteReads = EngineReads & {
  /** As the file has it now. */
  readonly loadSchema: () => Schema
}

export type ReadLimits = { readonly readers: number; readonly querySeconds: number; readonly answerMegabytes: number }

export function openSqliteReads(file: string, { readers, querySeconds, answerMegabytes }: ReadLimits): SqliteReads {
  const inline = openInlineReader(file)
  const calendars = new Map<Guid, Calendar>()
  const callers = openCallers()
  const pool = openReaderPool(file, { size: readers, timeLimitMs: querySeconds * 1000, answerBytes: Math.ceil(answerMegabytes * 1024 * 1024) })
  return {
    readAll: inline.all,
    loadSchema: inline.loadSchema,
    read: (plan, links, schema, rights) => {
      const moment = { schema, links, rights, now: formatInstant(systemClock.now()) }
      if (isPointRead(plan)) return runRead(plan, inline, moment)
      const inProcess = () => runRead(plan, forClient(pool, links.gone), moment)
      return isSmallRead(plan) ? unlessOverBudget(runRead(plan, inline.budgeted, moment), inProcess) : inProcess()
    },
    caller: (asked, schema, organizationId) => callers.get(asked, { schema, organizationId, ask: inline.all }),
    rightsOf: (principal, schema) => principalRights(principal, schema, inline.all),
    calendar: (caller) => {
      const kept = calendars.get(caller.userId)
      if (kept) return kept
      const calendar = calendarOf(inline.all(calendarSql(caller))[0])
      calendars.set(caller.userId, calendar)
      return calendar
    },
    securityChanged: callers.forget,
    metadataHistory: () => readMetadataHistory(inline.all),
    renew: () => {
      calendars.clear()
      inline.renew()
    },
    close: async () => {
      await pool.close()
      inline.close()
    },
  }
}

/** A client that goes away gives its reader back. */
function forClient(pool: ReaderPool, gone: Links['gone']): Readable {
  return gone ? { dialect: pool.dialect, positions: pool.positions, pages: (queries) => pool.pages(queries, gone()) } : pool
}

async function unlessOverBudget<T>(short: Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await short
  } catch (error) {
    if (error instanceof OverBudget) return otherwise()
    throw error
  }
}
