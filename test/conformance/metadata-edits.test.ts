/** Editing definitions (webapi.md 9.2) and following their changes (9.3). Whatever is made is used at once: the next request sees it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { type Body, column, label, makeCustomerLookup, makeKey, makeLookup, makeManyToMany, makeTable, tableBody } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

const CRM = 'Microsoft.Dynamics.CRM'
// biome-ignore lint/suspicious/noExplicitAny: definitions of every shape
type Json = any

const tableUrl = (name: string) => `EntityDefinitions(LogicalName='${name}')`
const columnUrl = (table: string, name: string) => `${tableUrl(table)}/Attributes(LogicalName='${name}')`
const read = async (path: string): Promise<Json> => expectStatus(await api.get(path), 200).body
const labelOf = (json: Json, member = 'DisplayName') => json[member].UserLocalizedLabel?.Label

/** The definition with some members changed, put back whole, as clients do. */
async function change(url: string, members: Body, headers: { readonly [name: string]: string } = {}): Promise<Answer> {
  const { '@odata.context': _, ...whole } = await read(url)
  return api.put(url, { ...whole, ...members }, headers)
}

describe('tables', () => {
  test('a new table answers with its address and has its names by rule', async () => {
    const names: readonly (readonly [string, string])[] = [
      ['new_Widget', 'new_widgets'],
      ['new_Category', 'new_categories'],
      ['new_Box', 'new_boxes'],
      ['new_Class', 'new_classes'],
      ['new_Batch', 'new_batches'],
      ['sample_Day', 'sample_daies'],
    ]
    for (const [schemaName, set] of names) {
      const answer = expectStatus(await api.post('EntityDefinitions', tableBody(schemaName)), 204)
      assert.equal(answer.text, '')
      assert.match(answer.headers['odata-entityid'] ?? '', new RegExp(`^${api.root.replaceAll('.', '\\.')}/EntityDefinitions\\([0-9a-f-]{36}\\)$`))
      const table = await read(answer.headers['odata-entityid']?.slice(api.root.length + 1) ?? '')
      const logical = schemaName.toLowerCase()
      assert.deepEqual([table.LogicalName, table.EntitySetName, table.PrimaryIdAttribute], [logical, set, `${logical}id`])
      assert.deepEqual(expectStatus(await api.get(set), 200).body.value, [])
    }
  })

  test('a table with its own set name, its columns and # in its types', async () => {
    const body = tableBody('new_Sheep', [column.text('new_Code', { MaxLength: 12, '@odata.type': `#${CRM}.StringAttributeMetadata` })], {
      EntitySetName: 'new_sheepflock',
      '@odata.type': `#${CRM}.EntityMetadata`,
    })
    expectStatus(await api.post('EntityDefinitions', body), 204)
    createdId(await api.post('new_sheepflock', { new_code: 'a', new_name: 'Shaun' }))
  })

  test('a new table has its system columns and relationships', async () => {
    const table = await makeTable(api, 'new_Owned')
    const { value } = await read(`${tableUrl(table.name)}/Attributes?$select=LogicalName`)
    const columns = value.map((one: Body) => one.LogicalName)
    for (const name of [
      'createdon',
      'createdby',
      'modifiedon',
      'modifiedby',
      'createdonbehalfby',
      'ownerid',
      'owninguser',
      'owningteam',
      'owningbusinessunit',
      'statecode',
      'statuscode',
      'versionnumber',
      'importsequencenumber',
      'overriddencreatedon',
      'timezoneruleversionnumber',
      'utcconversiontimezonecode',
    ]) {
      assert.ok(columns.includes(name), name)
    }
    const organization = await makeTable(api, 'new_Shared', [], { OwnershipType: 'OrganizationOwned' })
    const shared = (await read(`${tableUrl(organization.name)}/Attributes?$select=LogicalName`)).value.map((one: Body) => one.LogicalName)
    assert.ok(shared.includes('organizationid') && !shared.includes('ownerid'))
  })

  test('a table that cannot be is refused, and nothing of it stays', async () => {
    const before = (await read('EntityDefinitions?$select=LogicalName')).value.length
    const bodies: readonly Body[] = [
      tableBody('NoPrefix'),
      tableBody('new_'),
      tableBody('new_Bad Name'),
      tableBody('new_Ünicode'),
      tableBody('new_Twice', [column.text('new_A'), column.text('new_a')]),
      tableBody('new_NoName', [{ ...column.text('new_A') }], { Attributes: [column.text('new_A')] }),
      tableBody('new_BadType', [{ '@odata.type': `${CRM}.NothingAttributeMetadata`, SchemaName: 'new_A' }]),
      tableBody('new_BadLength', [column.text('new_A', { MaxLength: 0 })]),
      tableBody('new_BadOwner', [], { OwnershipType: 'Nobody' }),
      {},
    ]
    for (const body of bodies) {
      const answer = expectStatus(await api.post('EntityDefinitions', body), 400)
      assert.match(answer.body.error.code, /^0x[0-9a-f]{8}$/i)
    }
    await makeTable(api, 'new_Once')
    expectStatus(await api.post('EntityDefinitions', tableBody('new_Once')), 400)
    expectStatus(await api.post('EntityDefinitions', tableBody('new_ONCE')), 400)
    expectStatus(await api.post('EntityDefinitions', tableBody('new_Other', [], { EntitySetName: 'accounts' })), 400)
    assert.equal((await read('EntityDefinitions?$select=LogicalName')).value.length, before + 1)
  })

  test('PUT changes labels and switches change tracking on, once for all', async () => {
    const { name, set } = await makeTable(api, 'new_Renamed')
    expectRefusal(await api.get(set, { Prefer: 'odata.track-changes' }), 400, '0x80072491')
    const answer = expectStatus(
      await change(tableUrl(name), { DisplayName: label('Changed'), ChangeTrackingEnabled: true }, { 'MSCRM.MergeLabels': 'true' }),
      204,
    )
    assert.equal(answer.text, '')
    const table = await read(tableUrl(name))
    assert.deepEqual([labelOf(table), table.ChangeTrackingEnabled], ['Changed', true])
    assert.ok(expectStatus(await api.get(set, { Prefer: 'odata.track-changes' }), 200).body['@odata.deltaLink'])
    expectStatus(await change(tableUrl(name), { ChangeTrackingEnabled: false }), 400)
    assert.equal((await read(tableUrl(name))).ChangeTrackingEnabled, true)
  })

  test('labels that were not sent are lost without MSCRM.MergeLabels, and kept with it', async () => {
    const { name } = await makeTable(api, 'new_Labelled')
    const german = { LocalizedLabels: [{ Label: 'Beschriftet', LanguageCode: 1031 }] }
    const codes = async () => (await read(tableUrl(name))).DisplayName.LocalizedLabels.map((one: Body) => one.LanguageCode).toSorted()
    expectStatus(await change(tableUrl(name), { DisplayName: german }, { 'MSCRM.MergeLabels': 'true' }), 204)
    assert.deepEqual(await codes(), [1031, 1033])
    expectStatus(await change(tableUrl(name), { DisplayName: label('Labelled') }), 204)
    assert.deepEqual(await codes(), [1033])
  })

  test('a table is deleted with its rows, keys and relationships', async () => {
    const { name, set } = await makeTable(api, 'new_Doomed', [column.text('new_Code')])
    await makeKey(api, name, 'new_DoomedCode', ['new_code'])
    await makeLookup(api, { from: name, to: 'account', SchemaName: 'new_AccountId' })
    createdId(await api.post(set, { new_code: 'a' }))
    expectStatus(await api.delete(tableUrl(name), { 'If-Match': '*' }), 204)
    expectStatus(await api.get(tableUrl(name)), 404)
    expectStatus(await api.get(set), 404)
    expectStatus(await api.get("RelationshipDefinitions(SchemaName='new_account_new_doomed_new_AccountId')"), 404)
    const again = await makeTable(api, 'new_Doomed')
    assert.deepEqual(expectStatus(await api.get(again.set), 200).body.value, [])
  })

  test('a table that others look up, and a standard one, cannot be deleted', async () => {
    await makeTable(api, 'new_Target')
    await makeTable(api, 'new_Source')
    await makeLookup(api, { from: 'new_source', to: 'new_target', SchemaName: 'new_TargetId' })
    expectStatus(await api.delete(tableUrl('new_target')), 400)
    expectStatus(await api.delete(tableUrl('account')), 400)
    expectStatus(await api.delete(tableUrl('new_nothing')), 404)
    expectStatus(await api.get('new_targets'), 200)
    expectStatus(await api.get('accounts?$top=1'), 200)
  })
})

