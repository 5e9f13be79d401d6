/**
 * Dates as the caller has them: someone in New York, in an organization whose fiscal year begins in April and whose weeks begin on Monday.
 * Rows are dated around the moment of the test by New York's clock, so that midnight there, not in UTC, decides.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addDays, addMonths, startOfMonth } from '../../src/base/days.ts'
import { instantOf, wallClock } from '../../src/base/time-zone.ts'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { runBatch } from '../support/batch.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, type MadeTable, makeRows, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const ZONE = 'America/New_York'
const EASTERN = 35
const FORMATTED = { Prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"' }

let server: TestServer
let api: Api
let rows: MadeTable
let me: string
let organization: string

/** New York's day at the start; a test that runs into another is not worth more care than this. */
const now = `${new Date().toISOString().slice(0, 19)}Z`
const today = wallClock(now, ZONE).slice(0, 10)
/** A minute after midnight, and a minute before the next, there. */
const first = (day: string) => instantOf(`${day}T00:01:00Z`, ZONE)
const last = (day: string) => instantOf(`${day}T23:59:00Z`, ZONE)
const fiscalStart = () => {
  const april = `${today.slice(0, 4)}-04-01`
  return today < april ? addMonths(april, -12) : april
}

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  const who = expectStatus(await api.get('WhoAmI'), 200).body
  me = who.UserId
  organization = who.OrganizationId
  expectStatus(await api.patch(`usersettingscollection(${me})`, { timezonecode: EASTERN }), 204)
  const fiscal = { fiscalcalendarstart: '2024-04-01T00:00:00Z', fiscalperiodtype: 2002, fiscalyeardisplaycode: 1, weekstartdaycode: 1 }
  expectStatus(await api.patch(`organizations(${organization})`, fiscal), 204)
  rows = await makeTable(api, 'new_Dated', [
    column.datetime('new_At', 'UserLocal'),
    column.datetime('new_Day', 'DateOnly'),
    column.datetime('new_Wall', 'TimeZoneIndependent'),
  ])
  const dated = (name: string, at: string, day: string, wall: string) => ({ new_name: name, new_at: at, new_day: day, new_wall: wall })
  const days = [-400, -31, -8, -7, -1, 0, 1, 7, 8].map((off) => [off, addDays(today, off)] as const)
  await makeRows(api, rows, [
    ...days.map(([off, day]) => dated(`${off} early`, first(day), day, `${day}T00:01:00Z`)),
    ...days.map(([off, day]) => dated(`${off} late`, last(day), day, `${day}T23:59:00Z`)),
    dated('year begins', first(fiscalStart()), fiscalStart(), `${fiscalStart()}T00:01:00Z`),
    dated('year before', last(addDays(fiscalStart(), -1)), addDays(fiscalStart(), -1), `${addDays(fiscalStart(), -1)}T23:59:00Z`),
    dated('month begins', first(startOfMonth(today)), startOfMonth(today), `${startOfMonth(today)}T00:01:00Z`),
    dated('month before', last(addDays(startOfMonth(today), -1)), addDays(startOfMonth(today), -1), `${addDays(startOfMonth(today), -1)}T23:59:00Z`),
    { new_name: 'empty' },
  ])
})
after(async () => server[Symbol.asyncDispose]())

const namesOf = (body: { value: readonly { new_name: string }[] }) => body.value.map((row) => row.new_name).sort()

async function byFilter(filter: string): Promise<readonly string[]> {
  return namesOf(expectStatus(await api.get(`${rows.set}?$select=new_name&$filter=${encodeURIComponent(filter)}`), 200).body)
}

async function byFetch(attribute: string, operator: string, ...values: readonly string[]): Promise<readonly string[]> {
  const condition = `<condition attribute="${attribute}" operator="${operator}">${values.map((value) => `<value>${value}</value>`).join('')}</condition>`
  const xml = `<fetch><entity name="${rows.name}"><attribute name="new_name"/><filter>${condition}</filter></entity></fetch>`
  return namesOf(expectStatus(await api.get(`${rows.set}?fetchXml=${encodeURIComponent(xml)}`), 200).body)
}

