import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTrackingState, parseTrackingState, type TrackingState } from './tracking-state.ts'

const states: readonly TrackingState[] = [
  { kind: 'tracked', from: { storePart: 's1.a.b.1', afterId: '6f0c2b1e-0000-4000-8000-000000000001' } },
  { kind: 'changes', storePart: 's1.a.b.1', from: { until: 's1.a.b.9', after: { part: 'rows', at: '5' } } },
  { kind: 'changes', storePart: 's1.a.b.1', from: { until: 's1.a.b.9', after: { part: 'tombstones', at: '9223372036854775807.12' } } },
]

test('a state written is read back as the same', () => {
  for (const state of states) assert.deepEqual(parseTrackingState(formatTrackingState(state)), state)
})

test('anything else is refused, also a version that no store can hold', () => {
  for (const text of [
    '',
    'tracked!',
    'changes!a!b!rows!',
    'changes!a!b!pages!1',
    'changes!a!b!rows!9223372036854775808',
    'changes!a!b!rows!-1',
    'changes!a!b!rows!1.',
    'changes!a!b!rows!1.9223372036854775808',
  ])
    assert.throws(() => parseTrackingState(text), { name: 'BadToken' }, text)
})
