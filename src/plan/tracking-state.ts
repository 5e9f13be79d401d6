/**
 * What a skip token carries while changes are tracked: `tracked!<store's part>!<last id>` within the first read,
 * `changes!<from>!<until>!rows!<version>` within a delta. The store's parts hold no `!`.
 */
import { fail } from '../protocol/errors.ts'
import { LAST_VERSION } from '../protocol/etag.ts'
import type { ReadChanges, ReadTracked } from './change-plan.ts'

export type TrackingState =
  | { readonly kind: 'tracked'; readonly from: NonNullable<ReadTracked['from']> }
  | { readonly kind: 'changes'; readonly storePart: string; readonly from: NonNullable<ReadChanges['from']> }

const TRACKED = /^tracked!([^!]+)!([^!]+)$/
const CHANGES = /^changes!([^!]+)!([^!]+)!(rows|tombstones)!(\d{1,19})$/

export function formatTrackingState(state: TrackingState): string {
  if (state.kind === 'tracked') return `tracked!${state.from.storePart}!${state.from.afterId}`
  return `changes!${state.storePart}!${state.from.until}!${state.from.after.part}!${state.from.after.version}`
}

export function parseTrackingState(text: string): TrackingState {
  const tracked = TRACKED.exec(text)
  if (tracked) return { kind: 'tracked', from: { storePart: tracked[1] ?? '', afterId: tracked[2] ?? '' } }
  const [, storePart = '', until = '', part, digits] = CHANGES.exec(text) ?? []
  const version = digits === undefined ? undefined : BigInt(digits)
  if (version === undefined || version > LAST_VERSION) throw fail('BadToken', 'The skip token does not belong to a read with change tracking.')
  return { kind: 'changes', storePart, from: { until, after: { part: part === 'rows' ? 'rows' : 'tombstones', version } } }
}