describe('columns', () => {
  const kinds: readonly (readonly [Body, unknown, unknown?])[] = [
    [column.text('new_Text', { MaxLength: 30 }), 'Grüße'],
    [column.text('new_Email', { FormatName: { Value: 'Email' } }), 'ann@tidemark.example'],
    [column.text('new_Url', { Format: 'Url' }), 'https://tidemark.example/?a=1'],
    [column.memo('new_Memo', { MaxLength: 5000 }), 'first\nsecond'],
    [column.whole('new_Whole', { MinValue: -5, MaxValue: 2147483647 }), 2147483647],
    [column.bigint('new_Big'), 9007199254740991],
    [column.decimal('new_Decimal', { Precision: 3, MinValue: 0, MaxValue: 10 }), 1.125],
    [column.double('new_Double', { Precision: 5 }), 47.63958],
    [column.money('new_Money', { Precision: 2, PrecisionSource: 0 }), 12.5],
    [column.boolean('new_Boolean', { OptionSet: { TrueOption: { Value: 1, Label: label('On') }, FalseOption: { Value: 0, Label: label('Off') } } }), true],
    [column.choice('new_Choice', { 10: 'Ten', 20: 'Twenty' }), 20],
    [column.choices('new_Choices', { 1: 'Swim', 9: 'Camp' }), '1, 9', '1,9'],
    [column.datetime('new_Local', 'UserLocal'), '2026-11-22T10:00:00Z'],
    [column.datetime('new_Fixed', 'TimeZoneIndependent'), '2026-11-22T10:00:00Z'],
    [column.datetime('new_Day', 'DateOnly'), '2026-11-22'],
  ]

  test('a column of every type is made on a table with rows, read back and used at once', async () => {
    const { name, set } = await makeTable(api, 'new_Typed')
    const id = createdId(await api.post(set, { new_name: 'before' }))
    for (const [body, value, shown = value] of kinds) {
      const answer = expectStatus(await api.post(`${tableUrl(name)}/Attributes`, body), 204)
      const logical = String(body.SchemaName).toLowerCase()
      assert.match(answer.headers['odata-entityid'] ?? '', new RegExp(`/EntityDefinitions\\(LogicalName='${name}'\\)/Attributes\\([0-9a-f-]{36}\\)$`))
      const made = await read(columnUrl(name, logical))
      assert.equal(made['@odata.type'], `#${body['@odata.type']}`, logical)
      assert.equal(expectStatus(await api.get(`${set}(${id})?$select=${logical}`), 200).body[logical], null, logical)
      expectStatus(await api.patch(`${set}(${id})`, { [logical]: value }), 204)
      assert.deepEqual(expectStatus(await api.get(`${set}(${id})?$select=${logical}`), 200).body[logical], shown, logical)
    }
  })

  test('the limits that a column was made with are kept', async () => {
    const { name, set } = await makeTable(api, 'new_Limited', [
      column.text('new_Text', { MaxLength: 3 }),
      column.whole('new_Whole', { MinValue: 0, MaxValue: 9 }),
      column.choice('new_Choice', { 1: 'One' }),
    ])
    expectRefusal(await api.post(set, { new_text: 'four' }), 400, '0x80044331')
    expectRefusal(await api.post(set, { new_whole: 10 }), 400, '0x80044330')
    assert.equal((await api.post(set, { new_choice: 2 })).status, 400)
    assert.equal((await read(columnUrl(name, 'new_text'))).MaxLength, 3)
  })

  test('PUT makes a text longer, relabels it and makes it required', async () => {
    const { name, set } = await makeTable(api, 'new_Growing', [column.text('new_Text', { MaxLength: 3 })])
    const url = columnUrl(name, 'new_text')
    expectStatus(await change(url, { MaxLength: 10, DisplayName: label('Longer') }, { 'MSCRM.MergeLabels': 'true' }), 204)
    const after = await read(url)
    assert.deepEqual([after.MaxLength, labelOf(after)], [10, 'Longer'])
    createdId(await api.post(set, { new_text: '1234567890' }))
    expectStatus(await change(`${url}/${CRM}.StringAttributeMetadata`, { RequiredLevel: { Value: 'Recommended', CanBeChanged: true } }), 204)
    assert.equal((await read(url)).RequiredLevel.Value, 'Recommended')
  })

  test('a column cannot change its type', async () => {
    const { name } = await makeTable(api, 'new_Firm', [column.text('new_Text')])
    expectStatus(await api.put(columnUrl(name, 'new_text'), column.whole('new_Text')), 400)
    assert.equal((await read(columnUrl(name, 'new_text'))).AttributeType, 'String')
  })

  test('a column is deleted with its values, and its name is free', async () => {
    const { name, set } = await makeTable(api, 'new_Losing', [column.text('new_Text')])
    const id = createdId(await api.post(set, { new_text: 'gone' }))
    expectStatus(await api.delete(columnUrl(name, 'new_text'), { 'If-Match': '*' }), 204)
    expectStatus(await api.get(`${set}(${id})?$select=new_text`), 400)
    expectStatus(await api.patch(`${set}(${id})`, { new_text: 'x' }), 400)
    expectStatus(await api.post(`${tableUrl(name)}/Attributes`, column.whole('new_Text')), 204)
    assert.equal(expectStatus(await api.get(`${set}(${id})?$select=new_text`), 200).body.new_text, null)
  })

  test('a system column, and one that a key needs, cannot be deleted', async () => {
    const { name } = await makeTable(api, 'new_Keyed', [column.text('new_Code', { MaxLength: 20 })])
    await makeKey(api, name, 'new_KeyedCode', ['new_code'])
    expectStatus(await api.delete(columnUrl(name, 'new_code')), 400)
    expectStatus(await api.delete(columnUrl(name, 'createdon')), 400)
    expectStatus(await api.delete(columnUrl(name, 'new_nothing')), 404)
    expectStatus(await api.delete(`${tableUrl(name)}/Keys(LogicalName='new_keyedcode')`), 204)
    expectStatus(await api.delete(columnUrl(name, 'new_code')), 204)
  })

  test('a column is taken once, and needs a prefix', async () => {
    const { name } = await makeTable(api, 'new_Strict', [column.text('new_Code')])
    for (const schemaName of ['new_Code', 'new_CODE', 'code', 'new_a b', 'statecode']) {
      expectStatus(await api.post(`${tableUrl(name)}/Attributes`, column.text(schemaName)), 400)
    }
  })
})

