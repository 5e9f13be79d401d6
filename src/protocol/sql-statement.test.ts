import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readsOrRefuses, rubbishOf, staysWithin } from './arbitraries.test.ts'
import { parseSqlSelect } from './sql-select.ts'

const parse = (sql: string) => parseSqlSelect(sql, '2024-03-31T10:00:00Z')

test('what is not supported is refused in words that say so', () => {
  const refused: Readonly<Record<string, RegExp>> = {
    'SELECT * FROM account': /SELECT \* is not supported/,
    'SELECT TOP 10 * FROM account': /SELECT \* is not supported/,
    'SELECT a.* FROM account a': /SELECT \* is not supported/,
    'SELECT 1 FROM account': /literal in SELECT/,
    'SELECT a + b FROM account': /Expressions are not supported/,
    'SELECT CASE WHEN a = 1 THEN b END FROM account': /CASE is not supported/,
    'SELECT UPPER(name) FROM account': /The function UPPER is not supported/,
    'SELECT SUM(DISTINCT a) FROM account': /SUM\(DISTINCT …\) is not supported/,
    'SELECT TOP 5 PERCENT a FROM account': /PERCENT/,
    'SELECT a FROM account, contact': /cross join/,
    'SELECT a FROM (SELECT b FROM contact) x': /Subqueries are not supported/,
    'SELECT (SELECT b FROM contact) FROM account': /Subqueries are not supported/,
    'SELECT a FROM account CROSS JOIN contact': /CROSS JOIN is not supported/,
    'SELECT a FROM account RIGHT OUTER JOIN contact ON a.x = c.y': /RIGHT JOIN is not supported/,
    'SELECT a FROM account FULL JOIN contact ON a.x = c.y': /FULL OUTER JOIN is not supported/,
    'SELECT a FROM account WITH (NOLOCK)': /WITH .* is not supported/,
    'WITH c AS (SELECT a FROM account) SELECT a FROM c': /WITH .* is not supported/,
    'SELECT a FROM account UNION ALL SELECT b FROM contact': /UNION is not supported/,
    'SELECT a FROM account GROUP BY a HAVING COUNT(*) > 1': /HAVING is not supported/,
    'SELECT a FROM account WHERE a IN (SELECT b FROM contact)': /Subqueries are not supported/,
    'SELECT a FROM account WHERE NOT EXISTS (SELECT 1 FROM contact)': /EXISTS is not supported/,
    'SELECT a FROM account WHERE LEN(a) > 5': /The function LEN is not supported/,
    'SELECT a FROM account WHERE a = b + 1': /Expressions are not supported/,
    'SELECT a FROM account WHERE 1 = 1': /literal with a literal/,
    'SELECT a FROM account WHERE a = NULL': /IS NULL/,
    'SELECT a FROM account WHERE NULL = a': /IS NULL/,
    'SELECT a FROM account ORDER BY LEN(a)': /The function LEN is not supported/,
    'SELECT a FROM account ORDER BY 1': /position/,
    'SELECT a FROM account LIMIT 5': /LIMIT is not supported/,
    'SELECT a FROM account; SELECT b FROM contact': /More than one statement/,
    'SELECT DISTINCT COUNT(*) FROM account': /DISTINCT together with aggregates/,
    'DELETE FROM account': /read-only/,
    "/**/ UPDATE account SET a = 'b'": /read-only/,
    'SELECT a FROM account -- all\n; SELECT b FROM contact': /More than one statement/,
    "INSERT INTO account (name) VALUES ('x')": /read-only/,
    'EXEC sp_who': /read-only/,
  }
  for (const [sql, message] of Object.entries(refused)) assert.throws(() => parse(sql), { name: 'UnsupportedClause', code: '0x80060888', message }, sql)
})

test('comments count as blanks', () => {
  const plain = parse("SELECT a, b FROM account WHERE a = '-- /* no comment' AND b <> -1")
  for (const sql of [
    "-- SELECT *\r\n-- FROM account\n\nSELECT a, b FROM account WHERE a = '-- /* no comment' AND b <> -1 -- the end",
    "/* SELECT * */SELECT/**/a,/* nested /* twice */ ' */b FROM account--\nWHERE a = '-- /* no comment' AND b <> -1 /***/",
  ])
    assert.deepEqual(parse(sql), plain, sql)
  assert.deepEqual(parse('SELECT COUNT /* all */ (*) n FROM account'), parse('SELECT COUNT(*) n FROM account'))
  for (const sql of ['SELECT a FROM account /* b', '/* /* */ SELECT a FROM account', '--']) assert.throws(() => parse(sql), { code: '0x8006088a' }, sql)
})

