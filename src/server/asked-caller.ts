/** Whom a request asks to be: its sender, or the user that the sender acts for (webapi.md 2.1). */
import { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { AskedCaller } from '../store/load-caller.ts'
import type { App } from './app.ts'
import type { HttpRequest } from './http-message.ts'

/** Undefined: the app's own caller. `CallerObjectId` beats the older `MSCRMCallerID`. */
export function askedCaller({ callerId, headers }: HttpRequest, app: App): AskedCaller | undefined {
  const objectId = headers.callerobjectid
  const id = headers.mscrmcallerid
  if (callerId === undefined && objectId === undefined && id === undefined) return undefined
  const userId = callerId ?? app.caller.userId
  if (objectId !== undefined) return { userId, actsFor: { by: 'objectId', id: guidOf('CallerObjectId', objectId) } }
  return { userId, actsFor: id === undefined ? undefined : { by: 'id', id: guidOf('MSCRMCallerID', id) } }
}

function guidOf(header: string, text: string): Guid {
  const id = Guid.parse(text)
  if (id === undefined) throw fail('BadRequest', `The header '${header}' is no id: '${text}'.`)
  return id
}
