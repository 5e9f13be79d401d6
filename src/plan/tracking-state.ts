/**
 * What a skip token carries while changes are tracked: `tracked!<store's part>!<last id>` within the first read,
 * `changes!<from>!<until>!rows!<place>` within a delta. The store's parts hold no `!`.
 */
import { fail } from '../protocol/errors.ts'
import { LAST_VERSION } from '../protocol/etag.ts'
import type { ReadChanges, ReadTracked } from './change-plan.ts'

export type TrackingState =
  | { readonly kind: 'tracked'; readonly from: NonNullable<ReadTracked['from']> }
  | { readonly kind: 'changes'; readonly storePart: string; readonly from: NonNullable<ReadChanges['from']> }

const TRACKED = /^tracked!([^!]+)!([^!]+)$/
const CHANGES = /^changes!([^!]+)!([^!]+)!(rows|tombstones)!(\d{1,19}(?:\.\d{1,19})?)$/

export function formatTrackingState(state: TrackingState): string {
  if (state.kind === 'tracked') return `tracked!${state.from.storePart}!${state.from.afterId}`
  return `changes!${state.storePart}!${state.from.until}!${state.from.after.part}!${state.from.after.at}`
}

export function parseTrackingState(text: string): TrackingState {
  const tracked = TRACKED.exec(text)
  if (tracked) return { kind: 'tracked', from: { storePart: tracked[1] ?? '', afterId: tracked[2] ?? '' } }
  const [, storePart = '', until = '', part, at] = CHANGES.exec(text) ?? []
  if (at === undefined || at.split('.').some((digits) => BigInt(digits) > LAST_VERSION))
    throw fail('BadToken', 'The skip token does not belong to a read with change tracking.')
  return { kind: 'changes', storePart, from: { until, after: { part: part === 'rows' ? 'rows' : 'tombstones', at } } }
}
