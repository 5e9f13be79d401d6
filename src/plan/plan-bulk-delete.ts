/**
 * `BulkDelete` → a job: queries whose rows are deleted in the background, one query after the other (webapi.md 5.5).
 * `{"JobName":"Old","QuerySet":[{"EntityName":"account","Criteria":{…}}],"RecurrencePattern":"","SendEmailNotification":false}`
 * The queries are bound when the job is asked for, so that a wrong one is refused, and again for each page that the job reads.
 */
import { parseInstant } from '../base/date-time.ts'
import { fail } from '../protocol/errors.ts'
import { parseFetchXml } from '../protocol/fetch-xml.ts'
import { formatFetchXml } from '../protocol/fetch-xml-format.ts'
import type { FetchLink, FetchQuery } from '../protocol/fetch-query.ts'
import { parseQueryExpression } from '../protocol/query-expression.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import { type Body, flagOf, listOf, requiredText, textOf } from '../schema/metadata/metadata-body.ts'
import { actionBody } from './action-body.ts'
import { bindFetch } from './bind-fetch.ts'
import { type Chance, refuseFixedTable } from './bind-row.ts'
import { tableNamed } from './fetch-row.ts'
import type { QueryContext } from './query-context.ts'
import type { ReadResults } from './results-plan.ts'
import { NO_ANNOTATIONS } from './row-annotations.ts'
import type { StartBulkDelete } from './write-plan.ts'

const PARAMETERS: readonly string[] = [
  'QuerySet',
  'JobName',
  'SendEmailNotification',
  'ToRecipients',
  'CCRecipients',
  'RecurrencePattern',
  'StartDateTime',
  'SourceImportId',
  'RunNow',
]
const MAX_NAME = 256

export function planBulkDelete(json: JsonValue | undefined, context: QueryContext, chance: Chance): StartBulkDelete {
  const body = actionBody(json, 'BulkDelete', PARAMETERS)
  refuseUnsupported(body)
  const name = requiredText(body, 'JobName')
  if (name.length > MAX_NAME) throw fail('TextTooLong', 'name', 'asyncoperation', MAX_NAME)
  const queries = (listOf(body, 'QuerySet') ?? []).map(parseQueryExpression)
  const [first] = queries.map((query) => planDeletions(query, undefined, 1, context))
  if (!first) throw fail('BadRequest', "The parameter 'QuerySet' must hold at least one query.")
  return {
    kind: 'start-bulk-delete',
    jobId: chance.newId(),
    operationId: chance.newId(),
    name,
    table: first.table,
    queries: queries.map(formatFetchXml),
    startAt: startOf(body, context.now),
  }
}

/** What was not done would go unnoticed in the background: it is refused. */
function refuseUnsupported(body: Body): void {
  if ((textOf(body, 'RecurrencePattern') ?? '') !== '') throw fail('NotSupported', "A 'RecurrencePattern' of 'BulkDelete'")
  if (flagOf(body, 'SendEmailNotification') === true) throw fail('NotSupported', "'SendEmailNotification' of 'BulkDelete'")
  if ((body.SourceImportId ?? null) !== null) throw fail('NotSupported', "'SourceImportId' of 'BulkDelete'")
}

/** Undefined: at once. */
function startOf(body: Body, now: string): string | undefined {
  const text = textOf(body, 'StartDateTime')
  if (text === undefined) return undefined
  const start = parseInstant(text)
  if (start === undefined) throw fail('BadRequest', "The parameter 'StartDateTime' must be a date and time: 2024-05-01T10:00:00Z.")
  return flagOf(body, 'RunNow') === true || start <= now ? undefined : start
}

/** The next rows that a query of a job finds, behind those whose order values are `after`: their ids alone. What is no place in its order counts as nothing. */
function planDeletions(query: FetchQuery, after: ReadResults['page']['after'], size: number, context: QueryContext): ReadResults {
  const { entity } = query
  const table = tableNamed(entity.name, context.schema)
  // Rows of the audit are deleted so, and not one by one.
  if (table.logicalName !== 'audit') refuseFixedTable(table, 'Delete')
  // A page of 1 without a count is what .NET writes where nothing was set.
  if (query.aggregate || query.top !== undefined || query.count !== undefined || (query.page ?? 1) > 1)
    throw fail('NotSupported', "Paging, TopCount or an aggregate in a query of 'BulkDelete'")
  const ids = { ...entity, allAttributes: false, attributes: [], orders: [], links: entity.links.map(withoutColumns) }
  const beside = { count: false, annotations: NO_ANNOTATIONS, paging: { by: 'link', token: undefined, maxPageSize: size } } as const
  const plan = bindFetch({ ...query, page: undefined, distinct: false, returnTotalRecordCount: false, entity: ids }, table, { kind: 'set' }, beside, context)
  return { ...plan, page: { number: 1, size, pages: true, after: after?.length === plan.order.length ? after : undefined, skip: 0 } }
}

/** The same of a query as the job keeps it. */
export function planStoredDeletions(fetchXml: string, after: ReadResults['page']['after'], size: number, context: QueryContext): ReadResults {
  return planDeletions(parseFetchXml(fetchXml), after, size, context)
}

function withoutColumns(link: FetchLink): FetchLink {
  return { ...link, allAttributes: false, attributes: [], orders: [], links: link.links.map(withoutColumns) }
}
