/** The one place that knows both an error and a status line: whatever was thrown becomes an answer in the catalogue's form. */
import { matchesAnnotation } from '../protocol/annotations.ts'
import { DataverseError, fail } from '../protocol/errors.ts'
import { CONTENT_TYPE, ODATA_VERSION } from '../protocol/names.ts'
import type { HttpResponse } from './http-message.ts'

type Log = (level: 'error', details: object, text: string) => void

const HELP = 'http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a'

/**
 * `annotations`: what the request's `odata.include-annotations` asked for. A bug's text stays in the log: the client gets the request id.
 */
export function respondError(thrown: unknown, requestId: string, annotations?: string): HttpResponse {
  const error = thrown instanceof DataverseError ? thrown : fail('Unexpected', requestId)
  const body: Record<string, string> = { code: error.code, message: error.message }
  const add = (name: string, value: string) => {
    if (matchesAnnotation(annotations, name)) body[`@${name}`] = value
  }
  if (annotations !== undefined) {
    add('Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus', '0')
    add('Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode', '0')
    add('Microsoft.PowerApps.CDS.HelpLink', `${HELP}${error.code.slice(2)}&client=platform`)
    add('Microsoft.PowerApps.CDS.TraceText', '')
    add('Microsoft.PowerApps.CDS.InnerError.Message', error.message)
  }
  const headers: Record<string, string> = { 'OData-Version': ODATA_VERSION, 'Content-Type': CONTENT_TYPE.json }
  if (error.allow !== undefined) headers.Allow = error.allow
  if (error.status === 503 || error.status === 429) headers['Retry-After'] = '1'
  return { status: error.status, headers, body: JSON.stringify({ error: body }) }
}

/** What the client is not told. `about` names the request: its id, its URL. */
export function logBug(log: Log, thrown: unknown, about: { readonly requestId: string; readonly url?: string }): void {
  if (isBug(thrown)) log('error', { ...about, err: String(thrown), stack: (thrown as Error)?.stack }, 'bug')
}

/** Whether the thrown thing is a bug of ours, to be logged in full. */
export function isBug(thrown: unknown): boolean {
  return !(thrown instanceof DataverseError)
}
