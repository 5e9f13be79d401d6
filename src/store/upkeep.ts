/** What an engine does in its own way of the work that nobody waits for. */
import type { KeyBuild, KeyBuildResult } from './key-build.ts'
import type { RunJob } from './write-lane.ts'

export type Upkeep = {
  /** A build that was broken off is begun anew. Anything but duplicates that goes wrong (a full disk) is thrown. */
  readonly buildKey: (run: RunJob, build: KeyBuild) => Promise<KeyBuildResult>
  /** Deletes tombstones that are past their time; the number that is gone. */
  readonly purge: (run: RunJob, now: Date) => Promise<number>
}
