/** Tables, columns, keys and relationships, made as a client makes them: through the metadata endpoints. */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { type Api, expectStatus } from './api.ts'

export type Body = { readonly [member: string]: unknown }

/** `set`: its URL; `id`: the name of its primary id column. */
export type MadeTable = { readonly name: string; readonly set: string; readonly id: string; readonly metadataId: string }

export const label = (text: string): Body => ({ LocalizedLabels: [{ Label: text, LanguageCode: 1033 }] })

const attribute =
  (type: string) =>
  (SchemaName: string, more: Body = {}): Body => ({
    '@odata.type': `Microsoft.Dynamics.CRM.${type}AttributeMetadata`,
    SchemaName,
    DisplayName: label(SchemaName),
    ...more,
  })

const ownOptions = (options: Readonly<Record<number, string>>): Body => ({
  OptionSet: {
    '@odata.type': 'Microsoft.Dynamics.CRM.OptionSetMetadata',
    IsGlobal: false,
    OptionSetType: 'Picklist',
    Options: Object.entries(options).map(([value, text]) => ({ Value: Number(value), Label: label(text) })),
  },
})

/** `column.text('new_Code', { MaxLength: 10 })`: the body of a column. */
export const column = {
  text: attribute('String'),
  memo: attribute('Memo'),
  whole: attribute('Integer'),
  bigint: attribute('BigInt'),
  decimal: attribute('Decimal'),
  double: attribute('Double'),
  money: attribute('Money'),
  boolean: attribute('Boolean'),
  datetime: (SchemaName: string, behavior: 'UserLocal' | 'DateOnly' | 'TimeZoneIndependent', more: Body = {}): Body =>
    attribute('DateTime')(SchemaName, { DateTimeBehavior: { Value: behavior }, Format: behavior === 'DateOnly' ? 'DateOnly' : 'DateAndTime', ...more }),
  choice: (SchemaName: string, options: Readonly<Record<number, string>>, more: Body = {}): Body =>
    attribute('Picklist')(SchemaName, { ...ownOptions(options), ...more }),
  choices: (SchemaName: string, options: Readonly<Record<number, string>>, more: Body = {}): Body =>
    attribute('MultiSelectPicklist')(SchemaName, { ...ownOptions(options), ...more }),
}

/** The primary name is `<prefix>_Name`, unless one of the columns is marked so. */
export function tableBody(SchemaName: string, columns: readonly Body[] = [], more: Body = {}): Body {
  const hasName = columns.some((one) => one.IsPrimaryName === true)
  const primaryName = column.text(`${SchemaName.split('_')[0]}_Name`, { IsPrimaryName: true, MaxLength: 200 })
  return {
    '@odata.type': 'Microsoft.Dynamics.CRM.EntityMetadata',
    SchemaName,
    DisplayName: label(SchemaName),
    DisplayCollectionName: label(`${SchemaName}s`),
    OwnershipType: 'UserOwned',
    HasActivities: false,
    HasNotes: false,
    Attributes: hasName ? columns : [primaryName, ...columns],
    ...more,
  }
}

export async function makeTable(api: Api, SchemaName: string, columns: readonly Body[] = [], more: Body = {}): Promise<MadeTable> {
  expectStatus(await api.post('EntityDefinitions', tableBody(SchemaName, columns, more)), 204)
  const read = await api.get(`EntityDefinitions(LogicalName='${SchemaName.toLowerCase()}')?$select=LogicalName,EntitySetName,PrimaryIdAttribute`)
  const { LogicalName, EntitySetName, PrimaryIdAttribute, MetadataId } = expectStatus(read, 200).body
  return { name: LogicalName, set: EntitySetName, id: PrimaryIdAttribute, metadataId: MetadataId }
}

export function postKey(api: Api, table: string, SchemaName: string, KeyAttributes: readonly string[]) {
  const body = { '@odata.type': 'Microsoft.Dynamics.CRM.EntityKeyMetadata', SchemaName, DisplayName: label(SchemaName), KeyAttributes }
  return api.post(`EntityDefinitions(LogicalName='${table}')/Keys`, body)
}

/** Its index is built in the background: the key is usable once this returns. */
export async function makeKey(api: Api, table: string, SchemaName: string, KeyAttributes: readonly string[]): Promise<void> {
  expectStatus(await postKey(api, table, SchemaName, KeyAttributes), 204)
  await untilKeyIs('Active', api, table, SchemaName)
}

/** The key's metadata, once its job has ended so. */
export async function untilKeyIs(status: 'Active' | 'Failed', api: Api, table: string, SchemaName: string) {
  const path = `EntityDefinitions(LogicalName='${table}')/Keys(LogicalName='${SchemaName.toLowerCase()}')`
  const last = Date.now() + 15_000
  for (;;) {
    const key = expectStatus(await api.get(path), 200).body
    if (key.EntityKeyIndexStatus === status) return key
    assert.ok(key.EntityKeyIndexStatus === 'Pending' || key.EntityKeyIndexStatus === 'InProgress', `${SchemaName} is ${key.EntityKeyIndexStatus}`)
    assert.ok(Date.now() < last, `${SchemaName} is still ${key.EntityKeyIndexStatus}`)
    await wait(10)
  }
}

export type LookupOptions = { readonly from: string; readonly to: string; readonly SchemaName: string; readonly cascade?: Body; readonly more?: Body }

/** A lookup column with its relationship. Navigation properties: `one` on the table that has the lookup, `many` on the other. */
export async function makeLookup(api: Api, { from, to, SchemaName, cascade, more }: LookupOptions): Promise<{ readonly one: string; readonly many: string }> {
  const many = `new_${to}_${from}_${SchemaName}`
  const body = {
    '@odata.type': 'Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata',
    SchemaName: many,
    ReferencedEntity: to,
    ReferencingEntity: from,
    ...(cascade && { CascadeConfiguration: cascade }),
    Lookup: attribute('Lookup')(SchemaName),
    ...more,
  }
  expectStatus(await api.post('RelationshipDefinitions', body), 204)
  return { one: SchemaName, many }
}

/** A lookup that points at accounts and contacts. Its navigation properties are `<SchemaName>_account` and `<SchemaName>_contact`. */
export async function makeCustomerLookup(api: Api, from: string, SchemaName: string): Promise<void> {
  const sides = ['account', 'contact'].map((to) => ({ SchemaName: `new_${to}_${from}_${SchemaName}`, ReferencedEntity: to, ReferencingEntity: from }))
  const body = { OneToManyRelationships: sides, Lookup: attribute('ComplexLookup')(SchemaName, { AttributeType: 'Lookup' }) }
  expectStatus(await api.post('CreateCustomerRelationships', body), 200)
}

/** Both sides' navigation property, and the intersect table's name. */
export async function makeManyToMany(api: Api, Entity1LogicalName: string, Entity2LogicalName: string, SchemaName: string): Promise<string> {
  const body = {
    '@odata.type': 'Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata',
    SchemaName,
    IntersectEntityName: SchemaName,
    Entity1LogicalName,
    Entity2LogicalName,
  }
  expectStatus(await api.post('RelationshipDefinitions', body), 204)
  return SchemaName
}

/** Rows, many in a request; their ids in the same order. */
export async function makeRows(api: Api, table: MadeTable, rows: readonly Body[]): Promise<readonly string[]> {
  const Targets = rows.map((row) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${table.name}`, ...row }))
  return expectStatus(await api.post(`${table.set}/Microsoft.Dynamics.CRM.CreateMultiple`, { Targets }), 200).body.Ids
}
