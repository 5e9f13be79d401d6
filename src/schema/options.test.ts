import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Label } from './label.ts'
import { deleteOption, insertOption, numberOptions, orderOptions, updateOption } from './options.ts'

const options = [
  { value: 1, label: Label.of('One') },
  { value: 2, label: { 1033: 'Two', 1031: 'Zwei' } },
]
const values = (some: readonly { value: number }[]) => some.map((one) => one.value)

test('options without a value are numbered from 100,000,000 on', () => {
  assert.deepEqual(values(numberOptions([{ label: {} }, { label: {} }])), [100000000, 100000001])
})

test('numbering goes on after the largest value given', () => {
  assert.deepEqual(values(numberOptions([{ label: {} }, { label: {}, value: 727000000 }, { label: {} }])), [727000001, 727000000, 727000002])
})

test('a value given twice, or out of 32 bits, is refused', () => {
  assert.throws(
    () =>
      numberOptions([
        { label: {}, value: 1 },
        { label: {}, value: 1 },
      ]),
    { name: 'InvalidMetadata' },
  )
  assert.throws(() => numberOptions([{ label: {}, value: 2147483648 }]), { name: 'InvalidMetadata' })
})

test('a new option is put last and gets the next value', () => {
  const inserted = insertOption(options, { label: Label.of('New') })
  assert.deepEqual([values(inserted.options), inserted.value], [[1, 2, 100000000], 100000000])
  assert.throws(() => insertOption(options, { label: {}, value: 2 }), { name: 'InvalidMetadata' })
})

test('an option’s labels are merged or replaced', () => {
  const change = { kind: 'update', value: 2, label: { 1033: 'Second' } } as const
  assert.deepEqual(updateOption(options, { ...change, mergeLabels: true })[1]?.label, { 1033: 'Second', 1031: 'Zwei' })
  assert.deepEqual(updateOption(options, { ...change, mergeLabels: false })[1]?.label, { 1033: 'Second' })
  assert.throws(() => updateOption(options, { ...change, value: 3, mergeLabels: true }), { name: 'MetadataNotFound' })
})

test('an option is deleted by its value', () => {
  assert.deepEqual(values(deleteOption(options, 1)), [2])
  assert.throws(() => deleteOption(options, 3), { name: 'MetadataNotFound' })
})

test('an order names every option once', () => {
  assert.deepEqual(values(orderOptions(options, [2, 1])), [2, 1])
  assert.throws(() => orderOptions(options, [2]), { name: 'InvalidMetadata' })
  assert.throws(() => orderOptions(options, [2, 2]), { name: 'InvalidMetadata' })
})

test('a hundred thousand options are numbered in linear time', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => ({ label: {}, value: index }))
  const started = performance.now()
  assert.equal(numberOptions([...many, { label: {} }]).at(-1)?.value, 100000000)
  assert.equal(insertOption(numberOptions(many), { label: {} }).value, 100000000)
  assert.ok(performance.now() - started < 1000)
  assert.throws(() => numberOptions([...many, { label: {}, value: 7 }]), { name: 'InvalidMetadata' })
})
