/** What the words of a query are bound to: the tables there are, who asks, and when. */
import type { Schema } from '../schema/schema.ts'
import type { Calendar } from './calendar.ts'
import type { Caller } from './caller.ts'

export type QueryContext = {
  readonly schema: Schema
  readonly caller: Caller
  /** ISO 8601 with `Z`: relative dates (`this week`) count from it. */
  readonly now: string
  readonly calendar: Calendar
}
