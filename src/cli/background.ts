/**
 * Work that nobody waits for: key indexes, purges, bulk deletions, what the outbox holds. Of several servers at one database only one does it,
 * the leader: there it is opened when the server becomes the leader, and closed when it may not be any more. Two who take themselves for the
 * leader for a moment do no harm: every piece of work is a transaction that looks whether it is still to be done, and deliveries are at least once.
 */
import { DataverseError } from '../protocol/errors.ts'

export type Work = {
  /** There may be jobs to run, or something in the outbox. */
  readonly look: () => void
  /** There may be keys to build. */
  readonly schemaChanged: () => void
  /** The keys that are known of have been built. */
  readonly keysBuilt: () => Promise<void>
  /** Ends after what is under way; the rest is done after the next opening. */
  readonly close: () => Promise<void>
}

export type Background = Work & {
  /** Called once. */
  readonly begin: () => void
}

/** Which of several servers at one database is to do what nobody waits for. */
export type Leadership = {
  /** `began`: this server leads from now on, at once if it does already. `ended`: another may. By turns, as often as it changes. */
  readonly watch: (events: { readonly began: () => void; readonly ended: () => void }) => void
}

/** Whether what failed may go well in a while: the database was away, or busy. */
export function isPassing(cause: unknown): boolean {
  return cause instanceof DataverseError && cause.status === 503
}

/** What other servers have asked for is looked for: nobody says so. */
const LOOK_EVERY_MS = 1000

/** Without a `leadership` there is one server, and it leads. */
export function openBackground(open: () => Work, leadership?: Leadership): Background {
  let work: Work | undefined
  let leads = false
  let isClosing = false
  let timer: NodeJS.Timeout | undefined
  let closed: Promise<void> = Promise.resolve()

  function start(): void {
    work = open()
    schemaChanged()
    look()
    if (leadership) timer = setInterval(lookAgain, LOOK_EVERY_MS).unref()
  }

  function began(): void {
    leads = true
    // What an earlier time has left under way comes to its end first.
    void closed.then(() => {
      if (leads && !isClosing && !work) start()
    })
  }

  function ended(): void {
    leads = false
    clearInterval(timer)
    const before = work
    work = undefined
    if (before) closed = closed.then(before.close)
  }

  const look = () => work?.look()
  const schemaChanged = () => work?.schemaChanged()
  function lookAgain(): void {
    schemaChanged()
    look()
  }

  return {
    look,
    schemaChanged,
    keysBuilt: async () => work?.keysBuilt(),
    begin: () => (leadership ? leadership.watch({ began, ended }) : start()),
    close: () => {
      isClosing = true
      ended()
      return closed
    },
  }
}