describe('relationships', () => {
  test('a lookup: its address, its navigation properties, its use, its end', async () => {
    await makeTable(api, 'new_Author')
    const { set } = await makeTable(api, 'new_Book')
    const body = {
      '@odata.type': `${CRM}.OneToManyRelationshipMetadata`,
      SchemaName: 'new_author_new_book_new_AuthorId',
      ReferencedEntity: 'new_author',
      ReferencedAttribute: 'new_authorid',
      ReferencingEntity: 'new_book',
      CascadeConfiguration: { Assign: 'NoCascade', Delete: 'RemoveLink', Merge: 'NoCascade', Reparent: 'NoCascade', Share: 'NoCascade', Unshare: 'NoCascade' },
      AssociatedMenuConfiguration: { Behavior: 'UseCollectionName', Group: 'Details', Label: { LocalizedLabels: [] }, Order: 10000 },
      Lookup: { '@odata.type': `${CRM}.LookupAttributeMetadata`, SchemaName: 'new_AuthorId', DisplayName: label('Author') },
    }
    const answer = expectStatus(await api.post('RelationshipDefinitions', body), 204)
    assert.match(answer.headers['odata-entityid'] ?? '', /\/RelationshipDefinitions\([0-9a-f-]{36}\)$/)
    const author = createdId(await api.post('new_authors', { new_name: 'Ann' }))
    const book = createdId(await api.post(set, { 'new_AuthorId@odata.bind': `/new_authors(${author})` }))
    const expanded = expectStatus(await api.get(`${set}(${book})?$expand=new_AuthorId($select=new_name)`), 200).body
    assert.equal(expanded.new_AuthorId.new_name, 'Ann')
    assert.equal((await read(`new_authors(${author})/new_author_new_book_new_AuthorId?$select=new_bookid`)).value[0].new_bookid, book)
    expectStatus(await api.delete("RelationshipDefinitions(SchemaName='new_author_new_book_new_AuthorId')", { 'If-Match': '*' }), 204)
    expectStatus(await api.get(columnUrl('new_book', 'new_authorid')), 404)
    expectStatus(await api.get(`${set}(${book})?$select=_new_authorid_value`), 400)
  })

  test('PUT changes what deleting does', async () => {
    await makeTable(api, 'new_Parent')
    const { set } = await makeTable(api, 'new_Child')
    await makeLookup(api, { from: 'new_child', to: 'new_parent', SchemaName: 'new_ParentId' })
    const url = "RelationshipDefinitions(SchemaName='new_new_parent_new_child_new_ParentId')"
    const { CascadeConfiguration, MetadataId } = await read(url)
    expectStatus(await change(`RelationshipDefinitions(${MetadataId})`, { CascadeConfiguration: { ...CascadeConfiguration, Delete: 'Restrict' } }), 204)
    assert.equal((await read(url)).CascadeConfiguration.Delete, 'Restrict')
    const parent = createdId(await api.post('new_parents', {}))
    createdId(await api.post(set, { 'new_ParentId@odata.bind': `/new_parents(${parent})` }))
    expectStatus(await api.delete(`new_parents(${parent})`), 405)
  })

  test('many to many: its intersect table, its use, its end', async () => {
    await makeTable(api, 'new_Tag')
    await makeManyToMany(api, 'new_tag', 'account', 'new_tag_account')
    const tag = createdId(await api.post('new_tags', { new_name: 'red' }))
    const account = createdId(await api.post('accounts', { name: 'Tagged' }))
    expectStatus(await api.post(`new_tags(${tag})/new_tag_account/$ref`, { '@odata.id': `${api.root}/accounts(${account})` }), 204)
    assert.equal((await read(`accounts(${account})/new_tag_account?$select=new_name`)).value[0].new_name, 'red')
    assert.equal((await read("EntityDefinitions(LogicalName='new_tag_account')")).IsIntersect, true)
    expectStatus(await api.delete("RelationshipDefinitions(SchemaName='new_tag_account')"), 204)
    expectStatus(await api.get("EntityDefinitions(LogicalName='new_tag_account')"), 404)
    expectStatus(await api.get(`accounts(${account})/new_tag_account`), 404)
  })

  test('a lookup with several targets', async () => {
    const { set } = await makeTable(api, 'new_Loan')
    await makeCustomerLookup(api, 'new_loan', 'new_CustomerId')
    const contact = createdId(await api.post('contacts', { lastname: 'Borrower' }))
    const loan = createdId(await api.post(set, { 'new_CustomerId_contact@odata.bind': `/contacts(${contact})` }))
    assert.equal((await read(`${set}(${loan})?$select=_new_customerid_value`))._new_customerid_value, contact)
    const sides = ['account', 'new_widget'].map((to) => ({ SchemaName: `new_${to}_new_loan_new_ItemId`, ReferencedEntity: to, ReferencingEntity: 'new_loan' }))
    const Lookup = { '@odata.type': `${CRM}.ComplexLookupAttributeMetadata`, SchemaName: 'new_ItemId', AttributeType: 'Lookup', DisplayName: label('Item') }
    const made = expectStatus(await api.post('CreatePolymorphicLookupAttribute', { OneToManyRelationships: sides, Lookup }), 200).body
    assert.equal(made['@odata.context'], `${api.root}/$metadata#${CRM}.CreatePolymorphicLookupAttributeResponse`)
    assert.equal(made.RelationshipIds.length, 2)
    assert.equal((await read(`${tableUrl('new_loan')}/Attributes(${made.AttributeId})`)).LogicalName, 'new_itemid')
  })

  test('a relationship with a table that is not there, or with a name that is taken, is refused', async () => {
    const body = (SchemaName: string, to: string) => ({
      '@odata.type': `${CRM}.OneToManyRelationshipMetadata`,
      SchemaName,
      ReferencedEntity: to,
      ReferencingEntity: 'new_widget',
      Lookup: { '@odata.type': `${CRM}.LookupAttributeMetadata`, SchemaName: 'new_FreshId' },
    })
    const missing = await api.post('RelationshipDefinitions', body('new_x', 'new_nothing'))
    assert.ok(missing.status === 400 || missing.status === 404, missing.text)
    expectStatus(await api.post('RelationshipDefinitions', body('account_primary_contact', 'account')), 400)
    expectStatus(await api.get(columnUrl('new_widget', 'new_freshid')), 404)
  })
})

