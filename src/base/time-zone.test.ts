import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { instantOf, isTimeZone, wallClock } from './time-zone.ts'
import { TIME_ZONES, UTC_CODE, zoneOfCode } from './time-zone-codes.ts'

test('a wall clock is that of the zone on that day', () => {
  for (const [instant, zone, wall] of [
    ['2024-01-15T12:00:00Z', 'UTC', '2024-01-15T12:00:00Z'],
    ['2024-01-15T12:00:00Z', 'America/New_York', '2024-01-15T07:00:00Z'],
    ['2024-07-15T12:00:00Z', 'America/New_York', '2024-07-15T08:00:00Z'],
    ['2024-01-15T12:00:00Z', 'Asia/Kathmandu', '2024-01-15T17:45:00Z'],
    ['2024-01-01T00:30:00Z', 'America/St_Johns', '2023-12-31T21:00:00Z'],
    ['2024-12-31T23:30:00Z', 'Pacific/Kiritimati', '2025-01-01T13:30:00Z'],
    // The last second before the clocks change, and the first behind it.
    ['2024-03-10T06:59:59Z', 'America/New_York', '2024-03-10T01:59:59Z'],
    ['2024-03-10T07:00:00Z', 'America/New_York', '2024-03-10T03:00:00Z'],
    ['2024-11-03T05:59:59Z', 'America/New_York', '2024-11-03T01:59:59Z'],
    ['2024-11-03T06:00:00Z', 'America/New_York', '2024-11-03T01:00:00Z'],
    // Half an hour, and to the other side of midnight.
    ['2024-10-05T15:30:00Z', 'Australia/Lord_Howe', '2024-10-06T02:30:00Z'],
  ] as const) {
    assert.equal(wallClock(instant, zone), wall, `${instant} in ${zone}`)
  }
})

test('a time that a clock leaves out is read with the offset from before, one it shows twice is the first of the two', () => {
  for (const [wall, zone, instant] of [
    ['2024-03-10T02:30:00Z', 'America/New_York', '2024-03-10T07:30:00Z'],
    ['2024-11-03T01:30:00Z', 'America/New_York', '2024-11-03T05:30:00Z'],
    ['2024-03-31T02:30:00Z', 'Europe/Berlin', '2024-03-31T01:30:00Z'],
    ['2024-10-27T02:30:00Z', 'Europe/Berlin', '2024-10-27T00:30:00Z'],
    // Here the clock is put forward at midnight: the day begins at one.
    ['2024-04-26T00:00:00Z', 'Africa/Cairo', '2024-04-25T22:00:00Z'],
    // The day that Samoa left out.
    ['2011-12-30T00:00:00Z', 'Pacific/Apia', '2011-12-30T10:00:00Z'],
    ['2024-05-20', 'America/New_York', '2024-05-20T04:00:00Z'],
  ] as const) {
    assert.equal(instantOf(wall, zone), instant, `${wall} in ${zone}`)
  }
})

test('the clock of an instant leads back to it, but for the second turn of an hour', () => {
  const zones = [...TIME_ZONES.values()].map(({ iana }) => iana)
  const second = fc.integer({ min: Date.parse('1970-01-01') / 1000, max: Date.parse('2100-01-01') / 1000 })
  fc.assert(
    fc.property(second, fc.constantFrom(...zones), (at, zone) => {
      const instant = `${new Date(at * 1000).toISOString().slice(0, 19)}Z`
      const wall = wallClock(instant, zone)
      const back = instantOf(wall, zone)
      assert.ok(back <= instant, `${back} is after ${instant}`)
      assert.equal(wallClock(back, zone), wall)
    }),
    { numRuns: 2000 },
  )
})

test('the ends of time stay within what a column holds', () => {
  assert.equal(wallClock('9999-12-31T23:59:59Z', 'Asia/Tokyo'), '9999-12-31T23:59:59Z')
  assert.equal(instantOf('1753-01-01', 'Asia/Tokyo'), '1753-01-01T00:00:00Z')
  assert.equal(instantOf('0001-01-01T00:00:00Z', 'America/New_York'), '1753-01-01T00:00:00Z')
})

test('every time zone code leads to a zone that this engine knows', () => {
  for (const [code, { iana, standardName }] of TIME_ZONES) assert.ok(isTimeZone(iana), `${code} ${standardName}`)
  for (const [code, zone] of [
    [4, 'America/Los_Angeles'],
    [35, 'America/New_York'],
    [85, 'Europe/London'],
    [110, 'Europe/Berlin'],
    [190, 'Asia/Kolkata'],
    [UTC_CODE, 'UTC'],
    [99999, 'UTC'],
  ] as const) {
    assert.equal(zoneOfCode(code), zone)
  }
})
