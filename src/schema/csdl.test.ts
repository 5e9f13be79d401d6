import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Column } from './column.ts'
import { csdl } from './csdl.ts'
import { METADATA_SETS, METADATA_TYPES } from './csdl-metadata.ts'
import { type EntityDeclaration, entries } from './csdl-notation.ts'
import { everything, hidden, withTable } from './csdl-sample.ts'
import { standard, table } from './edit-sample.ts'
import {
  ATTRIBUTE_TYPE,
  ENTITY_TYPE,
  KEY_TYPE,
  MANAGED_PROPERTY_TYPE,
  type MetadataType,
  OPTION_SET_TYPE,
  RELATIONSHIP_TYPE,
} from './metadata/metadata-types.ts'
import type { OneToMany } from './relationship.ts'
import { Schema } from './schema.ts'
import { serviceDocument } from './service-document.ts'
import { escapeXml } from './xml.ts'

const plain = csdl(everything, { annotations: false })
const annotated = csdl(everything, { annotations: true })

/** The text of one element, found by its name. */
function part(xml: string, tag: string, name: string): string {
  const found = new RegExp(`<${tag} Name="${name}"(?:[^>]*/>|[\\s\\S]*?</${tag}>)`).exec(xml)?.[0]
  assert.ok(found, `no ${tag} ${name}`)
  return found
}

const property = (table: string, name: string, xml = plain): string => part(part(xml, 'EntityType', table), 'Property', name)
const navigation = (table: string, name: string, xml = plain): string => part(part(xml, 'EntityType', table), 'NavigationProperty', name)

test('the document is one schema with the alias mscrm, under the prefix edmx', () => {
  assert.ok(
    plain.startsWith(
      '<?xml version="1.0" encoding="utf-8"?>\n<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">\n<edmx:Reference ',
    ),
  )
  assert.match(plain, /<edmx:DataServices>\n<Schema Namespace="Microsoft\.Dynamics\.CRM" Alias="mscrm" xmlns="http:\/\/docs\.oasis-open\.org\/odata\/ns\/edm">/)
  assert.match(plain, /<EntityContainer Name="System">/)
  assert.match(plain, /<EntityType Name="expando" BaseType="mscrm\.crmbaseentity" OpenType="true"\/>/)
})

test('a table is an entity type with its columns as properties', () => {
  assert.match(
    part(plain, 'EntityType', 'new_widget'),
    /^<EntityType Name="new_widget" BaseType="mscrm\.crmbaseentity">\n<Key>\n<PropertyRef Name="new_widgetid"\/>\n<\/Key>\n/,
  )
  const types = {
    new_widgetid: 'Edm.Guid',
    new_code: 'Edm.String',
    new_notes: 'Edm.String',
    new_count: 'Edm.Int32',
    new_rate: 'Edm.Decimal',
    new_weight: 'Edm.Double',
  }
  const more = {
    new_price: 'Edm.Decimal',
    new_flag: 'Edm.Boolean',
    new_size: 'Edm.Int32',
    new_color: 'Edm.Int32',
    new_tags: 'Edm.String',
    statecode: 'Edm.Int32',
  }
  const rest = {
    new_when: 'Edm.DateTimeOffset',
    new_wall: 'Edm.DateTimeOffset',
    new_day: 'Edm.Date',
    versionnumber: 'Edm.Int64',
    _new_accountid_value: 'Edm.Guid',
  }
  for (const [name, type] of Object.entries({ ...types, ...more, ...rest, owneridtype: 'Edm.String' })) {
    assert.ok(property('new_widget', name).includes(` Type="${type}"`), `${name}: ${property('new_widget', name)}`)
  }
  assert.equal(property('new_widget', 'new_code'), '<Property Name="new_code" Type="Edm.String" Unicode="false"/>')
  assert.equal(property('new_widget', 'new_rate'), '<Property Name="new_rate" Type="Edm.Decimal" Scale="Variable"/>')
  assert.equal(property('new_widget', 'new_widgetid'), '<Property Name="new_widgetid" Type="Edm.Guid" Nullable="false"/>')
})

test('a lookup is a read-only value and a navigation property, not a property of its own name', () => {
  assert.doesNotMatch(plain, /<Property Name="new_accountid"/i)
  assert.equal(
    navigation('new_widget', 'new_AccountId'),
    '<NavigationProperty Name="new_AccountId" Type="mscrm.account" Partner="new_account_new_widget_new_AccountId">\n' +
      '<ReferentialConstraint Property="_new_accountid_value" ReferencedProperty="accountid"/>\n</NavigationProperty>',
  )
  assert.equal(
    navigation('account', 'new_account_new_widget_new_AccountId'),
    '<NavigationProperty Name="new_account_new_widget_new_AccountId" Type="Collection(mscrm.new_widget)" Partner="new_AccountId"/>',
  )
})

