/** The pipeline's app where writes are: everything runs on one open transaction, reads too, so that they see its own writes. */
import { Guid } from '../base/guid.ts'
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import { fail } from '../protocol/errors.ts'
import type { App } from '../server/app.ts'
import { editSchema } from '../schema/edit-schema.ts'
import { auditSchemaEdit } from '../store/audit-schema.ts'
import { calendarOf, calendarSql } from '../store/calendar-settings.ts'
import { principalRights } from '../store/principal-rights.ts'
import { runRead } from '../store/run-read.ts'
import { runWrite } from '../store/run-write.ts'
import { applySchemaEffects } from '../store/schema-effects.ts'
import { readMetadataHistory } from '../store/metadata-history.ts'
import { OverBudget, type WriteTransaction } from '../store/write-lane.ts'
import { demandEdit } from '../plan/authorize-edit.ts'
import type { Caller } from '../plan/caller.ts'
import { openCallers } from '../store/callers.ts'
import type { AskedCaller } from '../store/load-caller.ts'
import type { FirstStart } from './first-start.ts'
import { type MakeApp, type StepJob, type StepPlace, timeLeft, type WriterSteps } from './writer-steps.ts'
import { ownMoment } from '../store/write-work.ts'

export function writerApp(start: FirstStart, steps: WriterSteps, log: App['log']): MakeApp {
  const { organization } = start
  const { organizationId } = organization
  // Another keeper for each number: what a transaction finds that has changed rights itself is not for others.
  let kept = { security: Number.NaN, callers: openCallers() }

  function callerOf(asked: AskedCaller, tx: WriteTransaction): Promise<Caller> {
    if (tx.security() !== kept.security) kept = { security: tx.security(), callers: openCallers() }
    return kept.callers.get(asked, { schema: tx.schema(), organizationId, ask: tx.all })
  }
  return appOf

  function appOf(tx: WriteTransaction, job: StepJob, place: StepPlace, caller = start.caller): App {
    return {
      schema: tx.schema,
      caller,
      as: async (asked) => appOf(tx, job, place, await callerOf(asked, tx)),
      rightsOf: (principal) => principalRights(principal, tx.schema(), tx.all),
      organization,
      clock: systemClock,
      newId: Guid.next,
      log,
      read: async (plan, links) => {
        const moment = { schema: tx.schema(), links, rights: caller.rights, now: formatInstant(systemClock.now()) }
        if (place.depth === 1) return runRead(plan, tx, moment)
        return runRead(plan, tx.within(timeLeft(job)), moment).catch(refuseOverBudget)
      },
      calendar: async () => calendarOf(await tx.get(calendarSql(caller))),
      metadataHistory: () => readMetadataHistory(tx.all),
      writes: {
        write: async (plan, links) => {
          const events = steps.eventsFor(links, caller, tx, job, place, appOf)
          const outcome = await runWrite(plan, tx, { now: formatInstant(systemClock.now()), caller, schema: tx.schema(), links, events })
          await steps.follow(plan, tx, job)
          return outcome
        },
        edit: async (edit) => {
          demandEdit(edit, caller.rights)
          const now = formatInstant(systemClock.now())
          const before = tx.schema()
          const { schema, steps, result, deleted } = editSchema(before, edit, { now, newId: Guid.next })
          await tx.changeSchema(schema, steps, deleted)
          await applySchemaEffects(tx, schema, steps, { now, caller })
          await auditSchemaEdit(tx, before, ownMoment({ now, caller }, schema))
          return result
        },
      },
    }
  }
}

/** Reads that a step has asked for end with its time. */
function refuseOverBudget(error: unknown): never {
  throw error instanceof OverBudget ? fail('QueryTimedOut') : error
}
