import { BeginAgain } from '../write-lane.ts'

/** Thrown where a job that was begun beside others turns out to edit the schema: it is begun anew, alone. */
export class NeedsSchemaAlone extends BeginAgain {
  constructor() {
    super('the job edits the schema, and is begun anew alone')
    this.name = 'NeedsSchemaAlone'
  }
}