test('a polymorphic lookup has one navigation property for each target, all tied to one value', () => {
  for (const target of ['account', 'contact']) {
    assert.match(
      navigation('new_widget', `new_CustomerId_${target}`),
      new RegExp(`Type="mscrm\\.${target}"[\\s\\S]*Property="_new_customerid_value" ReferencedProperty="${target}id"`),
    )
  }
  assert.match(navigation('new_widget', 'new_AboutId_task'), /Property="_new_aboutid_value" ReferencedProperty="activityid"/)
  assert.equal(plain.split('<Property Name="_new_customerid_value"').length, 2)
})

test('users and teams are principals, whose key is theirs', () => {
  assert.match(part(plain, 'EntityType', 'principal'), /Abstract="true">\n<Key>\n<PropertyRef Name="ownerid"\/>/)
  for (const name of ['systemuser', 'team']) {
    const type = part(plain, 'EntityType', name)
    assert.ok(type.startsWith(`<EntityType Name="${name}" BaseType="mscrm.principal">`) && !type.includes('<Key>') && !type.includes('Name="ownerid"'), name)
  }
  assert.match(
    navigation('new_widget', 'ownerid'),
    /Type="mscrm\.principal">\n<ReferentialConstraint Property="_ownerid_value" ReferencedProperty="ownerid"\/>/,
  )
})

test('an activity inherits from activitypointer and declares only what is its own', () => {
  for (const name of ['task', 'new_call']) {
    const type = part(plain, 'EntityType', name)
    assert.ok(
      type.startsWith(`<EntityType Name="${name}" BaseType="mscrm.activitypointer">`) && !type.includes('<Key>') && !type.includes('Name="subject"'),
      name,
    )
  }
  assert.match(part(plain, 'EntityType', 'activitypointer'), /Name="subject"/)
})

test('an activity that disagrees with activitypointer about a column stands by itself', () => {
  const call = table(everything, 'new_call')
  const subject = call.columns.get('subject')
  assert.ok(subject)
  const columns = new Map<string, Column>([...call.columns, ['subject', { ...subject, type: 'bigint' }]])
  const xml = csdl(withTable(everything, { ...call, columns }), { annotations: false })
  assert.match(part(xml, 'EntityType', 'new_call'), /^<EntityType Name="new_call" BaseType="mscrm\.crmbaseentity">\n<Key>\n<PropertyRef Name="activityid"\/>/)
  const shy = csdl(withTable(everything, hidden(call, 'description')), { annotations: false })
  assert.match(part(shy, 'EntityType', 'new_call'), /^<EntityType Name="new_call" BaseType="mscrm\.crmbaseentity"/)
})

test('an intersect table shows plain guids, and no bulk writes', () => {
  const type = part(plain, 'EntityType', 'systemuserroles')
  assert.deepEqual(
    [...type.matchAll(/<Property Name="(\w+)" Type="([\w.]+)"/g)].map((match) => `${match[1]} ${match[2]}`),
    ['systemuserroleid Edm.Guid', 'systemuserid Edm.Guid', 'roleid Edm.Guid', 'versionnumber Edm.Int64'],
  )
  assert.ok(!plain.includes('Collection(mscrm.systemuserroles)'))
})

test('what may not be read is not there, nor what is tied to it', () => {
  assert.ok(!plain.includes('new_secret'))
  const xml = csdl(withTable(everything, hidden(table(everything), 'new_accountid')), { annotations: false })
  assert.ok(!xml.includes('_new_accountid_value'), 'also not in its alternate key')
  assert.ok(!navigation('new_widget', 'new_AccountId', xml).includes('ReferentialConstraint'))
})

test('only active alternate keys are announced, a lookup under the name it has in a key', () => {
  const aliases = [...part(plain, 'EntityType', 'new_widget').matchAll(/Property="Alias" String="(\w+)"/g)].map((match) => match[1])
  assert.deepEqual(aliases, ['new_code', '_new_accountid_value', 'new_count'])
})

test('where a relationship was given a column’s name, the column keeps it and nobody is a partner', () => {
  const one = everything.relationships.get('new_account_new_widget_new_AccountId')
  assert.ok(one?.kind === 'one-to-many')
  const clash: OneToMany = { ...one, referencingNavigation: 'new_code' }
  const relationships = [...everything.relationships.values()].map((other) => (other === one ? clash : other))
  const schema = Schema.of(1, { tables: everything.tables.values(), relationships, choices: everything.choices.values() })
  const xml = csdl(schema, { annotations: false })
  assert.ok(!part(xml, 'EntityType', 'new_widget').includes('NavigationProperty Name="new_code"'))
  assert.ok(!navigation('account', one.referencedNavigation, xml).includes('Partner'))
  assert.ok(!part(xml, 'EntitySet', 'new_widgets').includes('Path="new_code"'))
})

test('every set is bound to the sets its navigation properties lead to', () => {
  const set = part(plain, 'EntitySet', 'new_widgets')
  assert.ok(set.startsWith('<EntitySet Name="new_widgets" EntityType="Microsoft.Dynamics.CRM.new_widget">'))
  assert.match(set, /<NavigationPropertyBinding Path="new_AccountId" Target="accounts"\/>/)
  assert.ok(!set.includes('Path="ownerid"'))
  assert.deepEqual(
    Object.keys(METADATA_SETS).map((name) => part(plain, 'EntitySet', name).includes('TopSupported" Bool="false"')),
    [true, true, true, true],
  )
})

