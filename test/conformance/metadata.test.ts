/** Reading definitions (webapi.md 9.1): keys, options, casts, paths, and what each kind of definition shows. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, type Api, apiOf, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { type Body, column, makeCustomerLookup, makeKey, makeLookup, makeManyToMany, makeTable, type MadeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let part: MadeTable

const CRM = 'Microsoft.Dynamics.CRM'
const NOBODY = '00000000-0000-0000-0000-00000000dead'

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  const columns = [
    column.text('new_Number', { MaxLength: 40 }),
    column.choice('new_Grade', { 1: 'Fine', 2: 'Coarse' }),
    column.datetime('new_Made', 'DateOnly'),
    column.money('new_Price'),
    column.boolean('new_Sold'),
  ]
  part = await makeTable(api, 'new_Part', columns, { ChangeTrackingEnabled: true })
  await makeKey(api, part.name, 'new_PartNumber', ['new_number'])
  await makeLookup(api, { from: part.name, to: 'account', SchemaName: 'new_MakerId' })
  await makeCustomerLookup(api, part.name, 'new_BuyerId')
  await makeManyToMany(api, part.name, 'contact', 'new_part_contact')
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

// biome-ignore lint/suspicious/noExplicitAny: definitions of every shape
type Json = any

async function read(path: string): Promise<Json> {
  return expectStatus(await api.get(path), 200).body
}

const names = (answer: Json, member = 'LogicalName'): string[] => answer.value.map((one: Body) => one[member])
const PART = "EntityDefinitions(LogicalName='new_part')"

describe('keys', () => {
  test('a table is found by id and by name, a column, key, relationship and choice too', async () => {
    const byName = await read(PART)
    assert.equal(byName['@odata.context'], `${api.root}/$metadata#EntityDefinitions/$entity`)
    assert.equal((await read(`EntityDefinitions(${byName.MetadataId})`)).LogicalName, 'new_part')
    const number = await read(`${PART}/Attributes(LogicalName='new_number')`)
    assert.equal((await read(`EntityDefinitions(${byName.MetadataId})/Attributes(${number.MetadataId})`)).LogicalName, 'new_number')
    const key = await read(`${PART}/Keys(LogicalName='new_partnumber')`)
    assert.equal((await read(`${PART}/Keys(${key.MetadataId})`)).SchemaName, 'new_PartNumber')
    const relationship = await read("RelationshipDefinitions(SchemaName='new_part_contact')")
    assert.equal((await read(`RelationshipDefinitions(${relationship.MetadataId})`)).SchemaName, 'new_part_contact')
  })

  test('a name or id that nothing has is 404', async () => {
    for (const path of [
      "EntityDefinitions(LogicalName='new_nothing')",
      `EntityDefinitions(${NOBODY})`,
      `${PART}/Attributes(LogicalName='new_nothing')`,
      `${PART}/Attributes(${NOBODY})`,
      `${PART}/Keys(LogicalName='new_nothing')`,
      "RelationshipDefinitions(SchemaName='new_nothing')",
      "GlobalOptionSetDefinitions(Name='new_nothing')",
      `${PART}/Nothings`,
      'NothingDefinitions',
    ]) {
      const answer = expectStatus(await api.get(path), 404)
      assert.match(answer.body.error.code, /^0x[0-9a-f]{8}$/i, path)
    }
  })

  test('names are case-sensitive', async () => {
    expectStatus(await api.get("EntityDefinitions(LogicalName='New_Part')"), 404)
    expectStatus(await api.get('entitydefinitions'), 404)
  })

  test('a predicate by anything else is refused', async () => {
    expectRefusal(await api.get("EntityDefinitions(SchemaName='new_Part')"), 400, '0x80060890')
  })
})

describe('query options', () => {
  test('$select keeps the members asked for, and MetadataId', async () => {
    const { value, '@odata.context': context } = await read('EntityDefinitions?$select=LogicalName,EntitySetName')
    assert.equal(context, `${api.root}/$metadata#EntityDefinitions(LogicalName,EntitySetName)`)
    for (const table of value) assert.deepEqual(Object.keys(table).toSorted(), ['EntitySetName', 'LogicalName', 'MetadataId'])
    assert.ok(value.length > 15)
    assert.ok(names({ value }).includes('account'))
  })

  test('a member that is not there is refused by name', async () => {
    const answer = expectStatus(await api.get('EntityDefinitions?$select=LogicalNam'), 400)
    assert.match(answer.body.error.message, /Could not find a property named 'LogicalNam' on type 'Microsoft\.Dynamics\.CRM\.EntityMetadata'/)
    expectStatus(await api.get("EntityDefinitions?$filter=Nothing eq 'x'"), 400)
    expectStatus(await api.get('EntityDefinitions?$expand=Nothing'), 400)
  })

  const filters: readonly (readonly [string, readonly string[]])[] = [
    ["LogicalName eq 'new_part'", ['new_part']],
    ["LogicalName eq 'new_nothing'", []],
    ["SchemaName eq 'new_Part' or LogicalName eq 'account'", ['account', 'new_part']],
    ["startswith(LogicalName,'new_') and IsIntersect eq false", ['new_part']],
    ['IsIntersect eq true and IsCustomEntity eq true', ['new_part_contact']],
    [`OwnershipType eq ${CRM}.OwnershipTypes'UserOwned' and IsCustomEntity eq true`, ['new_part']],
    ["OwnershipType eq 'UserOwned' and IsCustomEntity eq true", ['new_part']],
    ["ChangeTrackingEnabled eq true and not (LogicalName eq 'account')", ['contact', 'new_part']],
    ["CanCreateAttributes/Value eq true and LogicalName eq 'account'", ['account']],
    ['MetadataId eq 00000000-0000-0000-0000-00000000dead', []],
    ["LogicalName in ('account','contact')", ['account', 'contact']],
    [`${CRM}.In(PropertyName='LogicalName',PropertyValues=['account',"new_part","nothing"])`, ['account', 'new_part']],
    [`${CRM}.NotIn(PropertyName='LogicalName',PropertyValues=['account','new_part_contact']) and startswith(LogicalName,'new_')`, ['new_part']],
    ["IsPrivate eq false and (LogicalName eq 'new_part' or SchemaName eq 'Contact')", ['contact', 'new_part']],
  ]
  for (const [filter, expected] of filters) {
    test(`tables where ${filter}`, async () => {
      const found = names(await read(`EntityDefinitions?$select=LogicalName&$filter=${encodeURIComponent(filter)}`))
      assert.deepEqual(found.filter((name) => expected.includes(name) || name.startsWith('new_') || expected.length === 0).toSorted(), expected)
    })
  }

  test('columns by type, by required level and by name', async () => {
    const where = async (filter: string) => names(await read(`${PART}/Attributes?$select=LogicalName&$filter=${encodeURIComponent(filter)}`)).toSorted()
    assert.deepEqual(await where(`AttributeType eq ${CRM}.AttributeTypeCode'Picklist'`), ['new_grade'])
    assert.deepEqual(await where("AttributeType eq 'Picklist'"), ['new_grade'])
    assert.deepEqual(await where("LogicalName eq 'new_sold'"), ['new_sold'])
    assert.ok((await where(`RequiredLevel/Value eq ${CRM}.AttributeRequiredLevel'None'`)).includes('new_number'))
    assert.ok(!(await where(`RequiredLevel/Value eq ${CRM}.AttributeRequiredLevel'None'`)).includes('ownerid'))
    assert.deepEqual(await where('IsPrimaryId eq true or IsPrimaryName eq true'), ['new_name', 'new_partid'])
  })

  test('$expand with its own $select and $filter', async () => {
    const expand = "Attributes($select=LogicalName;$filter=IsCustomAttribute eq true and AttributeType eq 'String'),Keys($select=KeyAttributes)"
    const { value } = await read(`EntityDefinitions?$select=LogicalName&$filter=LogicalName eq 'new_part'&$expand=${expand}`.replaceAll(' ', '%20'))
    assert.deepEqual(value[0].Attributes.map((one: Body) => one.LogicalName).toSorted(), ['new_name', 'new_number'])
    assert.deepEqual(
      value[0].Keys.map(({ KeyAttributes }: Body) => KeyAttributes),
      [['new_number']],
    )
    assert.ok(value[0].Keys[0].MetadataId)
  })

  test('query functions but for In and NotIn are refused, and so is negating them', async () => {
    const refused = {
      [`${CRM}.Today(PropertyName='CreatedOn')`]: /'Today'/,
      "Attributes/any(a:a/LogicalName eq 'name')": /'any'/,
      [`not ${CRM}.In(PropertyName='LogicalName',PropertyValues=['account'])`]: /^Not operator along with/,
    }
    for (const [filter, message] of Object.entries(refused)) {
      expectRefusal(await api.get(`EntityDefinitions?$select=LogicalName&$filter=${encodeURIComponent(filter)}`), 400, '0x80060888', message)
    }
    const columns = `Attributes($select=LogicalName;$filter=${CRM}.In(PropertyName='LogicalName',PropertyValues=['new_number','new_sold']))`
    const { Attributes } = await read(`${PART}?$select=LogicalName&$expand=${columns}`)
    assert.deepEqual(Attributes.map((one: Body) => one.LogicalName).toSorted(), ['new_number', 'new_sold'])
  })

  test('$expand of the three kinds of relationships', async () => {
    const expand = ['OneToManyRelationships', 'ManyToOneRelationships', 'ManyToManyRelationships'].map((name) => `${name}($select=SchemaName)`).join()
    const table = await read(`${PART}?$select=LogicalName&$expand=${expand}`)
    assert.deepEqual(names({ value: table.ManyToManyRelationships }, 'SchemaName'), ['new_part_contact'])
    const many = names({ value: table.ManyToOneRelationships }, 'SchemaName')
    assert.ok(many.includes('new_account_new_part_new_MakerId'), many.join())
    assert.ok(many.includes('new_contact_new_part_new_BuyerId'), many.join())
    assert.ok(Array.isArray(table.OneToManyRelationships))
  })

  test('$filter on global choices is refused', async () => {
    expectRefusal(await api.get("GlobalOptionSetDefinitions?$filter=Name eq 'x'"), 400, '0x80060888', /\$filter/)
  })

  test('no answer is paged', async () => {
    const { value, '@odata.nextLink': next } = (await api.get(`${PART}/Attributes?$select=LogicalName`, { Prefer: 'odata.maxpagesize=2' })).body
    assert.ok(value.length > 20)
    assert.equal(next, undefined)
  })

  test('the whole catalogue in one answer has what a discovery reads', async () => {
    const { value } = await read('EntityDefinitions?$expand=Attributes')
    for (const table of value) {
      for (const member of [
        'LogicalName',
        'PrimaryIdAttribute',
        'ChangeTrackingEnabled',
        'CanChangeTrackingBeEnabled',
        'EntitySetName',
        'LogicalCollectionName',
      ]) {
        assert.ok(member in table, `${table.LogicalName}.${member}`)
      }
      assert.equal(typeof table.CanChangeTrackingBeEnabled.Value, 'boolean')
      assert.ok(table.Attributes.length > 0, table.LogicalName)
      for (const one of table.Attributes) {
        assert.ok(one.LogicalName && one.AttributeType, table.LogicalName)
        if (one.AttributeType === 'DateTime') assert.ok(one.DateTimeBehavior.Value, `${table.LogicalName}.${one.LogicalName}`)
      }
    }
  })
})

describe('casts and paths', () => {
  test('a cast on a collection keeps the columns of that type', async () => {
    const answer = await read(`${PART}/Attributes/${CRM}.StringAttributeMetadata?$select=LogicalName,MaxLength`)
    assert.equal(
      answer['@odata.context'],
      `${api.root}/$metadata#EntityDefinitions('new_part')/Attributes/${CRM}.StringAttributeMetadata(LogicalName,MaxLength)`,
    )
    const number = answer.value.find((one: Body) => one.LogicalName === 'new_number')
    assert.equal(number.MaxLength, 40)
    assert.deepEqual(Object.keys(number).toSorted(), ['LogicalName', 'MaxLength', 'MetadataId'])
  })

  test('a cast on a column gives its options, expanded or as a path', async () => {
    const cast = `${PART}/Attributes(LogicalName='new_grade')/${CRM}.PicklistAttributeMetadata`
    const expanded = await read(`${cast}?$select=LogicalName&$expand=OptionSet($select=Options),GlobalOptionSet`)
    assert.equal(
      expanded['@odata.context'],
      `${api.root}/$metadata#EntityDefinitions('new_part')/Attributes/${CRM}.PicklistAttributeMetadata(LogicalName,OptionSet(Options),GlobalOptionSet())/$entity`,
    )
    assert.deepEqual(
      expanded.OptionSet.Options.map(({ Value, Label }: Json) => [Value, Label.UserLocalizedLabel.Label]),
      [
        [1, 'Fine'],
        [2, 'Coarse'],
      ],
    )
    assert.deepEqual(expanded.GlobalOptionSet.Options, expanded.OptionSet.Options)
    assert.equal(expanded.GlobalOptionSet.IsGlobal, false)
    const path = await read(`${cast}/OptionSet?$select=Options`)
    assert.deepEqual(path.Options, expanded.OptionSet.Options)
  })

  test('the options that a client reads before its first write', async () => {
    const answer = await read(`${PART}/Attributes/${CRM}.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=Options)`)
    assert.deepEqual(names(answer), ['new_grade'])
    assert.equal(answer.value[0].OptionSet.Options.length, 2)
  })

  test('a choice of two values has its two options', async () => {
    const { OptionSet } = await read(`${PART}/Attributes(LogicalName='new_sold')/${CRM}.BooleanAttributeMetadata?$expand=OptionSet`)
    assert.deepEqual([OptionSet.TrueOption.Value, OptionSet.FalseOption.Value, OptionSet.OptionSetType], [1, 0, 'Boolean'])
  })

  test('state and status know each other', async () => {
    const state = await read(`${PART}/Attributes(LogicalName='statecode')/${CRM}.StateAttributeMetadata?$expand=OptionSet`)
    assert.deepEqual(
      state.OptionSet.Options.map(({ Value, DefaultStatus, InvariantName }: Body) => [Value, DefaultStatus, InvariantName]),
      [
        [0, 1, 'Active'],
        [1, 2, 'Inactive'],
      ],
    )
    const status = await read(`${PART}/Attributes(LogicalName='statuscode')/${CRM}.StatusAttributeMetadata?$expand=OptionSet`)
    assert.deepEqual(
      status.OptionSet.Options.map(({ Value, State }: Body) => [Value, State]),
      [
        [1, 0],
        [2, 1],
      ],
    )
  })

  test('a cast that does not fit is 404, the intermediate type is none', async () => {
    expectStatus(await api.get(`${PART}/Attributes(LogicalName='new_number')/${CRM}.PicklistAttributeMetadata`), 404)
    expectStatus(await api.get(`${PART}/Attributes/${CRM}.EnumAttributeMetadata`), 404)
    expectStatus(await api.get(`${PART}/Attributes/${CRM}.NothingMetadata`), 404)
  })

  test('without a cast every column says its type, and shows its own members', async () => {
    const { value } = await read(`${PART}/Attributes`)
    const types = new Map<string, string>(value.map((one: Body) => [one.LogicalName, one['@odata.type']]))
    const expected = {
      new_number: 'String',
      new_grade: 'Picklist',
      new_made: 'DateTime',
      new_price: 'Money',
      new_sold: 'Boolean',
      new_makerid: 'Lookup',
      statecode: 'State',
      versionnumber: 'BigInt',
    }
    for (const [name, type] of Object.entries(expected)) assert.equal(types.get(name), `#${CRM}.${type}AttributeMetadata`, name)
    // The documented answer shows a primary id as the base type.
    assert.equal(types.get('new_partid'), undefined)
    assert.ok(names(await read(`${PART}/Attributes/${CRM}.UniqueIdentifierAttributeMetadata?$select=LogicalName`)).includes('new_partid'))
    const made = value.find((one: Body) => one.LogicalName === 'new_made')
    assert.deepEqual(made.DateTimeBehavior, { Value: 'DateOnly' })
    assert.ok(!('OptionSet' in value.find((one: Body) => one.LogicalName === 'new_grade')))
  })

  test('selecting a derived member without its cast is refused', async () => {
    expectStatus(await api.get(`${PART}/Attributes?$select=LogicalName,MaxLength`), 400)
    expectStatus(await api.get('RelationshipDefinitions?$select=ReferencedEntity'), 400)
  })

  test('relationships by cast and by filter', async () => {
    const oneToMany = `RelationshipDefinitions/${CRM}.OneToManyRelationshipMetadata?$select=SchemaName&$filter=ReferencingEntity eq 'new_part' and ReferencedEntity eq 'account'`
    assert.deepEqual(names(await read(oneToMany.replaceAll(' ', '%20')), 'SchemaName').toSorted(), [
      'new_account_new_part_new_BuyerId',
      'new_account_new_part_new_MakerId',
    ])
    const both = await read("RelationshipDefinitions?$filter=SchemaName eq 'new_part_contact'".replaceAll(' ', '%20'))
    assert.equal(both.value[0]['@odata.type'], `#${CRM}.ManyToManyRelationshipMetadata`)
    const one = await read("RelationshipDefinitions?$filter=SchemaName eq 'new_account_new_part_new_MakerId'".replaceAll(' ', '%20'))
    assert.equal(one.value[0]['@odata.type'], `#${CRM}.OneToManyRelationshipMetadata`)
  })

  test('relationships as a path of their table', async () => {
    assert.deepEqual(names(await read(`${PART}/ManyToManyRelationships?$select=SchemaName`), 'SchemaName'), ['new_part_contact'])
    const one = await read(`${PART}/ManyToOneRelationships(SchemaName='new_account_new_part_new_MakerId')?$select=ReferencingAttribute`)
    assert.equal(one.ReferencingAttribute, 'new_makerid')
  })

  test('a single property, as JSON and as text', async () => {
    const property = await read(`${PART}/EntitySetName`)
    assert.equal(property.value, 'new_parts')
    const text: Answer = expectStatus(await api.get(`${PART}/EntitySetName/$value`), 200)
    assert.equal(text.text, 'new_parts')
  })
})

describe('what definitions show', () => {
  test('a table', async () => {
    const table = await read(PART)
    const expected = {
      SchemaName: 'new_Part',
      EntitySetName: 'new_parts',
      LogicalCollectionName: 'new_parts',
      PrimaryIdAttribute: 'new_partid',
      PrimaryNameAttribute: 'new_name',
      OwnershipType: 'UserOwned',
      IsCustomEntity: true,
      ChangeTrackingEnabled: true,
      IsOptimisticConcurrencyEnabled: true,
      IsActivity: false,
      IsIntersect: false,
      IsPrivate: false,
      TableType: 'Standard',
    }
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, table[name]])), expected)
    assert.ok(table.ObjectTypeCode >= 10_000)
    assert.equal(table.DisplayName.UserLocalizedLabel.Label, 'new_Part')
    const [label] = table.DisplayName.LocalizedLabels
    assert.deepEqual({ ...label, MetadataId: '' }, { Label: 'new_Part', LanguageCode: 1033, IsManaged: false, MetadataId: '', HasChanged: null })
    assert.deepEqual(Object.keys(table.IsCustomizable).toSorted(), ['CanBeChanged', 'ManagedPropertyLogicalName', 'Value'])
    assert.ok(table.Privileges.some((one: Body) => one.Name === 'prvCreatenew_Part'))
    assert.deepEqual(Object.keys(table.Privileges[0]).toSorted(), [
      'CanBeBasic',
      'CanBeDeep',
      'CanBeEntityReference',
      'CanBeGlobal',
      'CanBeLocal',
      'CanBeParentEntityReference',
      'CanBeRecordFilter',
      'Name',
      'PrivilegeId',
      'PrivilegeType',
    ])
  })

  test('a column', async () => {
    const number = await read(`${PART}/Attributes(LogicalName='new_number')`)
    const expected = {
      SchemaName: 'new_Number',
      EntityLogicalName: 'new_part',
      AttributeType: 'String',
      AttributeTypeName: { Value: 'StringType' },
      MaxLength: 40,
      Format: 'Text',
      FormatName: { Value: 'Text' },
      IsCustomAttribute: true,
      IsPrimaryId: false,
      IsValidForCreate: true,
      IsValidForUpdate: true,
      IsValidForRead: true,
    }
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, number[name]])), expected)
    assert.equal(number.RequiredLevel.Value, 'None')
    assert.equal(number.DisplayName.UserLocalizedLabel.Label, 'new_Number')
  })

  test('a lookup names its targets', async () => {
    const one = await read(`${PART}/Attributes(LogicalName='new_makerid')/${CRM}.LookupAttributeMetadata`)
    assert.deepEqual([one.AttributeType, one.Targets], ['Lookup', ['account']])
    const customer = await read(`${PART}/Attributes(LogicalName='new_buyerid')`)
    assert.equal(customer.AttributeType, 'Customer')
    assert.deepEqual(customer.Targets.toSorted(), ['account', 'contact'])
  })

  test('a money column brings its shadow in the base currency', async () => {
    const base = await read(`${PART}/Attributes(LogicalName='new_price_base')/${CRM}.MoneyAttributeMetadata`)
    assert.deepEqual([base.IsBaseCurrency, base.CalculationOf, base.IsValidForUpdate], [true, 'new_price', false])
  })

  test('a key', async () => {
    const { value } = await read(`${PART}/Keys`)
    const [key] = value
    assert.deepEqual(
      [key.SchemaName, key.LogicalName, key.EntityLogicalName, key.KeyAttributes, key.EntityKeyIndexStatus],
      ['new_PartNumber', 'new_partnumber', 'new_part', ['new_number'], 'Active'],
    )
    assert.equal(key.DisplayName.UserLocalizedLabel.Label, 'new_PartNumber')
  })

  test('the relationships', async () => {
    const one = await read("RelationshipDefinitions(SchemaName='new_account_new_part_new_MakerId')")
    assert.deepEqual(
      [one.RelationshipType, one.ReferencedEntity, one.ReferencedAttribute, one.ReferencingEntity, one.ReferencingAttribute],
      ['OneToManyRelationship', 'account', 'accountid', 'new_part', 'new_makerid'],
    )
    assert.equal(one.ReferencingEntityNavigationPropertyName, 'new_MakerId')
    assert.equal(one.ReferencedEntityNavigationPropertyName, 'new_account_new_part_new_MakerId')
    for (const name of ['Assign', 'Delete', 'Merge', 'Reparent', 'Share', 'Unshare', 'RollupView'])
      assert.equal(typeof one.CascadeConfiguration[name], 'string', name)
    const many = await read("RelationshipDefinitions(SchemaName='new_part_contact')")
    assert.deepEqual(
      [many.RelationshipType, many.Entity1LogicalName, many.Entity2LogicalName, many.IntersectEntityName],
      ['ManyToManyRelationship', 'new_part', 'contact', 'new_part_contact'],
    )
    assert.deepEqual([many.Entity1NavigationPropertyName, many.Entity2NavigationPropertyName], ['new_part_contact', 'new_part_contact'])
    assert.deepEqual([many.Entity1IntersectAttribute, many.Entity2IntersectAttribute], ['new_partid', 'contactid'])
    const buyer = await read("RelationshipDefinitions(SchemaName='new_contact_new_part_new_BuyerId')")
    assert.equal(buyer.ReferencingEntityNavigationPropertyName, 'new_BuyerId_contact')
  })

  test('the standard tables are there with their columns', async () => {
    const standard = [
      'account',
      'activitypointer',
      'asyncoperation',
      'businessunit',
      'contact',
      'equipment',
      'organization',
      'publisher',
      'role',
      'solution',
      'systemuser',
      'task',
      'team',
      'territory',
      'transactioncurrency',
    ]
    const { value } = await read('EntityDefinitions?$select=LogicalName,ChangeTrackingEnabled')
    assert.deepEqual(
      standard.filter((name) => !names({ value }).includes(name)),
      [],
    )
    for (const name of ['account', 'contact']) assert.equal(value.find((one: Body) => one.LogicalName === name).ChangeTrackingEnabled, true, name)
    const account = names(await read("EntityDefinitions(LogicalName='account')/Attributes?$select=LogicalName"))
    for (const name of [
      'name',
      'accountnumber',
      'primarycontactid',
      'revenue',
      'revenue_base',
      'address1_city',
      'industrycode',
      'creditlimit',
      'ownerid',
      'statecode',
    ])
      assert.ok(account.includes(name), name)
  })

  test('PATCH is refused on definitions', async () => {
    const answer = expectStatus(await api.patch(PART, { ChangeTrackingEnabled: true }), 405)
    assert.match(answer.body.error.message, /PATCH/)
  })
})
