/**
 * Runs a planned read on anything that can be read: a connection, a reader process, an open write transaction.
 * All that one answer is made of comes from one snapshot: one call of `pages` for each plan.
 */
import { unreachable } from '../base/assert.ts'
import type { ReadOutcome } from '../plan/outcome.ts'
import type { ReadPlan } from '../plan/plan.ts'
import type { CountRows, CountTables, ReadOwner, ReadRow, ReadRows, ReadValue } from '../plan/read-plan.ts'
import { accessDenied, FULL_RIGHTS, type Rights } from '../plan/rights.ts'
import type { RowAddress } from '../plan/row-address.ts'
import type { Schema } from '../schema/schema.ts'
import { endsOf, numberOf, textOf } from './json-page.ts'
import { runCountChanges, runReadChanges, runReadTracked } from './run-changes.ts'
import { runAuditDetail, runHistory } from './run-history.ts'
import { lackOf } from './run-place.ts'
import { runPrivileges } from './run-privileges.ts'
import { runResults } from './run-results.ts'
import { runAccess, runShares } from './run-shares.ts'
import type { Page, PageQuery, Readable } from './sql/connection.ts'
import { keptQuery } from './sql/kept-query.ts'
import type { ReadScope } from './sql/read-scope.ts'
import { countRows, countTables, selectOwner, selectParent, selectPresence, selectRow, selectRows, selectValue } from './sql/select-rows.ts'

export type ReadMoment = {
  /** ISO 8601 with `Z`. For the expiry of delta tokens alone (C8). */
  readonly now: string
  /** The one the plan was made with. */
  readonly schema: Schema
  readonly links: { readonly apiRoot: string }
  /** What the caller may see. */
  readonly rights: Rights
}

export function runRead(plan: ReadPlan, readable: Readable, { now, schema, links, rights }: ReadMoment): Promise<ReadOutcome> {
  const scope: ReadScope = { dialect: readable.dialect, schema, rights, apiRoot: links.apiRoot, isBudgeted: readable.isBudgeted }
  const outcome = runIn(plan, readable, scope, now)
  return rights.isFull ? outcome : unlessUnseen(outcome, readable, scope)
}

async function unlessUnseen(reading: Promise<ReadOutcome>, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const outcome = await reading
  if (outcome.kind === 'missing') await refuseUnseen(outcome.address, readable, scope)
  return outcome
}

/** Of a row that is there, and that the caller may not read, the answer is that and not that it is missing (webapi.md 3.2). */
async function refuseUnseen(address: RowAddress, readable: Readable, scope: ReadScope): Promise<void> {
  const [page] = await readable.pages([selectPresence(address, { ...scope, rights: FULL_RIGHTS })])
  if (page?.rowCount === 1) throw accessDenied(scope.rights, address.table, 'Read')
}

function runIn(plan: ReadPlan, readable: Readable, scope: ReadScope, now: string): Promise<ReadOutcome> {
  switch (plan.kind) {
    case 'read-row':
      return runRow(plan, readable, scope)
    case 'read-owner':
      return runOwner(plan, readable, scope)
    case 'read-rows':
      return runRows(plan, readable, scope)
    case 'read-results':
      return runResults(plan, readable, scope)
    case 'read-value':
      return runValue(plan, readable, scope)
    case 'count-rows':
      return runCount(plan, readable, scope)
    case 'count-tables':
      return runCountTables(plan, readable, scope)
    case 'read-shares':
      return runShares(plan, readable, scope)
    case 'read-access':
      return runAccess(plan, readable, scope)
    case 'read-history':
      return runHistory(plan, readable, scope)
    case 'read-audit-detail':
      return runAuditDetail(plan, readable, scope)
    case 'read-privileges':
      return runPrivileges(plan, readable, scope)
    case 'read-tracked':
      return runReadTracked(plan, readable, scope, now)
    case 'read-changes':
      return runReadChanges(plan, readable, scope, now)
    case 'count-changes':
      return runCountChanges(plan, readable, scope, now)
    default:
      return unreachable(plan)
  }
}

async function runRow(plan: ReadRow, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const [page] = await readable.pages([selectRow(plan, scope)])
  return lackOf(plan, page, 1, true) ?? rowOf(page as Page, plan)
}

async function runOwner(plan: ReadOwner, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const [page] = await readable.pages([selectOwner(plan, scope)])
  return lackOf(plan, page) ?? singleValue(page as Page)
}

function rowOf(page: Page, { unlessVersion }: ReadRow): ReadOutcome {
  const version = BigInt(page.first[0] as number | bigint)
  return unlessVersion.includes(version) ? { kind: 'not-modified', version } : { kind: 'row', version, json: page.json }
}

async function runRows(plan: ReadRows, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const { source, countLimit } = plan
  const parent = selectParent(source, scope)
  const count = countLimit === undefined ? undefined : countRows({ ...plan, table: plan.shape.table }, countLimit, scope)
  const queries: PageQuery[] = [keptQuery(plan, scope, selectRows), ...(count ? [count] : []), ...(parent ? [parent] : [])]
  const pages = await readable.pages(queries)
  const page = pages[0] as Page
  const lack = source.kind === 'children' ? lackOf(source.parent, pages.at(-1)) : undefined
  if (lack) return lack
  return {
    kind: 'rows',
    json: page.json,
    rowCount: page.rowCount,
    next: endsOf(page),
    count: count && numberOf(pages[1]),
  }
}

async function runValue(plan: ReadValue, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const [page] = await readable.pages([selectValue(plan, scope)])
  return lackOf(plan, page, 1) ?? singleValue(page as Page)
}

function singleValue(page: Page): ReadOutcome {
  const json = textOf(page.json)
  if (json === 'null') return { kind: 'empty' }
  const shown = page.first[0]
  return { kind: 'value', json, formatted: typeof shown === 'string' ? shown : undefined }
}

async function runCount(plan: CountRows, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const parent = selectParent(plan.source, scope)
  const pages = await readable.pages([countRows(plan, plan.limit + 1, scope), ...(parent ? [parent] : [])])
  const lack = plan.source.kind === 'children' ? lackOf(plan.source.parent, pages[1]) : undefined
  if (lack) return lack
  const count = numberOf(pages[0])
  return { kind: 'count', count: Math.min(count, plan.limit), limitExceeded: count > plan.limit }
}

async function runCountTables(plan: CountTables, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  return { kind: 'counts', counts: (await readable.pages(countTables(plan, scope))).map(numberOf) }
}
