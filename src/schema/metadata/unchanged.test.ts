import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exactInteger, type MetadataObject } from './metadata-object.ts'
import { refuseOtherChanges } from './unchanged.ts'

const current: MetadataObject = {
  SchemaName: 'new_Widget',
  EntityColor: null,
  IsCustomizable: { Value: true, CanBeChanged: true, ManagedPropertyLogicalName: 'iscustomizable' },
  Targets: ['account', 'contact'],
  MaxValue: exactInteger('9223372036854775807'),
  ModifiedOn: '2026-01-01T00:00:00Z',
}
const check = (body: object, changeable: readonly string[] = []) => refuseOtherChanges(body as never, current, new Set(changeable))

test('what is equal, missing, null, empty for null or of the server alone is no change', () => {
  check({ SchemaName: 'new_Widget', EntityColor: '', Targets: ['contact', 'account'], ModifiedOn: '2020-01-01T00:00:00Z', Nonsense: 5, '@odata.type': 'x' })
  check({ SchemaName: null, IsCustomizable: { '@odata.type': 'x', Value: true, CanBeChanged: false }, MaxValue: { exact: '9223372036854775807' } })
})

test('any other change is refused by its name, unless the caller reads it', () => {
  for (const change of [{ SchemaName: 'x' }, { EntityColor: '#fff' }, { IsCustomizable: { Value: false } }, { Targets: ['account'] }]) {
    const [member = ''] = Object.keys(change)
    assert.throws(() => check(change), { name: 'InvalidMetadata', message: `The member '${member}' cannot be changed.` })
    check(change, [member])
  }
})
