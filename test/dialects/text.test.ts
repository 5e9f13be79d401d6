/** Texts are equal, in order and found alike on both engines, for all of Unicode, and whatever the PostgreSQL database's own collation is. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { fold } from '../../src/base/fold.ts'
import { testColumn } from '../../src/plan/test-schema.ts'
import { postgresDialect } from '../../src/store/postgres/dialect.ts'
import { foldFunctions, type ServerText } from '../../src/store/postgres/functions/fold.ts'
import { normalizeFunction } from '../../src/store/postgres/functions/normalize.ts'
import { sql, verbatim } from '../../src/store/sql/sql.ts'
import { parsePattern } from '../../src/store/sql/text-pattern.ts'
import { sample, STRING } from '../support/any-values.ts'
import { type BothEngines, openBothEngines, together } from '../support/both-engines.ts'
import { findPostgres, nameDatabase, runOn } from '../support/postgres/test-database.ts'

let engines: BothEngines
before(async () => {
  engines = await openBothEngines()
})
after(() => engines.close())

const column = testColumn('c', STRING)

/** What the database folds, each as this process does. */
async function assertFolded(texts: readonly string[], name = 'tidemark_fold'): Promise<void> {
  const all = JSON.stringify(texts)
  const rows = await engines.postgres.all(
    sql`select ${verbatim(name)}(text) as folded from jsonb_array_elements_text(cast(${all} as jsonb)) with ordinality as r (text, i) order by i`,
  )
  texts.forEach((text, index) => {
    const folded = rows[index]?.folded
    if (folded !== fold(text)) assert.fail(`${codes(text)} is folded to ${codes(String(folded))}, not to ${codes(fold(text))}`)
  })
}

function codes(text: string): string {
  return [...text].map((char) => `U+${char.codePointAt(0)?.toString(16)}`).join(' ')
}

const points = Array.from({ length: 0x10ffff }, (_, index) => index + 1).filter((point) => point < 0xd800 || point > 0xdfff)
const characters = points.map((point) => String.fromCodePoint(point))

function inParts<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}

test('every character alone', async () => {
  for (const part of inParts(characters, 50_000)) await assertFolded(part)
})

test('every character between others', async () => {
  // Long texts of neighbours: what a character is folded to does not hang on those.
  for (const around of ['a', 'Σ', 'É', 'e\u0301', '\u0130', '\u1e9e']) {
    const texts = inParts(characters.slice(0, 0x20000), 40).map((part) => `${around}${part.join(around)}${around}`)
    await assertFolded(texts)
  }
})

/** One of many. */
function any<T>(all: readonly T[]): fc.Arbitrary<T> {
  return fc.nat(all.length - 1).map((index) => all[index] as T)
}

const cased = characters.filter((char) => char.toLowerCase() !== char || char.toUpperCase() !== char)
const composed = characters.filter((char) => char.normalize('NFD') !== char && !/\p{Script=Hangul}/u.test(char))
const marks = characters.filter((char) => /\p{M}/u.test(char))

const anyUnicode = fc.string({
  unit: fc.oneof(
    any(cased),
    any(composed).map((char) => char.normalize('NFD')),
    any(composed),
    any(marks),
    fc.constantFrom('Σ', 'σ', 'ς', 'a', ' ', '.', '\u0130', 'I', '\u0307', '\u0345', '\u1100', '\u1161', '\u11a8', '\uac00'),
    any(characters),
  ),
  minLength: 1,
  maxLength: 12,
})

test('any text of what has a case, is composed, or is a mark', async () => {
  await assertFolded(sample(anyUnicode, 40_000))
})

/** The functions as for another server, beside the real ones. */
async function installBeside(text: ServerText): Promise<string> {
  await engines.postgres.execute((normalizeFunction() + foldFunctions(text)).replace(/tidemark_(fold|nfc)/g, 'pg_temp.other_$1'))
  return 'pg_temp.other_fold'
}

const anyCased = fc.string({ unit: any([...cased, 'e\u0301', '\u0130', '\u03a3']), minLength: 1, maxLength: 12 })

test('a server without a collation folds by the table alone', async () => {
  const name = await installBeside({ collation: undefined, lower: [], oddInNfc: new Set() })
  await assertFolded(cased, name)
  await assertFolded(sample(anyCased, 3000), name)
})

test('a server whose letters are none of ours folds by the table alone', async () => {
  const name = await installBeside({ collation: 'C', lower: [...cased].map((char) => [char, 'x']), oddInNfc: new Set() })
  await assertFolded(sample(anyCased, 3000), name)
})

test('NFC is that of this process', async () => {
  const name = await installBeside({ collation: undefined, lower: [], oddInNfc: new Set(characters.filter((char) => char > '\x7f')) })
  await assertFolded([...composed, ...composed.map((char) => char.normalize('NFD'))], name)
  await assertFolded(sample(anyUnicode, 1000), name)
  const jamo = fc.string({
    unit: fc.constantFrom('\u1100', '\u1112', '\u1161', '\u1175', '\u11a7', '\u11a8', '\u11c2', '\uac00', '\uac01', '\ud7a3', '\u0301'),
    minLength: 1,
  })
  await assertFolded(sample(jamo, 1000), name)
})