test('what is no SQL is refused with its place', () => {
  const bad = [
    '',
    'SELECT',
    'SELECT FROM account',
    'SELECT a',
    'SELECT a FROM',
    'SELECT a, FROM b',
    'SELECT a FROM b WHERE',
    'SELECT a FROM b WHERE a',
    'SELECT a FROM b WHERE a =',
  ]
  const more = [
    "SELECT a FROM b WHERE a = 'x",
    'SELECT [a FROM b',
    'SELECT a FROM b WHERE a IN ()',
    'SELECT a FROM b WHERE (a = 1',
    'SELECT a FROM b GROUP a',
    'SELECT a AS FROM b',
  ]
  const rest = [
    'SELECT a FROM b JOIN c',
    'SELECT a FROM b WHERE a BETWEEN 1',
    'SELECT a FROM b WHERE a NOT = 1',
    'SELECT a FROM b ORDER BY',
    'SELECT TOP x a FROM b',
    'SELECT a FROM b §',
    'SELECT [] FROM b',
  ]
  for (const sql of [
    ...bad,
    ...more,
    ...rest,
    'SELECT a FROM b OFFSET 5 ROWS',
    'SELECT x.a FROM b',
    'SELECT a FROM b WHERE a ! 1',
    'SELECT a.b.c FROM a',
    'SELECT a AS [@odata.etag] FROM b',
    "SELECT a AS '' FROM b",
  ]) {
    assert.throws(() => parse(sql), { name: 'BadRequest', status: 400 }, sql)
  }
  assert.throws(() => parse('SELECT a FROM b WHERE a 5'), { message: "Incorrect syntax near '5' at position 24 in 'SELECT a FROM b WHERE a 5'." })
})

test('depth and lists of columns are bounded, lists of one operator are flat', () => {
  const sql = (condition: string) => `SELECT a FROM b WHERE ${condition}`
  assert.throws(() => parse(sql(`${'('.repeat(50_000)}a = 1`)), { name: 'BadRequest', message: /nested more than 100/ })
  assert.throws(() => parse(sql(`${'NOT '.repeat(10_000)}a = 1`)), { message: /nested more than 100/ })
  assert.throws(() => parse(sql(`a > ${'DATEADD(day, 1, '.repeat(5_000)}`)), { message: /nested more than 100/ })
  for (const list of [`SELECT ${'a,'.repeat(2000)}a FROM b`, `SELECT a FROM b GROUP BY ${'a,'.repeat(64)}a`, `SELECT a FROM b ORDER BY ${'a,'.repeat(64)}a`]) {
    assert.throws(() => parse(list), { name: 'BadRequest', message: /names more than/ })
  }
  const [filter] = parse(sql(Array.from({ length: 1000 }, (_, index) => `a = ${index}`).join(' OR '))).entity.filters
  assert.equal(filter?.conditions.length, 1000)
})

test('time is linear in the length of the text', () => {
  const texts = {
    conditions: (size: number) => `SELECT a FROM b WHERE ${"a = 'x' AND ".repeat(size)} a = 1`,
    values: (size: number) => `SELECT a FROM b WHERE a IN (${'1,'.repeat(size)}1)`,
    quotes: (size: number) => `SELECT a FROM b WHERE a = '${"''".repeat(size)}'`,
    blanks: (size: number) => `SELECT a${' '.repeat(size)}FROM b${' '.repeat(size)}`,
    aggregates: (size: number) => `SELECT ${'COUNT(*),'.repeat(size / 20)}COUNT(*) FROM b`,
    brackets: (size: number) => `SELECT ${'['.repeat(size)} FROM b`,
  }
  for (const [name, text] of Object.entries(texts)) {
    const [small, large] = [text(4_000), text(32_000)]
    const read = (sql: string) => () => {
      try {
        parse(sql)
      } catch {
        // How long a refusal takes counts as well.
      }
    }
    read(small)()
    assert.ok(staysWithin(40, 0.5, read(small), read(large)), name)
  }
})

test('rubbish is refused', () => {
  const pieces =
    'SELECT|DISTINCT|TOP|5|a|b|a.b|,|FROM|t|AS|JOIN|LEFT|ON|=|<>|WHERE|NOT|IN|(|)|LIKE|BETWEEN|AND|OR|IS|NULL|GROUP BY|ORDER BY|DESC|COUNT(*)|SUM(|DATEADD(|GETDATE()|;|[|]'
  readsOrRefuses(
    rubbishOf(...pieces.split('|').map((piece) => `${piece} `), "'x' ", '"').map((text) => `SELECT a FROM b ${text}`),
    parse,
  )
  readsOrRefuses(rubbishOf(...pieces.split('|').map((piece) => `${piece} `), "'", '"'), parse)
})
