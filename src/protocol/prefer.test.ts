import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText, readsOrRefuses, record, rubbishOf } from './arbitraries.test.ts'
import { formatPreferenceApplied, parsePrefer, type Preferences } from './prefer.ts'

const none: Preferences = parsePrefer(undefined)

test('without the header nothing is preferred', () => {
  assert.deepEqual(none, {
    returns: undefined,
    includeAnnotations: undefined,
    maxPageSize: undefined,
    trackChanges: false,
    continueOnError: false,
    deleteMultiple: false,
  })
  assert.deepEqual(parsePrefer(''), none)
})

test('a comma inside quotes does not end a preference', () => {
  const header = 'odata.maxpagesize=3,odata.include-annotations="Microsoft.Dynamics.CRM.*,OData.Community.Display.V1.FormattedValue", return=representation'
  assert.deepEqual(parsePrefer(header), {
    ...none,
    maxPageSize: 3,
    includeAnnotations: 'Microsoft.Dynamics.CRM.*,OData.Community.Display.V1.FormattedValue',
    returns: 'representation',
  })
})

test('the list of annotations needs no quotes', () => {
  assert.equal(parsePrefer('odata.include-annotations=*').includeAnnotations, '*')
})

test('what change tracking clients send is read in one header', () => {
  assert.deepEqual(parsePrefer('odata.track-changes,odata.maxpagesize=500'), { ...none, trackChanges: true, maxPageSize: 500 })
})

test('names are of any case, parameters and unknown ones are passed over', () => {
  assert.deepEqual(parsePrefer('Return=minimal; foo="a,b", respond-async, wait=10, tidemark.delete-multiple'), {
    ...none,
    returns: 'minimal',
    deleteMultiple: true,
  })
  assert.deepEqual(parsePrefer('odata.continue-on-error=false, odata.track-changes=true'), { ...none, trackChanges: true })
})

test('of two the first counts', () => {
  assert.equal(parsePrefer('return=minimal, return=representation').returns, 'minimal')
  assert.equal(parsePrefer('odata.maxpagesize=7, odata.maxpagesize=9').maxPageSize, 7)
})

test('a page size is at most 5000, and junk is none', () => {
  assert.equal(parsePrefer('odata.maxpagesize=5001').maxPageSize, 5000)
  assert.equal(parsePrefer(`odata.maxpagesize=${'9'.repeat(400)}`).maxPageSize, 5000)
  assert.equal(parsePrefer('odata.maxpagesize="50"').maxPageSize, 50)
  for (const junk of ['0', '-1', '', 'x', '1.5', '1e3']) assert.equal(parsePrefer(`odata.maxpagesize=${junk}`).maxPageSize, undefined, junk)
})

test('what was applied is said in one line, annotations in quotes', () => {
  assert.equal(formatPreferenceApplied({}), undefined)
  assert.equal(formatPreferenceApplied(none), undefined)
  assert.equal(formatPreferenceApplied({ returns: 'representation' }), 'return=representation')
  assert.equal(
    formatPreferenceApplied({ trackChanges: true, maxPageSize: 5, includeAnnotations: '*' }),
    'odata.track-changes,odata.maxpagesize=5,odata.include-annotations="*"',
  )
})

test('preferences written are read back as the same', () => {
  const any: fc.Arbitrary<Preferences> = record({
    returns: fc.constantFrom('representation' as const, 'minimal' as const, undefined),
    includeAnnotations: fc.option(
      anyText.map((text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, '')),
      { nil: undefined },
    ),
    maxPageSize: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
    trackChanges: fc.boolean(),
    continueOnError: fc.boolean(),
    deleteMultiple: fc.boolean(),
  })
  fc.assert(fc.property(any, (preferences) => assert.deepEqual(parsePrefer(formatPreferenceApplied(preferences)), preferences)))
})

test('rubbish is no reason to refuse', () => {
  readsOrRefuses(rubbishOf('return', '=', '"', '\\', ',', ';', 'odata.include-annotations', 'odata.maxpagesize', '5', ' '), parsePrefer)
})