describe('choices and options', () => {
  test('a global choice is made, used by columns, changed and kept while used', async () => {
    const Options = [
      { Value: 5, Label: label('Low') },
      { Value: 9, Label: label('High') },
    ]
    const answer = await api.post('GlobalOptionSetDefinitions', {
      '@odata.type': `${CRM}.OptionSetMetadata`,
      Name: 'new_level',
      DisplayName: label('Level'),
      OptionSetType: 'Picklist',
      Options,
    })
    assert.match(expectStatus(answer, 204).headers['odata-entityid'] ?? '', /\/GlobalOptionSetDefinitions\([0-9a-f-]{36}\)$/)
    const choice = await read("GlobalOptionSetDefinitions(Name='new_level')")
    assert.deepEqual([choice.IsGlobal, choice.OptionSetType, choice.Options.length], [true, 'Picklist', 2])
    const { name, set } = await makeTable(api, 'new_Gauge')
    const picklist = { '@odata.type': `${CRM}.PicklistAttributeMetadata`, DisplayName: label('Level') }
    const url = `${tableUrl(name)}/Attributes`
    expectStatus(
      await api.post(url, { ...picklist, SchemaName: 'new_First', 'GlobalOptionSet@odata.bind': `/GlobalOptionSetDefinitions(${choice.MetadataId})` }),
      204,
    )
    expectStatus(
      await api.post(url, { ...picklist, SchemaName: 'new_Second', 'GlobalOptionSet@odata.bind': "/GlobalOptionSetDefinitions(Name='new_level')" }),
      204,
    )
    const id = createdId(await api.post(set, { new_first: 9, new_second: 5 }))
    expectStatus(await change(`GlobalOptionSetDefinitions(${choice.MetadataId})`, { DisplayName: label('Water level') }), 204)
    assert.equal(labelOf(await read("GlobalOptionSetDefinitions(Name='new_level')")), 'Water level')
    const inserted = expectStatus(await api.post('InsertOptionValue', { OptionSetName: 'new_level', Value: 12, Label: label('Flood') }), 200).body
    assert.equal(inserted.NewOptionValue, 12)
    expectStatus(await api.patch(`${set}(${id})`, { new_first: 12 }), 204)
    expectStatus(await api.delete("GlobalOptionSetDefinitions(Name='new_level')"), 400)
    expectStatus(await api.delete(tableUrl(name)), 204)
    expectStatus(await api.delete("GlobalOptionSetDefinitions(Name='new_level')"), 204)
    expectStatus(await api.get("GlobalOptionSetDefinitions(Name='new_level')"), 404)
  })

  const optionsOf = async (table: string, name: string, type = 'Picklist') =>
    (await read(`${columnUrl(table, name)}/${CRM}.${type}AttributeMetadata/OptionSet`)).Options.map((one: Json) => [
      one.Value,
      one.Label.UserLocalizedLabel.Label,
    ])

  test('an option without a value gets one', async () => {
    const Options = [{ Value: null, Label: label('First') }, { Label: label('Second') }]
    const { name } = await makeTable(api, 'new_Numbered', [
      {
        '@odata.type': `${CRM}.PicklistAttributeMetadata`,
        SchemaName: 'new_Kind',
        OptionSet: { '@odata.type': `${CRM}.OptionSetMetadata`, IsGlobal: false, OptionSetType: 'Picklist', Options },
      },
    ])
    const values = (await optionsOf(name, 'new_kind')).map(([value]: number[]) => value)
    assert.equal(new Set(values).size, 2)
    assert.ok(
      values.every((value: number) => value >= 100_000_000),
      values.join(),
    )
    const { NewOptionValue } = expectStatus(
      await api.post('InsertOptionValue', { EntityLogicalName: name, AttributeLogicalName: 'new_kind', Label: label('Third') }),
      200,
    ).body
    assert.ok(!values.includes(NewOptionValue) && NewOptionValue >= 100_000_000)
  })

  test('options are inserted, relabelled, ordered and deleted', async () => {
    const { name, set } = await makeTable(api, 'new_Optioned', [column.choice('new_Kind', { 1: 'One', 2: 'Two' })])
    const of = { EntityLogicalName: name, AttributeLogicalName: 'new_kind' }
    assert.equal(expectStatus(await api.post('InsertOptionValue', { ...of, Value: 3, Label: label('Three') }), 200).body.NewOptionValue, 3)
    expectStatus(await api.post('UpdateOptionValue', { ...of, Value: 2, Label: label('Zwei'), MergeLabels: false }), 204)
    expectStatus(await api.post('OrderOption', { ...of, Values: [3, 1, 2] }), 204)
    assert.deepEqual(await optionsOf(name, 'new_kind'), [
      [3, 'Three'],
      [1, 'One'],
      [2, 'Zwei'],
    ])
    createdId(await api.post(set, { new_kind: 3 }))
    expectStatus(await api.post('DeleteOptionValue', { ...of, Value: 1 }), 204)
    assert.equal((await api.post(set, { new_kind: 1 })).status, 400)
    assert.deepEqual(
      (await optionsOf(name, 'new_kind')).map(([value]: number[]) => value),
      [3, 2],
    )
    expectStatus(await api.post('InsertOptionValue', { ...of, Value: 3, Label: label('Again') }), 400)
    expectStatus(await api.post('DeleteOptionValue', { ...of, Value: 77 }), 404)
  })

  test('a status belongs to a state, a state is relabelled', async () => {
    const { name, set } = await makeTable(api, 'new_Staged')
    const of = { EntityLogicalName: name, AttributeLogicalName: 'statuscode' }
    const { NewOptionValue } = expectStatus(await api.post('InsertStatusValue', { ...of, Label: label('Paused'), StateCode: 0 }), 200).body
    const id = createdId(await api.post(set, { statuscode: NewOptionValue }))
    assert.equal((await read(`${set}(${id})?$select=statecode`)).statecode, 0)
    expectStatus(await api.patch(`${set}(${id})`, { statecode: 1, statuscode: NewOptionValue }), 400)
    expectStatus(
      await api.post('UpdateStateValue', { EntityLogicalName: name, AttributeLogicalName: 'statecode', Value: 1, Label: label('Retired'), MergeLabels: true }),
      204,
    )
    assert.deepEqual((await optionsOf(name, 'statecode', 'State'))[1], [1, 'Retired'])
  })
})