const word = fc.string({ unit: fc.constantFrom('a', 'B', 'É', 'e\u0301', 'ß', '\ud7ff', '\ue000', '\uffff', '🙂', '_', 'Σ'), minLength: 1, maxLength: 4 })

test('folded texts are in the order of their bytes', async () => {
  await engines.same(
    column,
    [null, ...sample(word, 2000)],
    (_, stored) => stored,
    (dialect, stored) => sql`order by ${dialect.fold(stored)}${dialect.nulls(false)}, i`,
  )
})

test('the first and the last of texts', async () => {
  for (let run = 0; run < 40; run++) {
    const values = [null, ...sample(word, 1 + (run % 7))]
    for (const what of ['min', 'max'] as const) {
      await engines.same(column, values, (dialect, stored) => dialect.extremeText(what, stored), together)
      await engines.same(column, [null], (dialect, stored) => dialect.extremeText(what, stored), together)
    }
  }
})

const letters = [
  'a',
  'b',
  'c',
  'f',
  'z',
  '-',
  '^',
  ']',
  '[',
  '\\',
  '*',
  '?',
  '.',
  '(',
  ')',
  '{',
  '}',
  '|',
  '$',
  '+',
  '%',
  '_',
  '/',
  "'",
  '"',
  '\n',
  'é',
  '🙂',
  'd',
  'w',
  'A',
  '0',
]
const text = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 5 })
const piece = fc.oneof(
  fc.constantFrom(
    '%',
    '_',
    '[a-f]',
    '[^a-f]',
    '[z-a]',
    '[a-]',
    '[-a]',
    '[^]',
    '[a-c-f]',
    '[--/]',
    '[^^a]',
    '[\\]',
    '[a^]',
    '[é-🙂]',
    '[*?]',
    '[a-a]',
    '[\\d]',
    '[[:alpha:]',
    '[[=a=]',
    '[.a.]',
  ),
  fc.constantFrom(...letters),
)
const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''))

test('patterns find the same texts', async () => {
  const values = [null, ...sample(text, 300), ...letters]
  for (const like of ['***:a%', '***=a', ...sample(pattern, 400)]) {
    const parts = parsePattern(like)
    // What such a set is compared with is never found: see text-match.ts.
    if (parts.some((part) => part.kind === 'set' && part.members === '' && !part.negated)) continue
    await engines.same(column, values, (dialect, stored) => sql`case when ${dialect.matches(stored, dialect.patternOf(parts))} then ${like} else '' end`)
  }
})

test('the longest pattern is no error', async () => {
  for (const like of [`${'_'.repeat(39_900)}[a-c]`, `${'%[^a]'.repeat(6600)}`, `${'a'.repeat(39_900)}[a-c]`]) {
    const pattern = postgresDialect.patternOf(parsePattern(like))
    assert.ok(pattern.length <= postgresDialect.maxPatternBytes)
    const row = await engines.postgres.get(sql`select count(*) as count from (values ('abc')) as r (v) where ${postgresDialect.matches(sql`r.v`, pattern)}`)
    assert.equal(row?.count, 0)
  }
})

test('one of many ids', async () => {
  const ids = ['a', 'b"', '\\', '{}', 'é', ',', 'null', ' ']
  const isOneOf = (given: readonly string[]) =>
    engines.same(column, [null, 'c', ...ids], (dialect, stored) => sql`case when ${dialect.isOneOf(stored, given)} then 'yes' else 'no' end`)
  for (const given of [[], ['a'], ids, [...ids, ...Array.from({ length: 3000 }, (_, index) => `id ${index}`)]]) await isOneOf(given)
})

test('labels of choices', async () => {
  const labels = JSON.stringify({ 1: 'Swimming', 9: '\\"É\\" \\u0000', 10: '' })
  const values = [null, '1', '1,9', '7,9,10', '10,1']
  await engines.same(testColumn('c', { type: 'choices', options: [] }), values, (dialect, stored) => dialect.choiceLabels(stored, labels))
})

test("nothing of it hangs on the database's own collation", async () => {
  const name = `tidemark_test_icu_${process.pid}`
  const server = await findPostgres()
  const offered = await runOn(server, `select 1 from pg_collation where collname = 'und-x-icu' and current_setting('server_version_num')::int >= 150000`)
  if (offered.rowCount === 0) return
  await runOn(server, `create database ${name} template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US' locale 'C'`)
  const url = nameDatabase(server, name)
  const drop = () => runOn(server, `drop database ${name} with (force)`).then(() => undefined)
  const other = await openBothEngines({ url, name, drop })
  try {
    const values = [null, ...sample(word, 500), ...sample(text, 200)]
    for (const what of ['min', 'max'] as const) await other.same(column, values, (dialect, stored) => dialect.extremeText(what, stored), together)
    await other.same(column, values, (dialect, stored) => dialect.fold(stored))
    await other.same(
      column,
      values,
      (_, stored) => stored,
      (dialect, stored) => sql`order by ${dialect.fold(stored)}${dialect.nulls(false)}, i`,
    )
    for (const like of sample(pattern, 50)) {
      const parts = parsePattern(like)
      if (parts.some((part) => part.kind === 'set' && part.members === '')) continue
      await other.same(
        column,
        values,
        (dialect, stored) => sql`case when ${dialect.matches(dialect.fold(stored), dialect.patternOf(parts))} then 'y' else 'n' end`,
      )
    }
  } finally {
    await other.close()
  }
})
