/** `?sql=` over HTTP (webapi.md 6.9): what Microsoft's Python client shows in its SQL examples, asked of the same teams and tasks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, makeLookup, makeRows, type MadeTable, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

type Row = Readonly<Record<string, unknown>>

let server: TestServer
let api: Api
let teams: MadeTable
let tasks: MadeTable

const TEAMS: readonly (readonly [code: string, region: number, budget: number, active: boolean])[] = [
  ['ALPHA', 1, 50000, true],
  ['BRAVO', 2, 75000, true],
  ['CHARLIE', 3, 30000, false],
  ['DELTA', 4, 90000, true],
  ['ECHO', 1, 42000, true],
]
const TASKS: readonly (readonly [title: string, hours: number, priority: number | null, team: number | null])[] = [
  ['Design mockups', 8, 2, 0],
  ['Write unit tests', 12, 3, 0],
  ['Code review', 3, 1, 1],
  ['Deploy to staging', 5, 3, 1],
  ['Update docs', 4, 1, 2],
  ['Performance tuning', 10, 2, 3],
  ['Security audit', 6, null, null],
]

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  const region = column.choice('new_Region', { 1: 'North', 2: 'South', 3: 'East', 4: 'West' })
  teams = await makeTable(api, 'new_SQLTeam', [column.text('new_Code', { MaxLength: 40 }), region, column.decimal('new_Budget'), column.boolean('new_Active')])
  tasks = await makeTable(api, 'new_SQLTask', [column.text('new_Title', { MaxLength: 100 }), column.whole('new_Hours'), column.whole('new_Priority')])
  await makeLookup(api, { from: tasks.name, to: teams.name, SchemaName: 'new_TeamId' })
  const ids = await makeRows(
    api,
    teams,
    TEAMS.map(([code, region, budget, active]) => ({ new_code: code, new_region: region, new_budget: budget, new_active: active })),
  )
  await makeRows(
    api,
    tasks,
    TASKS.map(([title, hours, priority, team]) => ({
      new_title: title,
      new_hours: hours,
      new_priority: priority,
      ...(team !== null && { 'new_TeamId@odata.bind': `/${teams.set}(${ids[team]})` }),
    })),
  )
})
after(() => server[Symbol.asyncDispose]())

const ask = (table: MadeTable, sql: string, headers?: Record<string, string>): Promise<Answer> =>
  api.get(`${table.set}?sql=${encodeURIComponent(sql)}`, headers)

async function rows(table: MadeTable, sql: string): Promise<readonly Row[]> {
  return expectStatus(await ask(table, sql), 200).body.value
}

/** One value of each row. */
async function values(table: MadeTable, sql: string, name: string): Promise<readonly unknown[]> {
  return (await rows(table, sql)).map((row) => row[name])
}

test('columns, under their names or under aliases', async () => {
  const [row] = await rows(teams, "SELECT new_code, new_budget FROM new_SQLTeam WHERE new_code = 'ALPHA'")
  assert.deepEqual(Object.keys(row ?? {}).toSorted(), ['@odata.etag', 'new_budget', 'new_code', teams.id].toSorted())
  assert.equal(row?.new_budget, 50000)
  const sql = "SELECT t.new_code AS team_code FROM new_SQLTeam AS t WHERE t.new_active = 1 AND t.new_code = 'ALPHA'"
  const answer = expectStatus(await ask(teams, sql, { Prefer: 'odata.include-annotations="*"' }), 200)
  const [aliased] = answer.body.value
  assert.deepEqual([aliased.team_code, aliased['team_code@OData.Community.Display.V1.AttributeName']], ['ALPHA', 'new_code'])
})

test('conditions', async () => {
  const codes = async (where: string) => (await values(teams, `SELECT new_code FROM new_sqlteam WHERE ${where} ORDER BY new_code`, 'new_code')).join(' ')
  assert.equal(await codes('new_budget > 40000'), 'ALPHA BRAVO DELTA ECHO')
  assert.equal(await codes("new_code IN ('ALPHA', 'DELTA')"), 'ALPHA DELTA')
  assert.equal(await codes("new_code NOT IN ('ALPHA')"), 'BRAVO CHARLIE DELTA ECHO')
  assert.equal(await codes("new_code = 'ALPHA' OR new_code = 'DELTA'"), 'ALPHA DELTA')
  assert.equal(await codes('new_active = 1 AND (new_budget > 80000 OR new_budget < 45000)'), 'DELTA ECHO')
  assert.equal(await codes('NOT (new_active = 1)'), 'CHARLIE')
  assert.equal(await codes('new_budget BETWEEN 42000 AND 75000'), 'ALPHA BRAVO ECHO')
  assert.equal(await codes("new_code LIKE '_L%'"), 'ALPHA')
  assert.equal(await codes('createdon >= DATEADD(day, -1, GETUTCDATE())'), 'ALPHA BRAVO CHARLIE DELTA ECHO')
  assert.equal(await codes('createdon > DATEADD(hour, 1, GETUTCDATE())'), '')
  assert.deepEqual(await values(tasks, "SELECT new_title FROM new_sqltask WHERE new_title NOT LIKE '%e%'", 'new_title'), [])
  assert.equal((await rows(tasks, 'SELECT new_title FROM new_sqltask WHERE new_priority IS NOT NULL')).length, 6)
})