describe('keys and publishing', () => {
  test('a key answers with its address under the table’s id, and goes away', async () => {
    const { name, metadataId } = await makeTable(api, 'new_Locked', [column.text('new_Code', { MaxLength: 20 })])
    const answer = await api.post(`${tableUrl(name)}/Keys`, { SchemaName: 'new_LockedCode', KeyAttributes: ['new_code'] })
    assert.match(expectStatus(answer, 204).headers['odata-entityid'] ?? '', new RegExp(`/EntityDefinitions\\(${metadataId}\\)/Keys\\([0-9a-f-]{36}\\)$`))
    expectStatus(await api.delete(`${tableUrl(name)}/Keys(LogicalName='new_lockedcode')`), 204)
    expectStatus(await api.get(`${tableUrl(name)}/Keys(LogicalName='new_lockedcode')`), 404)
  })

  test('publishing is accepted, broken XML is not', async () => {
    const ParameterXml = '<importexportxml><entities><entity>account</entity></entities></importexportxml>'
    expectStatus(await api.post('PublishXml', { ParameterXml }), 204)
    expectStatus(await api.post('PublishAllXml'), 204)
    expectStatus(await api.post('PublishAllXml', {}), 204)
    expectStatus(await api.post('PublishXml', { ParameterXml: '<importexportxml><entities>' }), 400)
    expectStatus(await api.post('PublishXml', {}), 400)
    expectStatus(await api.get('PublishAllXml'), 405)
  })

  test('the solution may be named in the query or a header', async () => {
    expectStatus(await api.post('EntityDefinitions?SolutionUniqueName=Default', tableBody('new_Solved')), 204)
    expectStatus(await api.post(`${tableUrl('new_solved')}/Attributes`, column.text('new_Code'), { 'MSCRM.SolutionUniqueName': 'Default' }), 204)
  })
})

