/** What the demo needs on an empty server: a region table, a lookup to it, alternate keys, and the rows of the example. */
import type { DemoApi } from './demo-api.ts'

const label = (text: string) => ({ LocalizedLabels: [{ Label: text, LanguageCode: 1033 }] })
const text = (SchemaName: string, MaxLength: number, more: object = {}) => ({
  '@odata.type': 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
  SchemaName,
  DisplayName: label(SchemaName),
  MaxLength,
  ...more,
})

export async function setUp(api: DemoApi): Promise<void> {
  await api.send('POST', 'EntityDefinitions', {
    '@odata.type': 'Microsoft.Dynamics.CRM.EntityMetadata',
    SchemaName: 'new_Region',
    DisplayName: label('Region'),
    DisplayCollectionName: label('Regions'),
    OwnershipType: 'OrganizationOwned',
    HasActivities: false,
    HasNotes: false,
    Attributes: [text('new_Name', 100, { IsPrimaryName: true }), text('new_Code', 10)],
  })
  await api.send('POST', 'RelationshipDefinitions', {
    '@odata.type': 'Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata',
    SchemaName: 'new_region_account',
    ReferencedEntity: 'new_region',
    ReferencedAttribute: 'new_regionid',
    ReferencingEntity: 'account',
    Lookup: { '@odata.type': 'Microsoft.Dynamics.CRM.LookupAttributeMetadata', SchemaName: 'new_RegionId', DisplayName: label('Region') },
  })
  const keys = [
    ['account', 'new_AccountNumberKey', 'accountnumber'],
    ['contact', 'new_EmailKey', 'emailaddress1'],
    ['systemuser', 'new_UserEmailKey', 'internalemailaddress'],
    ['new_region', 'new_CodeKey', 'new_code'],
  ] as const
  for (const [table, SchemaName, column] of keys) {
    await api.send('POST', `EntityDefinitions(LogicalName='${table}')/Keys`, { SchemaName, KeyAttributes: [column], DisplayName: label(SchemaName) })
  }
  for (const [table] of keys) await untilActive(api, table)
  await api.send('POST', 'accounts', { accountnumber: 'ABC123', name: 'Contoso (old name)' })
  await api.send('PATCH', "accounts(accountnumber='ABC123')", { statecode: 1, statuscode: 2 })
  await api.send('POST', 'contacts', { firstname: 'Carina', lastname: 'Larsson', emailaddress1: 'contact@company.com' })
  await api.send('POST', 'new_regions', { new_name: 'North West', new_code: 'NW' })
  const { BusinessUnitId } = await api.send('GET', 'WhoAmI')
  await api.send('POST', 'systemusers', {
    firstname: 'Uma',
    lastname: 'User',
    domainname: 'user@mycompany.com',
    internalemailaddress: 'user@mycompany.com',
    'businessunitid@odata.bind': `/businessunits(${BusinessUnitId})`,
  })
  // Rows can be assigned to whoever may read them.
  const { value: roles } = await api.send('GET', `roles?$select=roleid&$filter=name eq 'Basic User' and _businessunitid_value eq ${BusinessUnitId}`)
  const user = "systemusers(internalemailaddress='user@mycompany.com')"
  await api.send('POST', `${user}/systemuserroles_association/$ref`, { '@odata.id': `roles(${roles[0].roleid})` })
}

/** A key's index is built in the background (sync.md 1.6). */
async function untilActive(api: DemoApi, table: string): Promise<void> {
  for (;;) {
    const { value } = await api.send('GET', `EntityDefinitions(LogicalName='${table}')/Keys?$select=EntityKeyIndexStatus`)
    if (value.every((key: { EntityKeyIndexStatus: string }) => key.EntityKeyIndexStatus === 'Active')) return
    await new Promise((again) => setTimeout(again, 20))
  }
}
