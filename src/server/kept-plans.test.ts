import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planRead } from '../plan/plan-read.ts'
import { testContext, testSchema } from '../plan/test-schema.ts'
import { parsePrecondition } from '../protocol/precondition.ts'
import { parsePrefer } from '../protocol/prefer.ts'
import { parseQueryOptions } from '../protocol/query-options.ts'
import { parseResourcePath } from '../protocol/resource-path.ts'
import { Schema } from '../schema/schema.ts'
import { keptPlan } from './kept-plans.ts'

/** Plans with the request's own words, and counts how often it had to. */
function asking(query: string, path = 'accounts', headers = {}) {
  const options = parseQueryOptions(query)
  let planned = 0
  const ask = (context = testContext(), more: { readonly path?: string; readonly headers?: { readonly prefer?: string } } = {}) =>
    keptPlan({ path, headers, options, ...more }, context, (planning) => {
      planned++
      const preferences = parsePrefer(more.headers?.prefer)
      return planRead({ segments: parseResourcePath(more.path ?? path), options, preferences, precondition: parsePrecondition(undefined, undefined) }, planning)
    })
  return { ask, planned: () => planned }
}

test('the same words of the same caller are planned once', () => {
  const { ask, planned } = asking("$select=name&$filter=name eq 'A'")
  const context = testContext()
  assert.equal(ask(context), ask(context))
  assert.equal(planned(), 1)
})

test('another caller, schema, path or preference is another plan', () => {
  const { ask, planned } = asking('$top=3')
  const context = testContext()
  ask(context)
  ask({ ...context, caller: { ...context.caller } })
  ask({
    ...context,
    schema: Schema.of(2, { ...testSchema, tables: testSchema.tables.values(), relationships: testSchema.relationships.values(), choices: [] }),
  })
  ask(context, { path: 'contacts' })
  ask(context, { headers: { prefer: 'odata.include-annotations="*"' } })
  assert.equal(planned(), 5)
})

test('what tells the time is planned anew each time, and with the time it is then', () => {
  const { ask, planned } = asking('$filter=Microsoft.Dynamics.CRM.LastXHours(PropertyName=@p,PropertyValue=2)&@p=%27createdon%27')
  const [noon, evening] = ['2024-05-20T12:00:00Z', '2024-05-20T18:00:00Z'].map((now) => ask(testContext(testSchema, { now })))
  assert.notDeepEqual(noon, evening)
  assert.equal(planned(), 2)
})