describe('RetrieveMetadataChanges', () => {
  const query = (json: object, more = '') =>
    `RetrieveMetadataChanges(Query=@p1${more ? ',DeletedMetadataFilters=@p2,ClientVersionStamp=@p3' : ''})?@p1=${encodeURIComponent(JSON.stringify(json))}${more}`
  const since = (stamp: string, filter = 'All') => `&@p2=${CRM}.DeletedMetadataFilters'${filter}'&@p3='${encodeURIComponent(stamp)}'`
  const named = (name: string) => ({
    FilterOperator: 'And',
    Conditions: [{ PropertyName: 'LogicalName', ConditionOperator: 'Equals', Value: { Type: 'System.String', Value: name } }],
    Filters: [],
  })
  const only = (...PropertyNames: string[]) => ({ AllProperties: false, PropertyNames })

  test('a query chooses tables, their members and what is theirs', async () => {
    await makeTable(api, 'new_Queried', [column.text('new_Code'), column.whole('new_Count')])
    const answer = await read(
      query({
        Properties: only('LogicalName', 'Attributes'),
        Criteria: named('new_queried'),
        AttributeQuery: { Properties: only('LogicalName', 'MaxLength'), Criteria: named('new_code') },
      }),
    )
    assert.equal(answer['@odata.context'], `${api.root}/$metadata#${CRM}.RetrieveMetadataChangesResponse`)
    const [table] = answer.EntityMetadata
    assert.equal(answer.EntityMetadata.length, 1)
    assert.equal(table.LogicalName, 'new_queried')
    assert.deepEqual(
      table.Attributes.map((one: Body) => [one.LogicalName, one.MaxLength]),
      [['new_code', 100]],
    )
    assert.equal(typeof answer.ServerVersionStamp, 'string')
    assert.deepEqual(answer.DeletedMetadata, { Count: 0, IsReadOnly: false, Keys: [], Values: [] })
  })

  test('without arguments it gives everything', async () => {
    const { EntityMetadata, ServerVersionStamp } = await read('RetrieveMetadataChanges')
    assert.ok(EntityMetadata.length > 15)
    assert.ok(ServerVersionStamp)
  })

  test('with a stamp it gives what has changed since, and what has gone', async () => {
    await makeTable(api, 'new_Stamped', [column.text('new_Gone'), column.text('new_Kept')])
    const doomed = await makeTable(api, 'new_Stampless')
    const all = { Properties: only('LogicalName', 'Attributes', 'DisplayName'), AttributeQuery: { Properties: only('LogicalName') } }
    const { ServerVersionStamp: first } = await read(query(all))
    const nothing = await read(query(all, since(first)))
    assert.deepEqual(nothing.EntityMetadata, [])
    assert.equal((await read(query(all, since(nothing.ServerVersionStamp)))).EntityMetadata.length, 0)

    const gone = (await read(columnUrl('new_stamped', 'new_gone'))).MetadataId
    expectStatus(await api.delete(columnUrl('new_stamped', 'new_gone')), 204)
    expectStatus(await api.post(`${tableUrl('new_stamped')}/Attributes`, column.text('new_Added')), 204)
    expectStatus(await api.delete(tableUrl('new_stampless')), 204)
    const changes = await read(query(all, since(first)))
    assert.deepEqual(
      changes.EntityMetadata.map((one: Body) => one.LogicalName),
      ['new_stamped'],
    )
    assert.deepEqual(
      changes.EntityMetadata[0].Attributes.map((one: Body) => one.LogicalName),
      ['new_added'],
    )
    const deleted = JSON.stringify(changes.DeletedMetadata)
    assert.ok(deleted.includes(gone), deleted)
    assert.ok(deleted.includes(doomed.metadataId), deleted)
    assert.equal(changes.DeletedMetadata.Count, changes.DeletedMetadata.Keys.length)
    const columnsOnly = JSON.stringify((await read(query(all, since(first, 'Attribute')))).DeletedMetadata)
    assert.ok(columnsOnly.includes(gone) && !columnsOnly.includes(doomed.metadataId), columnsOnly)
    assert.deepEqual((await read(query(all, since(changes.ServerVersionStamp)))).EntityMetadata, [])
  })

  test('a stamp that is not this database’s is expired', async () => {
    const { ServerVersionStamp: stamp } = await read('RetrieveMetadataChanges')
    const ahead = stamp.replace(/^\d+/, (digits: string) => String(Number(digits) + 1000))
    const answer = await api.get(query({}, since(ahead)))
    assert.equal(answer.body.error.code, '0x80044352', answer.text)
  })

  test('a member or parameter that is not there is refused', async () => {
    expectStatus(await api.get(query({ Properties: only('Nothing') })), 400)
    expectStatus(await api.get('RetrieveMetadataChanges(Nothing=@p1)?@p1=1'), 400)
    expectStatus(await api.get('RetrieveMetadataChanges(Query=@p1)?@p1={broken'), 400)
  })
})
