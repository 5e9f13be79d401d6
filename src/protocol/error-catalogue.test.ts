/** The catalogue as data: nothing twice, nothing malformed, and the published table is the one that the catalogue makes. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ERROR_DOCS, errorDocs, signedCode, textWithPlaceholders } from '../cli/write-error-docs.ts'
import { ERRORS } from './error-catalogue.ts'
import { fail, type Refusal } from './errors.ts'

const entries: readonly (readonly [string, Refusal])[] = Object.entries(ERRORS)

function twice(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index)
}

test('every name stands in the catalogue once', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) => file === 'error-catalogue.ts' || file.endsWith('-refusals.ts'))
  const source = files.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('')
  // An object keeps the last of two equal names without a word, so the text is asked.
  const written = [...source.matchAll(/^ {2}([A-Z]\w+): (?:refusal\(|\{)/gm)].map((match) => match[1] ?? '')
  assert.deepEqual(twice(written), [])
  assert.deepEqual(written.sort(), entries.map(([name]) => name).sort())
})

test('no two entries answer with the same code and the same text', () => {
  const answers = entries.map(([, { code, text }]) => `${code} ${textWithPlaceholders(text).replace(/\{\w+\}/g, '{}')}`)
  assert.deepEqual(twice(answers), [])
})

test('every code is a lower-case hexadecimal HRESULT, or zero', () => {
  for (const [name, { code }] of entries) assert.match(code, /^0x(0|80[0-9a-f]{6})$/, name)
})

test('every status is one that the original answers a refusal with, or one that HTTP has for a message it cannot take', () => {
  const statuses = new Set([400, 401, 403, 404, 405, 410, 412, 413, 414, 415, 429, 431, 500, 501, 503])
  for (const [name, { status }] of entries) assert.ok(statuses.has(status), `${name}: ${status}`)
})

test('a 405 says what is allowed, and nothing else does', () => {
  for (const [name, { status, allow }] of entries) assert.equal(allow !== undefined, status === 405, name)
})

test('every entry says where it was read', () => {
  for (const [name, { source }] of entries) assert.match(source, /^(learn\.microsoft\.com\/[\w/-]+|docs\/[\w-]+\.md)$/, name)
})

test('every argument of an entry is in its text', () => {
  for (const [name, { text }] of entries) {
    const shown = textWithPlaceholders(text)
    assert.equal(new Set(shown.match(/\{\w+\}/g)).size, text.length, `${name}: ${shown}`)
  }
})

test('a refusal carries the words of its entry', () => {
  const error = fail('DuplicateKey', 'Number Key', ['new_number', 'new_line'])
  assert.deepEqual([error.name, error.status, error.code], ['DuplicateKey', 412, '0x80060892'])
  assert.match(error.message, /^Entity Key Number Key violated\. A record with the same value for new_number, new_line already exists\./)
  assert.equal(signedCode(error.code), -2147088238)
  assert.equal(signedCode('0x0'), 0)
})

test('docs/errors.md is up to date', () => {
  assert.equal(readFileSync(ERROR_DOCS, 'utf8'), errorDocs(), 'run: npm run docs:errors')
})
