/** A change set: its parts run in one transaction (C5), in order; the first failure answers for the whole and undoes all of it. */
import type { App, ChangeSetResult } from './app.ts'
import { type ContentIds, replaceContentIds } from './content-id.ts'
import { handle } from './handle.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { logBug, respondError } from './respond-error.ts'
import { parseServiceUrl } from './service-url.ts'

export async function handleChangeSet(app: App, requests: readonly HttpRequest[], contentIds: readonly (string | undefined)[]): Promise<ChangeSetResult> {
  const known: ContentIds = new Map()
  const responses: HttpResponse[] = []
  for (const [index, request] of requests.entries()) {
    const response = await handlePart(app, request, known)
    if (response.status >= 400) return { kind: 'failed', response }
    const contentId = contentIds[index]
    if (contentId !== undefined) known.set(contentId, pathOfRow(request, response))
    responses.push(response)
  }
  return { kind: 'done', responses }
}

async function handlePart(app: App, request: HttpRequest, known: ContentIds): Promise<HttpResponse> {
  let replaced: HttpRequest
  try {
    replaced = replaceContentIds(request, known)
  } catch (thrown) {
    logBug(app.log, thrown, { requestId: request.requestId })
    return respondError(thrown, request.requestId)
  }
  return handle(app, replaced)
}

/** What a later `$1` stands for: the row that was written, else what the part itself addressed. */
function pathOfRow(request: HttpRequest, response: HttpResponse): string {
  return response.row ?? parseServiceUrl('', request.url)?.path ?? ''
}