/** What was made, whose day in New York meets the condition. */
const made = (isWanted: (day: string) => boolean, from: readonly (readonly [string, string])[] = allDays()) =>
  from.flatMap(([name, day]) => (isWanted(day) ? [name] : [])).sort()

function allDays(): readonly (readonly [string, string])[] {
  const days = [-400, -31, -8, -7, -1, 0, 1, 7, 8].map((off) => [off, addDays(today, off)] as const)
  return [
    ...days.flatMap(([off, day]) => [[`${off} early`, day] as const, [`${off} late`, day] as const]),
    ['year begins', fiscalStart()],
    ['year before', addDays(fiscalStart(), -1)],
    ['month begins', startOfMonth(today)],
    ['month before', addDays(startOfMonth(today), -1)],
  ]
}

test('today ends at midnight of the caller, by query function and by FetchXML, whatever the behaviour of the column', async () => {
  for (const [operator, name, isWanted] of [
    ['Today', 'today', (day: string) => day === today],
    ['Yesterday', 'yesterday', (day: string) => day === addDays(today, -1)],
    ['Tomorrow', 'tomorrow', (day: string) => day === addDays(today, 1)],
    ['ThisMonth', 'this-month', (day: string) => day.slice(0, 7) === today.slice(0, 7)],
    ['ThisYear', 'this-year', (day: string) => day.slice(0, 4) === today.slice(0, 4)],
    ['ThisFiscalYear', 'this-fiscal-year', (day: string) => day >= fiscalStart() && day < addMonths(fiscalStart(), 12)],
    ['LastFiscalYear', 'last-fiscal-year', (day: string) => day < fiscalStart() && day >= addMonths(fiscalStart(), -12)],
  ] as const) {
    for (const column of ['new_at', 'new_day', 'new_wall']) {
      assert.deepEqual(await byFilter(`Microsoft.Dynamics.CRM.${operator}(PropertyName='${column}')`), made(isWanted), `${operator} ${column}`)
      assert.deepEqual(await byFetch(column, name), made(isWanted), `${name} ${column}`)
    }
  }
})

test('a week begins on the organization’s day, a count of days ends now', async () => {
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7
  const monday = addDays(today, -weekday)
  assert.deepEqual(
    await byFilter("Microsoft.Dynamics.CRM.ThisWeek(PropertyName='new_at')"),
    made((day) => day >= monday && day < addDays(monday, 7)),
  )
  const lastWeek = made((day) => day >= addDays(today, -7) && day < today)
  const found = await byFilter("Microsoft.Dynamics.CRM.LastXDays(PropertyName='new_at',PropertyValue=7)")
  assert.deepEqual(
    found.filter((name) => !name.startsWith('0 ') && !name.startsWith('month begins') && !name.startsWith('year begins')),
    lastWeek.filter((name) => !name.startsWith('month begins') && !name.startsWith('year begins')),
  )
  assert.ok(!found.includes('0 late') || wallClock(`${new Date().toISOString().slice(0, 19)}Z`, ZONE) >= `${today}T23:59:00Z`)
  assert.deepEqual(await byFetch('new_at', 'last-seven-days'), found)
})

test('a day that is asked for is the caller’s; one with a time and a zone is that instant', async () => {
  const isToday = made((day) => day === today)
  assert.deepEqual(await byFetch('new_at', 'on', today), isToday)
  assert.deepEqual(await byFilter(`Microsoft.Dynamics.CRM.On(PropertyName='new_at',PropertyValue='${today}')`), isToday)
  assert.deepEqual(
    await byFetch('new_at', 'ge', `${today}T00:01:00`),
    made((day) => day >= today),
  )
  assert.deepEqual(
    await byFetch('new_at', 'ge', first(today)),
    made((day) => day >= today),
  )
  assert.deepEqual(
    await byFetch('new_at', 'on-or-before', addDays(today, -8)),
    made((day) => day <= addDays(today, -8)),
  )
  assert.deepEqual(await byFetch('new_wall', 'eq', `${today}T23:59:00`), ['0 late'])
  assert.deepEqual(await byFetch('new_day', 'eq', today), isToday)
  // As the URL has it: without a zone it is UTC.
  assert.deepEqual(
    await byFilter(`new_at eq ${first(today)}`),
    made((day) => day === today).filter((name) => !name.endsWith('late')),
  )
  // Null is not on that day.
  const others = made((day) => day !== today)
  assert.deepEqual(await byFetch('new_at', 'not-on', today), [...others, 'empty'].sort())
})

