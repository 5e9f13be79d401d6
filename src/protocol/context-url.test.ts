import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Guid } from '../base/guid.ts'
import { contextOf, contextOfDeletedRow, contextOfProperty, contextOfType } from './context-url.ts'
import { parseQueryOptions } from './query-options.ts'

const contextFor = (query: string, suffix?: '/$entity' | '/$delta') => {
  const { selectText, expand } = parseQueryOptions(query)
  return contextOf('accounts', selectText, expand, suffix)
}

test('the context repeats what was selected and expanded', () => {
  assert.equal(contextFor(''), '#accounts')
  assert.equal(contextFor('$select=b,a'), '#accounts(b,a)')
  assert.equal(contextFor('$select=a', '/$entity'), '#accounts(a)/$entity')
  assert.equal(contextFor('$select=name', '/$delta'), '#accounts(name)/$delta')
  assert.equal(
    contextFor('$select=a&$expand=primarycontactid($select=fullname),Account_Tasks($select=subject)'),
    '#accounts(a,primarycontactid(fullname),Account_Tasks(subject))',
  )
  assert.equal(contextFor('$expand=primarycontactid'), '#accounts(primarycontactid())')
  assert.equal(contextFor('$expand=a($select=x;$expand=b($select=y,z))'), '#accounts(a(x,b(y,z)))')
  assert.equal(contextFor('$expand=primarycontactid/$ref'), '#accounts(primarycontactid,primarycontactid/$ref())')
})

test('other answers have contexts of their own', () => {
  assert.equal(contextOfDeletedRow('accounts'), '#accounts/$deletedEntity')
  assert.equal(contextOfProperty('accounts', Guid.empty, 'name'), '#accounts(00000000-0000-0000-0000-000000000000)/name')
  assert.equal(contextOfType('WhoAmIResponse'), '#Microsoft.Dynamics.CRM.WhoAmIResponse')
  assert.equal(contextOf("EntityDefinitions('account')/Attributes", 'LogicalName'), "#EntityDefinitions('account')/Attributes(LogicalName)")
})