test('what is null neither equals nor differs', async () => {
  assert.equal((await rows(tasks, 'SELECT new_title FROM new_sqltask WHERE new_priority <> 3')).length, 4)
  assert.equal((await rows(tasks, 'SELECT new_title FROM new_sqltask WHERE NOT new_priority = 3')).length, 4)
  assert.equal((await rows(tasks, 'SELECT new_title FROM new_sqltask WHERE new_priority NOT IN (1, 2)')).length, 2)
})

test('TOP, DISTINCT and ORDER BY', async () => {
  assert.deepEqual(await values(teams, 'SELECT TOP 3 new_code, new_budget FROM new_sqlteam ORDER BY new_budget DESC', 'new_code'), ['DELTA', 'BRAVO', 'ALPHA'])
  assert.deepEqual((await values(teams, 'SELECT DISTINCT new_region FROM new_sqlteam', 'new_region')).toSorted(), [1, 2, 3, 4])
  assert.equal((await rows(teams, 'SELECT DISTINCT TOP 2 new_region FROM new_sqlteam')).length, 2)
})

test('OFFSET and FETCH lead to one page, without a link to the next', async () => {
  const titles: unknown[] = []
  for (const offset of [0, 3, 6, 9]) {
    const answer = expectStatus(await ask(tasks, `SELECT new_title FROM new_sqltask ORDER BY new_hours OFFSET ${offset} ROWS FETCH NEXT 3 ROWS ONLY`), 200)
    assert.equal(answer.body['@odata.nextLink'], undefined)
    titles.push(answer.body.value.map((row: Row) => row.new_title))
  }
  const sorted = TASKS.toSorted((a, b) => a[1] - b[1]).map(([title]) => title)
  assert.deepEqual(titles, [sorted.slice(0, 3), sorted.slice(3, 6), sorted.slice(6), []])
})

test('aggregates and groups', async () => {
  const sql = 'SELECT COUNT(*) as cnt, SUM(new_budget) as total, AVG(new_budget) as avg_b, MIN(new_budget) as min_b, MAX(new_budget) as max_b FROM new_sqlteam'
  const [all] = await rows(teams, sql)
  assert.deepEqual([all?.cnt, all?.total, all?.avg_b, all?.min_b, all?.max_b], [5, 287000, 57400, 30000, 90000])
  const groups = await rows(
    teams,
    'SELECT new_region, COUNT(*) as n, SUM(new_budget) as total FROM new_sqlteam GROUP BY new_region ORDER BY n DESC, new_region',
  )
  assert.deepEqual(
    groups.map((row) => [row.new_region, row.n, row.total]),
    [
      [1, 2, 92000],
      [2, 1, 75000],
      [3, 1, 30000],
      [4, 1, 90000],
    ],
  )
})

test('joins: the lookup by its logical name, columns of both tables under their own names', async () => {
  const sql = `SELECT t.new_code, tk.new_title, tk.new_hours FROM new_sqltask tk JOIN new_sqlteam t ON tk.new_teamid = t.${teams.id} ORDER BY t.new_code, tk.new_title`
  const joined = await rows(tasks, sql)
  assert.deepEqual(
    joined.map((row) => [row.new_code, row.new_title]),
    [
      ['ALPHA', 'Design mockups'],
      ['ALPHA', 'Write unit tests'],
      ['BRAVO', 'Code review'],
      ['BRAVO', 'Deploy to staging'],
      ['CHARLIE', 'Update docs'],
      ['DELTA', 'Performance tuning'],
    ],
  )
  const left = await rows(
    teams,
    `SELECT t.new_code, tk.new_title FROM new_sqlteam t LEFT JOIN new_sqltask tk ON t.${teams.id} = tk.new_teamid AND tk.new_hours > 4`,
  )
  assert.equal(left.length, 6)
  assert.equal(left.filter((row) => row.new_title === undefined || row.new_title === null).length, 2)
  const grouped = await rows(
    teams,
    `SELECT t.new_code, COUNT(tk.${tasks.id}) as n, SUM(tk.new_hours) as hours FROM new_sqlteam t JOIN new_sqltask tk ON t.${teams.id} = tk.new_teamid GROUP BY t.new_code`,
  )
  assert.deepEqual(new Map(grouped.map((row) => [row.new_code, [row.n, row.hours]])).get('ALPHA'), [2, 20])
  const owners = `SELECT TOP 1 tk.new_title, su.fullname AS owner, bu.name AS unit FROM new_sqltask tk JOIN systemuser su ON tk.ownerid = su.systemuserid JOIN businessunit bu ON su.businessunitid = bu.businessunitid`
  const [owned] = await rows(tasks, owners)
  assert.ok(owned?.owner && owned?.unit, JSON.stringify(owned))
})

