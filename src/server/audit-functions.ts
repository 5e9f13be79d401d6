/** Functions and actions about what has happened to rows. Who did it, and when, is in the rows of `audits`, as in Dataverse. */
import { assert } from '../base/assert.ts'
import { actionBody } from '../plan/action-body.ts'
import type { ReadOutcome } from '../plan/outcome.ts'
import { formatHistoryCookie, planDeleteHistory, planHistory } from '../plan/plan-history.ts'
import type { ReadHistory } from '../plan/read-plan.ts'
import { rowMissing } from '../plan/row-address.ts'
import { fail } from '../protocol/errors.ts'
import { type App, queryContext, writesOf } from './app.ts'
import { auditDetail, type DetailScope } from './audit-detail.ts'
import type { Answer, Arguments, BoundFunction, ServerAction, ServerFunction } from './operation.ts'
import { jsonOf, parameterText } from './operation-arguments.ts'
import type { ParsedRequest } from './parse-request.ts'

export const AUDIT_FUNCTIONS: { readonly [name: string]: ServerFunction } = {
  RetrieveRecordChangeHistory: { parameters: ['Target', 'PagingInfo'], run: (app, args, request) => history(app, args, undefined, request) },
  RetrieveAttributeChangeHistory: {
    parameters: ['Target', 'AttributeLogicalName', 'PagingInfo'],
    run: (app, args, request) => history(app, args, parameterText(args, 'AttributeLogicalName'), request),
  },
}

export const AUDIT_ROW_FUNCTIONS: { readonly [name: string]: BoundFunction } = {
  RetrieveAuditDetails: {
    tables: ['audit'],
    parameters: [],
    run: async (app, address, _args, request) => {
      const { entries } = historyIn(await app.read({ kind: 'read-audit-detail', address }, request))
      const [entry] = entries
      assert(entry, 'a detail of the audit is one entry')
      return { AuditDetail: auditDetail(entry, scopeOf(app, request)) }
    },
  },
}

export const AUDIT_ACTIONS: { readonly [name: string]: ServerAction } = {
  DeleteRecordChangeHistory: async (app, request) => {
    const body = actionBody(request.body, 'DeleteRecordChangeHistory', ['Target'])
    const outcome = await writesOf(app).write(planDeleteHistory(body, queryContext(app, app.schema())), request)
    if (outcome.kind === 'missing') throw rowMissing(outcome.address)
    return { DeletedEntriesCount: outcome.kind === 'history-deleted' ? outcome.count : 0 }
  },
  // Partitions are the original's storage: there are none here, and none is old enough. BulkDelete deletes rows of the audit.
  DeleteAuditData: async () => {
    throw fail('InvalidArgument', 'There are no partitions ending before the given date')
  },
}

async function history(app: App, args: Arguments, column: string | undefined, request: ParsedRequest): Promise<Answer> {
  const paging = args.get('PagingInfo')
  const given = paging === undefined || paging.kind === 'null' ? undefined : jsonOf(args, 'PagingInfo')
  const plan = planHistory(jsonOf(args, 'Target'), column, given, queryContext(app, app.schema()))
  return { AuditDetailCollection: collection(plan, historyIn(await app.read(plan, request)), scopeOf(app, request)) }
}

function collection({ column, page }: ReadHistory, { entries, total, last }: Extract<ReadOutcome, { kind: 'history' }>, scope: DetailScope): object {
  return {
    MoreRecords: last !== undefined,
    PagingCookie: last === undefined ? '' : formatHistoryCookie(page.number, last),
    TotalRecordCount: total ?? -1,
    AuditDetails: entries.map((entry) => auditDetail(entry, scope, column)),
  }
}

function historyIn(outcome: ReadOutcome): Extract<ReadOutcome, { kind: 'history' }> {
  if (outcome.kind === 'missing') throw rowMissing(outcome.address)
  assert(outcome.kind === 'history', 'a history is what was asked for')
  return outcome
}

function scopeOf(app: App, { preferences }: ParsedRequest): DetailScope {
  return { schema: app.schema(), rights: app.caller.rights, annotations: preferences.includeAnnotations }
}