test('a fiscal period is one of the organization’s year, of any year or of one', async () => {
  const period = (day: string) => Math.floor(((Number(day.slice(5, 7)) + 8) % 12) / 3) + 1
  const year = (day: string) => Number(day.slice(0, 4)) - (day.slice(5) < '04-01' ? 1 : 0)
  const wanted = period(today)
  for (const name of ['new_at', 'new_day', 'new_wall']) {
    assert.deepEqual(
      await byFetch(name, 'in-fiscal-period', String(wanted)),
      made((day) => period(day) === wanted),
      name,
    )
    assert.deepEqual(
      await byFilter(`Microsoft.Dynamics.CRM.InFiscalPeriodAndYear(PropertyName='${name}',PropertyValue1=${wanted},PropertyValue2=${year(today)})`),
      made((day) => period(day) === wanted && year(day) === year(today)),
      name,
    )
  }
  assert.deepEqual(await byFetch('new_at', 'in-fiscal-period', '5'), [])
})

test('groups by day are the caller’s days, and UTC’s where it is asked for', async () => {
  const grouped = async (userTimeZone: boolean) => {
    const attributes = `<attribute name="new_at" alias="d" groupby="true" dategrouping="day" usertimezone="${userTimeZone}"/><attribute name="${rows.id}" alias="n" aggregate="count"/>`
    const xml = `<fetch aggregate="true"><entity name="${rows.name}">${attributes}<filter><condition attribute="new_name" operator="eq" value="1 late"/></filter></entity></fetch>`
    return expectStatus(await api.get(`${rows.set}?fetchXml=${encodeURIComponent(xml)}`), 200).body.value
  }
  assert.deepEqual(
    (await grouped(true)).map((one: { d: number }) => one.d),
    [Number(addDays(today, 1).slice(8))],
  )
  assert.deepEqual(
    (await grouped(false)).map((one: { d: number }) => one.d),
    [Number(addDays(today, 2).slice(8))],
  )
})

test('formatted values tell an instant by the caller’s clock, a day and a wall clock as they are', async () => {
  const id = createdId(
    await api.post(rows.set, { new_name: 'formatted', new_at: '2024-07-01T02:30:00Z', new_day: '2024-07-01', new_wall: '2024-07-01T02:30:00Z' }),
  )
  const told = { at: '6/30/2024 10:30 PM', day: '7/1/2024', wall: '7/1/2024 2:30 AM' }
  const shown = (row: { [name: string]: string }) => {
    const of = (name: string) => row[`${name}@OData.Community.Display.V1.FormattedValue`]
    return { at: of('new_at'), day: of('new_day'), wall: of('new_wall') }
  }
  const select = '$select=new_at,new_day,new_wall'
  assert.deepEqual(shown(expectStatus(await api.get(`${rows.set}(${id})?${select}`, FORMATTED), 200).body), told)
  assert.deepEqual(shown(expectStatus(await api.get(`${rows.set}?${select}&$filter=new_name eq 'formatted'`, FORMATTED), 200).body.value[0]), told)
  const xml = `<fetch><entity name="${rows.name}"><attribute name="new_at"/><attribute name="new_day"/><attribute name="new_wall"/><filter><condition attribute="new_name" operator="eq" value="formatted"/></filter></entity></fetch>`
  assert.deepEqual(shown(expectStatus(await api.get(`${rows.set}?fetchXml=${encodeURIComponent(xml)}`, FORMATTED), 200).body.value[0]), told)
  const both = 'return=representation,odata.include-annotations="*"'
  assert.deepEqual(shown(expectStatus(await api.patch(`${rows.set}(${id})?${select}`, { new_name: 'formatted' }, { Prefer: both }), 200).body), told)
  // The value itself is UTC, whoever asks.
  assert.equal(expectStatus(await api.get(`${rows.set}(${id})?${select}`), 200).body.new_at, '2024-07-01T02:30:00Z')
})

