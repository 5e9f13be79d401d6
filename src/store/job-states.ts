/** statecode and statuscode of a job: Ready/Waiting, Locked/InProgress, Completed/Succeeded, Failed, Canceled. */
export const JOB_STATES = {
  waiting: [0, 0],
  /** Until `postponeuntil`. */
  postponed: [1, 10],
  running: [2, 20],
  succeeded: [3, 30],
  failed: [3, 31],
  canceled: [3, 32],
} as const
export type JobState = keyof typeof JOB_STATES