test('bulk writes are overloads for each table that takes them', () => {
  const bound = (name: string) =>
    [...plain.matchAll(new RegExp(`<Action Name="${name}" IsBound="true">\\n<Parameter Name="entityset" Type="Collection\\(mscrm\\.(\\w+)\\)"`, 'g'))].map(
      (match) => match[1],
    )
  assert.ok(
    bound('CreateMultiple').includes('new_widget') && !bound('CreateMultiple').includes('organization') && !bound('UpdateMultiple').includes('activitypointer'),
  )
  assert.ok(bound('UpdateMultiple').includes('organization'))
  assert.deepEqual(bound('UpsertMultiple'), bound('CreateMultiple'))
})

test('every operation that is not bound has its import', () => {
  const operations = [...plain.matchAll(/<(?:Function|Action) Name="(\w+)"(?! IsBound)/g)].map((match) => match[1])
  const imports = [...plain.matchAll(/<(?:Function|Action)Import Name="(\w+)" (?:Function|Action)="Microsoft\.Dynamics\.CRM\.(\w+)"\/>/g)]
  assert.ok(operations.includes('WhoAmI') && operations.includes('PublishXml'))
  assert.deepEqual(imports.map((match) => match[1]).sort(), operations.sort())
  assert.ok(imports.every((match) => match[1] === match[2]))
})

test('descriptions, computed columns and change tracking are annotated on request alone', () => {
  for (const term of ['Core.V1.Description', 'Core.V1.Computed', 'Core.V1.Permissions', 'Capabilities.V1.ChangeTracking'])
    assert.ok(!plain.includes(`Term="Org.OData.${term}"`), term)
  assert.match(
    property('new_widget', 'versionnumber', annotated),
    /Computed" Bool="true"[\s\S]*<EnumMember>Org\.OData\.Core\.V1\.PermissionType\/Read<\/EnumMember>/,
  )
  assert.match(
    property('new_widget', '_new_accountid_value', annotated),
    /Description" String="new_AccountId"\/>\n<Annotation Term="Org\.OData\.Core\.V1\.Computed" Bool="true"/,
  )
  assert.ok(!property('new_widget', 'new_code', annotated).includes('Computed'))
  assert.match(
    part(annotated, 'EntitySet', 'new_widgets'),
    /Capabilities\.V1\.ChangeTracking">\n<Record [^>]*>\n<PropertyValue Property="Supported" Bool="true"\/>/,
  )
  assert.ok(!part(annotated, 'EntitySet', 'new_rules').includes('ChangeTracking'))
})

test('labels are escaped', () => {
  assert.match(annotated, /String="&#34;Things&#34; &#60;made&#62; &#38; sold&#10;by us"/)
  assert.equal(escapeXml('a\u0000b\ud800c\ufffe 😀 ü'), 'a\ufffdb\ufffdc\ufffd 😀 ü')
  assert.equal(escapeXml('\t\r\n'), '&#9;&#13;&#10;')
})

test('definitions are declared with the members that the metadata endpoints know', () => {
  const declared = new Map(METADATA_TYPES.flatMap((type) => (type.kind === 'entity' ? [[type.name, type] as const] : [])))
  const membersOf = (type: EntityDeclaration | undefined): string[] => {
    if (!type) return []
    const own = [...entries(type.properties), ...entries(type.parts), ...entries(type.links)].map(([, name]) => name)
    return [...membersOf(type.base === undefined ? undefined : declared.get(type.base)), ...own]
  }
  const known = (type: MetadataType) => [...type.properties, ...type.navigations.keys()]
  for (const root of [ENTITY_TYPE, KEY_TYPE, ATTRIBUTE_TYPE, RELATIONSHIP_TYPE, OPTION_SET_TYPE, MANAGED_PROPERTY_TYPE]) {
    for (const type of [root, ...root.derived.values()]) assert.deepEqual(membersOf(declared.get(type.name)).sort(), known(type).sort(), type.name)
  }
})

test('the same schema gives the same document, within 200 ms', () => {
  const start = performance.now()
  assert.equal(csdl(everything, { annotations: true }), annotated)
  assert.ok(performance.now() - start < 200)
})

test('the service document lists every entity set of the container, and nothing else', () => {
  const { value, ...rest } = JSON.parse(serviceDocument(everything, 'https://host/api/data/v9.1'))
  assert.deepEqual(rest, { '@odata.context': 'https://host/api/data/v9.1/$metadata' })
  const names = [...plain.matchAll(/<EntitySet Name="(\w+)"/g)].map((match) => match[1])
  assert.deepEqual(
    value,
    names.sort().map((name) => ({ name, kind: 'EntitySet', url: name })),
  )
  assert.ok(
    serviceDocument(standard, '').startsWith(
      '{"@odata.context":"/$metadata","value":[{"name":"EntityDefinitions","kind":"EntitySet","url":"EntityDefinitions"}',
    ),
  )
})