test('a changed setting counts from its answer on, in a batch too', async () => {
  const id = createdId(await api.post(rows.set, { new_name: 'moved', new_at: '2024-07-01T02:30:00Z' }))
  const told = async () =>
    expectStatus(await api.get(`${rows.set}(${id})?$select=new_at`, FORMATTED), 200).body['new_at@OData.Community.Display.V1.FormattedValue']
  const settings = `usersettingscollection(${me})`
  for (const [timezonecode, text] of [
    [190, '7/1/2024 8:00 AM'],
    [92, '7/1/2024 2:30 AM'],
    [290, '7/1/2024 2:30 PM'],
    [EASTERN, '6/30/2024 10:30 PM'],
  ] as const) {
    expectStatus(await api.patch(settings, { timezonecode }), 204)
    assert.equal(await told(), text)
  }
  const answers = await runBatch(api, [
    [{ method: 'PATCH', url: settings, body: { timezonecode: 110 } }],
    { method: 'GET', url: `${rows.set}?$select=new_name&$filter=Microsoft.Dynamics.CRM.On(PropertyName='new_at',PropertyValue='2024-07-01')` },
    [{ method: 'PATCH', url: settings, body: { timezonecode: EASTERN } }],
  ])
  assert.match(JSON.stringify(answers), /moved/)
})

test('everyone has settings from the day they are made, and until they go', async () => {
  const [unit] = expectStatus(await api.get('businessunits?$select=businessunitid'), 200).body.value
  const user = createdId(
    await api.post('systemusers', {
      firstname: 'Ada',
      lastname: 'Byron',
      domainname: 'ada@example.com',
      internalemailaddress: 'ada@example.com',
      'businessunitid@odata.bind': `/businessunits(${unit.businessunitid})`,
    }),
  )
  const settings = expectStatus(await api.get(`usersettingscollection(${user})?$select=timezonecode,uilanguageid,localeid`), 200).body
  assert.deepEqual([settings.systemuserid, settings.timezonecode, settings.uilanguageid, settings.localeid], [user, 92, 1033, 1033])
  expectRefusal(await api.delete(`usersettingscollection(${user})`), 400, '0x80060888')
  expectStatus(await api.delete(`systemusers(${user})`), 204)
  expectRefusal(await api.get(`usersettingscollection(${user})`), 404, '0x80040217')
})

test('the zones to choose from have names and codes', async () => {
  const select = '$select=standardname,bias,userinterfacename'
  const zone = expectStatus(await api.get(`timezonedefinitions?${select}&$filter=timezonecode eq ${EASTERN}`), 200).body.value[0]
  assert.deepEqual([zone.standardname, zone.bias, zone.userinterfacename], ['Eastern Standard Time', 300, '(GMT-05:00) Eastern Standard Time'])
  const all = expectStatus(await api.get('timezonedefinitions?$select=timezonecode&$count=true'), 200).body
  assert.equal(new Set(all.value.map((one: { timezonecode: number }) => one.timezonecode)).size, all['@odata.count'])
})

test('operators that mean nothing to a column, or that there are none of, are refused', async () => {
  const refused = async (attribute: string, operator: string, value: string) => {
    const xml = `<fetch><entity name="${rows.name}"><filter><condition attribute="${attribute}" operator="${operator}" value="${value}"/></filter></entity></fetch>`
    return api.get(`${rows.set}?fetchXml=${encodeURIComponent(xml)}`)
  }
  expectRefusal(await refused('new_at', 'around', '1'), 400, '0x80041120')
  expectRefusal(await refused('new_day', 'last-x-hours', '1'), 400, '0x80040203', /last-x-hours/)
  expectRefusal(await refused('new_at', 'last-x-days', 'many'), 400, '0x80040203')
  expectRefusal(await refused('new_at', 'on', 'soon'), 400, '0x80040203')
})
