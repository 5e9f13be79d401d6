/**
 * Reads with change tracking: `Prefer: odata.track-changes` on a set, the delta link's `$deltatoken`, their later pages, and
 * `/$count?$deltatoken=…`. A link of ours works with its own parameters alone. That a token belongs to this table and this
 * database is the store's check (C6), on its own part of it.
 */
import { fail } from '../protocol/errors.ts'
import { type DeltaToken, parseDeltaToken } from '../protocol/delta-token.ts'
import { MAX_PAGE_SIZE, type Preferences } from '../protocol/prefer.ts'
import type { QueryOptions } from '../protocol/query-options.ts'
import type { SkipToken } from '../protocol/skip-token.ts'
import type { Table } from '../schema/table.ts'
import type { CountChanges, ReadChanges, ReadTracked } from './change-plan.ts'
import { MAX_COUNT } from './limits.ts'
import type { QueryContext } from './query-context.ts'
import { relationshipOf } from './navigation.ts'
import { demandAllRows } from './rights.ts'
import { refuseWithTracking } from './refuse-options.ts'
import { bindShape } from './row-shape.ts'
import { parseTrackingState, type TrackingState } from './tracking-state.ts'

/** `skip`: the parsed `$skiptoken`, where there is one. */
export function planChanges(
  table: Table,
  options: QueryOptions,
  preferences: Preferences,
  skip: SkipToken | undefined,
  context: QueryContext,
): ReadTracked | ReadChanges {
  checkTracking(table, context)
  const state = skip && parseTrackingState(skip.state ?? '')
  const isDelta = state ? state.kind === 'changes' : options.deltatoken !== undefined
  refuseWithTracking(options, isDelta ? ['$filter', '$orderby', '$expand', '$top', '$count'] : ['$filter', '$orderby', '$expand', '$top'])
  const shape = bindShape(table, { select: options.select }, preferences.includeAnnotations, context)
  const limit = preferences.maxPageSize ?? skip?.pageSize ?? MAX_PAGE_SIZE
  const pageNumber = skip?.page ?? 1
  if (state?.kind === 'changes') return { kind: 'read-changes', shape, limit, pageNumber, storePart: sameDelta(state, options.deltatoken), from: state.from }
  if (options.deltatoken !== undefined) {
    if (state) throw fail('BadToken', 'The skip token and the delta token belong to different queries.')
    return { kind: 'read-changes', shape, limit, pageNumber, storePart: ownToken(options.deltatoken).storePart, from: undefined }
  }
  return { kind: 'read-tracked', shape, limit, pageNumber, from: state?.from, countLimit: options.count ? MAX_COUNT + 1 : undefined }
}

export function planCountChanges(table: Table, options: QueryOptions, deltatoken: string, context: QueryContext): CountChanges {
  checkTracking(table, context)
  refuseWithTracking(options, ['$filter', '$orderby', '$expand', '$top', '$skiptoken'])
  return { kind: 'count-changes', table, storePart: ownToken(deltatoken).storePart }
}

/** Of an intersect table the two tables it joins count (sync.md 4.1). */
function checkTracking(table: Table, { schema, caller }: Pick<QueryContext, 'schema' | 'caller'>): void {
  if (!table.isIntersect) {
    if (!table.tracksChanges) throw fail('TrackingNotEnabled', table.logicalName)
    demandAllRows(caller.rights, table)
    return
  }
  const relationship = relationshipOf(schema, table)
  const ends = relationship ? [schema.tables.get(relationship.table1), schema.tables.get(relationship.table2)] : []
  for (const end of ends) {
    if (!end?.tracksChanges) throw fail('TrackingNotEnabledForRelated', table.logicalName)
    demandAllRows(caller.rights, end)
  }
  if (ends.length === 0) throw fail('TrackingNotEnabledForRelated', table.logicalName)
}

/** A token of a genuine Dataverse is well formed, but its database is not this one: the client has to read everything again. */
function ownToken(text: string): DeltaToken {
  const token = parseDeltaToken(text)
  if ('foreign' in token) throw fail('TokenExpired')
  return token
}

/** Our next links carry the delta's start in the skip token; a client may repeat its delta token beside it. */
function sameDelta(state: Extract<TrackingState, { readonly kind: 'changes' }>, deltatoken: string | undefined): string {
  if (deltatoken !== undefined && ownToken(deltatoken).storePart !== state.storePart) {
    throw fail('BadToken', 'The skip token and the delta token belong to different queries.')
  }
  return state.storePart
}
