/** A filter of FetchXML finds the rows that the same filter finds when OData says it: both become one tree, and one SQL. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Guid } from '../../src/base/guid.ts'
import { planRead } from '../../src/plan/plan-read.ts'
import { testContext } from '../../src/plan/test-schema.ts'
import type { Value } from '../../src/plan/value.ts'
import { parsePrecondition } from '../../src/protocol/precondition.ts'
import { parsePrefer } from '../../src/protocol/prefer.ts'
import { parseQueryOptions } from '../../src/protocol/query-options.ts'
import { escapeXml } from '../../src/protocol/xml-text.ts'
import { openReads, outcomeOf, parseRows, readSchema, type TestReads } from '../../src/store/test-reads.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerFetchFilterContract(engine: TestEngine): void {
  describe('filters of FetchXML', () => {
    type Row = Readonly<Record<string, Value>>
    /** One filter in both languages. */
    type Said = { readonly fetch: string; readonly odata: string }

    const texts = fc.constantFrom('a', 'A', 'ab', 'é', 'ß', "O'Neil", '<b> & "c"', '🙂', 'a%b', 'x_y', '[b]', ' ')
    const VALUES: Readonly<Record<string, fc.Arbitrary<Value>>> = {
      name: texts,
      line: fc.integer({ min: -2, max: 3 }),
      creditonhold: fc.boolean(),
      revenue: fc.bigInt({ min: -3n, max: 3n }).map((units) => units * 5000n),
      size: fc.constantFrom(1, 9),
      modifiedon: fc.constantFrom('2024-05-01T10:00:00Z', '2024-05-01T09:59:59Z'),
    }
    const NAMES = Object.keys(VALUES)
    const rows = fc.array(fc.record(Object.fromEntries(NAMES.map((name) => [name, fc.option(VALUES[name] as fc.Arbitrary<Value>, { freq: 3 })]))), {
      minLength: 1,
      maxLength: 8,
    })

    /** What the value is written as; money is stored times 10,000. */
    const plain = (value: Value) => (typeof value === 'bigint' ? String(Number(value) / 10_000) : String(value))
    const quoted = (value: Value) => (typeof value === 'string' && !value.endsWith('Z') ? `'${value.replaceAll("'", "''")}'` : plain(value))
    const condition = (name: string, operator: string, values: readonly Value[]) =>
      values.length === 1
        ? `<condition attribute="${name}" operator="${operator}" value="${escapeXml(plain(values[0] ?? null))}"/>`
        : `<condition attribute="${name}" operator="${operator}">${values.map((value) => `<value>${escapeXml(plain(value))}</value>`).join('')}</condition>`

    const compared = fc.constantFrom(...NAMES).chain((name) =>
      fc.tuple(fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), VALUES[name] as fc.Arbitrary<Value>).map(([op, value]): Said => {
        const operator = name === 'creditonhold' && op !== 'eq' ? 'ne' : op
        return { fetch: condition(name, operator, [value]), odata: `${name} ${operator} ${quoted(value)}` }
      }),
    )
    const missing = fc.tuple(fc.constantFrom(...NAMES), fc.boolean()).map(
      ([name, isNull]): Said => ({
        fetch: `<condition attribute="${name}" operator="${isNull ? 'null' : 'not-null'}"/>`,
        odata: `${name} ${isNull ? 'eq' : 'ne'} null`,
      }),
    )
    const listed = fc.constantFrom('name', 'line', 'size').chain((name) =>
      fc.tuple(fc.array(VALUES[name] as fc.Arbitrary<Value>, { minLength: 2, maxLength: 3 }), fc.boolean()).map(([values, isNot]): Said => {
        const list = `${name} in (${values.map(quoted).join(',')})`
        return { fetch: condition(name, isNot ? 'not-in' : 'in', values), odata: isNot ? `not (${list})` : list }
      }),
    )
    const MATCHES = { 'begins-with': 'startswith', 'ends-with': 'endswith' } as const
    const matched = fc.tuple(fc.constantFrom('begins-with', 'ends-with'), texts, fc.boolean()).map(([operator, text, isNot]): Said => {
      const call = `${MATCHES[operator]}(name,${quoted(text)})`
      return { fetch: condition('name', isNot ? `not-${operator.replace('s-', '-')}` : operator, [text]), odata: isNot ? `not ${call}` : call }
    })
    const columns = fc
      .constantFrom('gt', 'ge', 'lt', 'le')
      .map((op): Said => ({ fetch: `<condition attribute="line" operator="${op}" valueof="size"/>`, odata: `line ${op} size` }))
    const { said } = fc.letrec<{ said: Said }>((tie) => ({
      said: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'said' },
        compared,
        missing,
        listed,
        matched,
        columns,
        fc.tuple(fc.constantFrom('and', 'or'), fc.array(tie('said'), { minLength: 1, maxLength: 3 })).map(
          ([op, terms]): Said => ({
            fetch: `<filter type="${op}">${terms.map(({ fetch }) => fetch).join('')}</filter>`,
            odata: `(${terms.map(({ odata }) => odata).join(` ${op} `)})`,
          }),
        ),
      ),
    }))

    async function found(store: TestReads, query: string): Promise<readonly Guid[]> {
      const read = {
        segments: [{ name: 'accounts' }],
        options: parseQueryOptions(query),
        preferences: parsePrefer(undefined),
        precondition: parsePrecondition(undefined, undefined),
      }
      const plan = planRead(read, testContext(readSchema))
      assert.ok(plan.kind === 'read-rows' || plan.kind === 'read-results')
      return parseRows(outcomeOf(await store.read(plan), plan.kind === 'read-rows' ? 'rows' : 'results').json).map((row) => row.accountid)
    }

    test('a filter of FetchXML finds what the same filter of OData does', async () => {
      await fc.assert(
        fc.asyncProperty(rows, fc.array(said, { minLength: 1, maxLength: 10 }), async (values, filters) => {
          const store = await openReads(engine)
          await store.dropKeyIndexes()
          for (const row of values) await store.insert('account', row as Row)
          for (const { fetch, odata } of filters) {
            const xml = `<fetch><entity name="account"><attribute name="name"/><filter>${fetch}</filter></entity></fetch>`
            const expected = await found(store, `$select=name&$filter=${encodeURIComponent(odata)}`)
            assert.deepEqual(await found(store, `fetchXml=${encodeURIComponent(xml)}`), expected, `${odata}\n${fetch}`)
          }
        }),
        { numRuns: engine.name === 'sqlite' ? 60 : 20 },
      )
    })
  })
}
