/** The one exit: what is thrown goes out as status, code and text; a bug's own words stay inside. Covers the entries no request provokes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERRORS } from '../protocol/error-catalogue.ts'
import { type DataverseError, fail, type Refusal } from '../protocol/errors.ts'
import { isBug, respondError } from './respond-error.ts'

const REQUEST_ID = '8a6f7cf8-6c04-4e0a-9d6f-3f9d3f0f7f0d'

// Its type wants each entry's own arguments; here they stand for any.
const failAny = fail as unknown as (name: string, ...args: readonly unknown[]) => DataverseError

const answerTo = (thrown: unknown, annotations?: string) => {
  const { status, headers, body } = respondError(thrown, REQUEST_ID, annotations)
  return { status, headers, error: JSON.parse(String(body)).error }
}

test('every entry of the catalogue goes out as JSON with its status, code and text', () => {
  const entries: readonly (readonly [string, Refusal])[] = Object.entries(ERRORS)
  for (const [name, { status, code, text }] of entries) {
    const refusal = failAny(name, ...Array.from({ length: text.length }, () => ['x']))
    const answer = answerTo(refusal)
    assert.deepEqual([answer.status, answer.error], [status, { code, message: String(refusal.message) }], name)
    assert.equal(answer.headers['Content-Type'], 'application/json; odata.metadata=minimal', name)
    assert.equal(answer.headers['OData-Version'], '4.0', name)
  }
})

test('a bug is answered with the request id alone', () => {
  const bug = new TypeError("Cannot read properties of undefined (reading 'secret')")
  assert.deepEqual(answerTo(bug), {
    status: 500,
    headers: { 'OData-Version': '4.0', 'Content-Type': 'application/json; odata.metadata=minimal' },
    error: { code: '0x80040216', message: `An unexpected error occurred. Request id: ${REQUEST_ID}.` },
  })
  assert.equal(isBug(bug), true)
  for (const thrown of [undefined, 'text', { status: 404, code: '0x0', message: 'x' }]) assert.equal(answerTo(thrown).status, 500)
})

test('a refusal is no bug, whatever caused it', () => {
  assert.equal(isBug(fail('QueryTimedOut')), false)
  assert.deepEqual(answerTo(fail('QueryTimedOut')).error, { code: '0x80044151', message: 'SQL timeout expired.' })
})

test('who is told to come back is told when', () => {
  const { status, headers, error } = answerTo(fail('Unavailable', 'The server is stopping.'))
  assert.deepEqual([status, headers['Retry-After'], error.code], [503, '1', '0x8004a001'])
  assert.match(error.message, /The server is stopping\.$/)
  assert.equal('Retry-After' in answerTo(fail('QueryTimedOut')).headers, false)
})

test('a method that is not allowed comes with those that are', () => {
  assert.equal(answerTo(fail('MethodNotAllowed', 'DELETE', 'GET, POST')).headers.Allow, 'GET, POST')
  assert.ok(answerTo(fail('CannotDeleteReferenced', 'account', 'contact')).headers.Allow)
  assert.equal('Allow' in answerTo(fail('InvalidArgument', 'x')).headers, false)
})

test('details are added inside of the error, and only those that were asked for', () => {
  const refusal = fail('RowNotFound', 'account', 'x')
  assert.deepEqual(Object.keys(answerTo(refusal).error), ['code', 'message'])
  assert.deepEqual(answerTo(refusal, '*').error, {
    code: '0x80040217',
    message: 'account With Id = x Does Not Exist',
    '@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus': '0',
    '@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode': '0',
    '@Microsoft.PowerApps.CDS.HelpLink': 'http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a80040217&client=platform',
    '@Microsoft.PowerApps.CDS.TraceText': '',
    '@Microsoft.PowerApps.CDS.InnerError.Message': 'account With Id = x Does Not Exist',
  })
  const some = answerTo(refusal, 'OData.Community.Display.V1.FormattedValue,Microsoft.PowerApps.CDS.ErrorDetails*').error
  assert.deepEqual(Object.keys(some).slice(2), ['@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus', '@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode'])
})
