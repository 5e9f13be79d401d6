import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registrationOf } from './register.ts'

const STEP = { message: 'Update', table: 'account', stage: 'PreOperation', run: () => {} }
const refuses = (given: object, why: RegExp) => assert.throws(() => registrationOf({ ...STEP, ...given }, 'a.mjs#0'), why)

test('a registration has defaults', () => {
  const { name, mode, rank, preImages, filteringColumns } = registrationOf({ ...STEP, preImage: true, filteringColumns: ['name'] }, 'a.mjs#0')
  assert.deepEqual([name, mode, rank, preImages, filteringColumns], ['a.mjs#0', 'sync', 1, [{ alias: 'preImage', columns: undefined }], ['name']])
})

test('what makes no sense is refused', () => {
  refuses({ message: 'Retrieve' }, /message must be one of/)
  refuses({ stage: 'MainOperation' }, /stage must be one of/)
  refuses({ mode: 'later' }, /mode must be/)
  refuses({ mode: 'async' }, /PostOperation/)
  refuses({ rank: 1.5 }, /rank/)
  refuses({ table: undefined }, /table must be/)
  refuses({ run: 'x' }, /run must be a function/)
  refuses({ message: 'Create', filteringColumns: ['name'] }, /only updates/)
  refuses({ message: 'Create', preImage: ['name'] }, /no row before Create/)
  refuses({ message: 'Delete', postImage: ['name'], stage: 'PostOperation' }, /no row after Delete/)
  refuses({ postImage: ['name'] }, /PostOperation alone/)
  refuses({ filteringColumns: 'name' }, /list of columns/)
  refuses({ filteringAttributes: 'name' }, /does not know 'filteringAttributes'/)
  refuses({ table: 'serviceendpoint' }, /no events/)
})

test('steps on links may be of every table', () => {
  assert.equal(registrationOf({ ...STEP, message: 'Associate', table: undefined, stage: 'PostOperation' }, 'a').table, undefined)
})
