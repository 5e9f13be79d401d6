/** Where other servers write to the same database: before a request is looked at, what this one keeps in mind is made as it is there now. */
import { DataverseError, fail } from '../protocol/errors.ts'
import type { App } from '../server/app.ts'
import type { HttpRequest, HttpResponse } from '../server/http-message.ts'
import type { ListenOptions } from '../server/listen.ts'
import { respondError } from '../server/respond-error.ts'
import type { Engine } from './engine.ts'

type Entries = Pick<ListenOptions, 'dispatch' | 'refuseEarly'>

/** What is told of the process alone, also while the database is away. */
const OF_THE_PROCESS = /^\/(?:health|metrics)(?:\?|$)/

/** An engine without a `fresh` keeps the entries as they are. */
export function freshFirst(fresh: Engine['fresh'], { dispatch, refuseEarly }: Entries, log: App['log']): Entries {
  if (!fresh) return { dispatch, refuseEarly }

  async function unlessAway(request: HttpRequest, answer: () => Promise<HttpResponse | undefined>): Promise<HttpResponse | undefined> {
    try {
      await fresh?.()
    } catch (cause) {
      if (!(cause instanceof DataverseError)) log('error', { err: String(cause) }, 'the database cannot be reached')
      return respondError(cause instanceof DataverseError ? cause : fail('Unavailable', 'The database cannot be reached.'), request.requestId)
    }
    return answer()
  }

  return {
    dispatch: (request) => (OF_THE_PROCESS.test(request.url) ? dispatch(request) : (unlessAway(request, () => dispatch(request)) as Promise<HttpResponse>)),
    // Whoever is let in is looked at again once the body has come; whoever is not may have been made a moment ago.
    refuseEarly:
      refuseEarly &&
      (async (request) => {
        const refusal = await refuseEarly(request)
        return refusal && refusal.status !== 401 ? unlessAway(request, () => refuseEarly(request)) : refusal
      }),
  }
}
