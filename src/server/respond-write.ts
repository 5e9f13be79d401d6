/** WriteOutcome → answer (webapi.md 5.1, 5.3; sync.md 3.2). */
import { unreachable } from '../base/assert.ts'
import { contextOf } from '../protocol/context-url.ts'
import { formatEtag } from '../protocol/etag.ts'
import { formatPreferenceApplied } from '../protocol/prefer.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import { type RowAddress, rowMissing } from '../plan/row-address.ts'
import { selectText } from '../plan/select-columns.ts'
import type { Table } from '../schema/table.ts'
import type { HttpResponse } from './http-message.ts'
import { emptyResponse, jsonResponse } from './json-response.ts'
import type { ParsedRequest } from './parse-request.ts'
import { withContext } from './respond-read.ts'

export function respondWrite(outcome: WriteOutcome, table: Table, address: RowAddress | undefined, request: ParsedRequest): HttpResponse {
  switch (outcome.kind) {
    case 'created':
    case 'updated':
      return respondRowWritten(outcome, table, address, request)
    case 'deleted':
    case 'linked':
    case 'unlinked':
    case 'merged':
    case 'shared':
      return emptyResponse(204)
    case 'missing':
      throw rowMissing(outcome.address)
    case 'history-deleted':
    case 'job-started':
    case 'bulk-done':
      return emptyResponse(204)
    default:
      return unreachable(outcome)
  }
}

type RowWritten = Extract<WriteOutcome, { kind: 'created' | 'updated' }>

function respondRowWritten(outcome: RowWritten, table: Table, address: RowAddress | undefined, request: ParsedRequest): HttpResponse {
  const row = `${table.entitySetName}(${outcome.id})`
  if (outcome.row !== undefined) {
    const context = contextOf(
      table.entitySetName,
      selectText(request.options.select),
      request.method === 'POST' ? request.options.expand : undefined,
      '/$entity',
    )
    const { includeAnnotations } = request.preferences
    const response = jsonResponse(outcome.kind === 'created' ? 201 : 200, withContext(request, context, outcome.row), {
      ETag: formatEtag(outcome.version),
      'Preference-Applied': formatPreferenceApplied({ returns: 'representation', includeAnnotations }),
    })
    return { ...response, row }
  }
  // An upsert by alternate key echoes the key it was sent, not the row's id (sync.md 0).
  const location = `${request.apiRoot}/${address?.by === 'key' ? request.path.replace(/\/+$/, '') : row}`
  return { ...emptyResponse(204, { Location: outcome.kind === 'created' ? location : undefined, 'OData-EntityId': location }), row }
}
