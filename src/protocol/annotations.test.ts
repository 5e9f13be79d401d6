import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesAnnotation } from './annotations.ts'
import { FORMATTED_VALUE, LOOKUP_LOGICAL_NAME } from './names.ts'

test('without a list no annotation is asked for, with a star all are', () => {
  assert.equal(matchesAnnotation(undefined, FORMATTED_VALUE), false)
  assert.equal(matchesAnnotation('', FORMATTED_VALUE), false)
  assert.equal(matchesAnnotation('*', FORMATTED_VALUE), true)
})

test('a name asks for itself, a prefix for all that begin with it', () => {
  assert.equal(matchesAnnotation(`x, ${FORMATTED_VALUE}`, FORMATTED_VALUE), true)
  assert.equal(matchesAnnotation('Microsoft.Dynamics.CRM.*', LOOKUP_LOGICAL_NAME), true)
  assert.equal(matchesAnnotation('Microsoft.Dynamics.CRM.*', FORMATTED_VALUE), false)
})

test('the most specific entry decides, whatever the order', () => {
  for (const list of ['*,-Microsoft.Dynamics.CRM.*', '-Microsoft.Dynamics.CRM.*,*']) {
    assert.equal(matchesAnnotation(list, LOOKUP_LOGICAL_NAME), false)
    assert.equal(matchesAnnotation(list, FORMATTED_VALUE), true)
  }
  assert.equal(matchesAnnotation(`-*,${LOOKUP_LOGICAL_NAME}`, LOOKUP_LOGICAL_NAME), true)
  assert.equal(matchesAnnotation(`*,-*`, LOOKUP_LOGICAL_NAME), false)
  assert.equal(matchesAnnotation(`-*,*`, LOOKUP_LOGICAL_NAME), false)
})
