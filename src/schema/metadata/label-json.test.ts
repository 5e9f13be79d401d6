import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepLanguages, labelJson, NO_LABEL, parseLabel } from './label-json.ts'

const owner = { metadataId: '70816501-edb9-4740-a16c-6a5efbc05d84', isCustom: true }

test('a label is written in all its languages, and once more in the base language', () => {
  const json = labelJson({ 1031: 'Konto', 1033: 'Account' }, owner, 'DisplayName') as {
    LocalizedLabels: { Label: string; MetadataId: string }[]
    UserLocalizedLabel: object
  }
  assert.deepEqual(
    json.LocalizedLabels.map((one) => one.Label),
    ['Konto', 'Account'],
  )
  assert.equal(json.UserLocalizedLabel, json.LocalizedLabels[1])
  assert.match(json.LocalizedLabels[0]?.MetadataId ?? '', /^[0-9a-f]{8}-edb9-4740-a16c-6a5efbc05d84$/)
  assert.notEqual(json.LocalizedLabels[0]?.MetadataId, json.LocalizedLabels[1]?.MetadataId)
})

test('an empty label has no texts and no text for the user', () => {
  assert.deepEqual(labelJson(undefined, owner, 'Description'), { LocalizedLabels: [], UserLocalizedLabel: null })
  assert.equal(labelJson({}, owner, 'Description'), NO_LABEL)
})

test('what is written is read as the same label', () => {
  const label = { 1031: 'Konto', 1033: 'Account' }
  assert.deepEqual(parseLabel(labelJson(label, owner, 'DisplayName') as never, 'DisplayName'), label)
  assert.deepEqual(parseLabel(NO_LABEL as never, 'DisplayName'), {})
})

test('a label is read with and without the text for the user, or from that alone', () => {
  const text = { '@odata.type': 'Microsoft.Dynamics.CRM.LocalizedLabel', Label: 'Bank', LanguageCode: 1033 }
  assert.deepEqual(parseLabel({ LocalizedLabels: [text] }, 'DisplayName'), { 1033: 'Bank' })
  assert.deepEqual(parseLabel({ UserLocalizedLabel: text }, 'DisplayName'), { 1033: 'Bank' })
  assert.deepEqual(parseLabel({ LocalizedLabels: [], UserLocalizedLabel: { LanguageCode: 0, IsManaged: false } }, 'Description'), {})
  assert.equal(parseLabel(null, 'Description'), undefined)
  assert.equal(parseLabel(undefined, 'Description'), undefined)
})

test('what is no label is refused by the name of its member', () => {
  for (const wrong of [
    'Bank',
    5,
    [],
    { LocalizedLabels: 'x' },
    { LocalizedLabels: [{ Label: 5, LanguageCode: 1033 }] },
    { LocalizedLabels: [{ Label: 'x', LanguageCode: 'en' }] },
  ]) {
    assert.throws(() => parseLabel(wrong as never, 'DisplayName'), { name: 'InvalidMetadata', message: /'DisplayName'/ })
  }
})

test('other languages are taken out of a definition however deep they stand, and nothing else changes', () => {
  const label = labelJson({ 1031: 'Konto', 1033: 'Account' }, owner, 'DisplayName')
  const kept = keepLanguages({ Options: [{ Value: 1, Label: label }], Name: 'x', Color: null }, new Set([1031])) as never as {
    Options: [{ Label: { LocalizedLabels: { Label: string }[] } }]
  }
  assert.deepEqual(
    kept.Options[0].Label.LocalizedLabels.map((one) => one.Label),
    ['Konto'],
  )
  assert.deepEqual(keepLanguages(label, new Set([1036])), NO_LABEL)
})