test('a table is joined to itself', async () => {
  const sql = `SELECT a.new_code, b.new_code AS other FROM new_sqlteam a JOIN new_sqlteam b ON a.new_region = b.new_region WHERE a.new_code < b.new_code`
  assert.deepEqual(
    (await rows(teams, sql)).map((row) => [row.new_code, row.other]),
    [['ALPHA', 'ECHO']],
  )
})

test('a column that is called as the key beside it is answered under its table', async () => {
  const sql = `SELECT a.new_code, b.${teams.id} FROM new_sqlteam a JOIN new_sqlteam b ON a.new_region = b.new_region WHERE a.new_code = 'ALPHA' AND b.new_code = 'ECHO'`
  const [row] = await rows(teams, sql)
  const [echo] = await values(teams, "SELECT new_code FROM new_sqlteam WHERE new_code = 'ECHO'", teams.id)
  assert.deepEqual([row?.new_code, row?.[`b.${teams.id}`]], ['ALPHA', echo])
})

test('further pages are reached by the next link, which keeps the query', async () => {
  const codes: unknown[] = []
  let answer = expectStatus(await ask(teams, 'SELECT new_code FROM new_sqlteam ORDER BY new_code DESC', { Prefer: 'odata.maxpagesize=2' }), 200)
  for (;;) {
    assert.ok(answer.body.value.length <= 2)
    for (const row of answer.body.value) codes.push(row.new_code)
    const link = answer.body['@odata.nextLink']
    if (link === undefined) break
    assert.match(link, /[?&]sql=SELECT%20new_code/)
    answer = expectStatus(await api.get(link, { Prefer: 'odata.maxpagesize=2' }), 200)
  }
  assert.deepEqual(codes, ['ECHO', 'DELTA', 'CHARLIE', 'BRAVO', 'ALPHA'])
})

test('comments are passed over, as in the samples that tell what not to send', async () => {
  const sql =
    "-- SELECT * FROM new_sqlteam (not supported)\n\n-- Select only needed columns\nSELECT new_code /* all */ FROM new_sqlteam WHERE new_code = 'ALPHA' --"
  assert.deepEqual(
    expectStatus(await ask(teams, sql), 200).body.value.map((row: { new_code: string }) => row.new_code),
    ['ALPHA'],
  )
})

test('what is not supported is refused in words that say so', async () => {
  const refused: Readonly<Record<string, RegExp>> = {
    'SELECT * FROM new_sqlteam': /SELECT \* is not supported/,
    'SELECT new_code FROM new_sqlteam UNION SELECT new_title FROM new_sqltask': /UNION is not supported/,
    'SELECT new_code FROM new_sqlteam WHERE LEN(new_code) > 3': /The function LEN is not supported/,
    'SELECT a.new_code FROM new_sqlteam a CROSS JOIN new_sqltask': /CROSS JOIN is not supported/,
    'DELETE FROM new_sqlteam': /read-only/,
  }
  for (const [sql, message] of Object.entries(refused)) expectRefusal(await ask(teams, sql), 400, '0x80060888', message)
  expectRefusal(await ask(teams, 'SELECT new_code FROM'), 400, '0x8006088a', /Incorrect syntax near the end at position 20/)
  expectRefusal(await ask(teams, 'SELECT new_nothing FROM new_sqlteam'), 400, '0x80041103', /new_nothing/)
  expectRefusal(await ask(teams, 'SELECT new_title FROM new_sqltask'), 400, '0x80041128')
  expectRefusal(await ask(teams, ''), 400, '0x8006088a')
  const both = await api.get(`${teams.set}?sql=${encodeURIComponent('SELECT new_code FROM new_sqlteam')}&$select=new_code`)
  expectRefusal(both, 400, '0x8006088a', /\$select/)
})

test("a client's text is text, whatever it looks like", async () => {
  for (const text of ["'; DROP TABLE new_sqlteam; --", '" OR 1=1', "\\'", '?1', ':a', '%_[']) {
    assert.deepEqual(await rows(teams, `SELECT new_code FROM new_sqlteam WHERE new_code = '${text.replaceAll("'", "''")}'`), [], text)
  }
  assert.equal((await rows(teams, 'SELECT new_code FROM new_sqlteam')).length, 5)
})
