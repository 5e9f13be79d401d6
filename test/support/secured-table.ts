/**
 * For tests of column-level security: profiles and permissions, and a table `new_person` with secured columns of several types, whose first
 * row holds `SECRET` and other traces in all of them. `reader` may read and write its rows, and has no profile.
 */
import { actingAs } from './acting-as.ts'
import { type Answer, type Api, apiOf, createdId, expectStatus } from './api.ts'
import { whoAmI } from './make-people.ts'
import { type Grants, makeUserWith } from './make-roles.ts'
import { type Body, column, makeKey, makeLookup, makeTable } from './make-table.ts'
import { startServer, type TestServer } from './start-server.ts'

export const SECRET = 'ZX-4711'
/** What stands in the secured columns of the first person, as any answer would write it. */
export const TRACES = new RegExp(`${SECRET}|4711|4,711|1947|Litware`)
export const MASKED = ['new_iban', 'new_notes', 'new_salary', 'new_salary_base', 'new_grade', 'new_band', 'new_born', 'new_fired', '_new_employerid_value']
export const ANNOTATED = { Prefer: 'odata.include-annotations="*"' }
export const EVERYTHING: Grants = {
  ...Object.fromEntries(
    ['Create', 'Read', 'Write', 'Delete', 'Append', 'AppendTo'].flatMap((right) =>
      ['new_Person', 'Account', 'Contact', 'Activity', 'AsyncOperation'].map((table) => [`prv${right}${table}`, 'global']),
    ),
  ),
  prvBulkDelete: 'global',
  prvMerge: 'global',
}

export type SecuredTable = {
  readonly server: TestServer
  readonly admin: Api
  readonly unit: string
  readonly reader: Api
  readonly readerId: string
  /** Ids: the first person, another, and the first one's employer. */
  readonly person: string
  readonly other: string
  readonly account: string
  readonly lookup: { readonly one: string; readonly many: string }
}

export async function startWithSecured(): Promise<SecuredTable> {
  const server = await startServer()
  const admin = apiOf(server.api)
  const unit = (await whoAmI(admin)).BusinessUnitId
  const lookup = await makePersonTable(admin)
  const account = createdId(await admin.post('accounts', { name: 'Litware' }))
  const person = createdId(
    await admin.post('new_persons', {
      new_name: 'Ada',
      new_number: 'A1',
      new_iban: SECRET,
      new_notes: SECRET,
      new_salary: 4711.5,
      new_grade: 4711,
      new_band: 2,
      new_born: '1947-11-04',
      new_fired: true,
      new_open: 'seen',
      [`${lookup.one}@odata.bind`]: `/accounts(${account})`,
    }),
  )
  const other = createdId(
    await admin.post('new_persons', { new_name: 'Bob', new_number: 'B1', new_iban: 'AA-0000', new_grade: 1, new_salary: 1, new_open: 'seen' }),
  )
  const readerId = await makeUserWith(admin, unit, 'Reader', EVERYTHING)
  return { server, admin, unit, reader: actingAs(admin, readerId), readerId, person, other, account, lookup }
}

async function makePersonTable(admin: Api): Promise<SecuredTable['lookup']> {
  const isSecured = { IsSecured: true }
  const columns = [
    column.text('new_Number', { MaxLength: 20 }),
    column.text('new_Iban', { MaxLength: 40, ...isSecured }),
    column.memo('new_Notes', isSecured),
    column.money('new_Salary', isSecured),
    column.whole('new_Grade', isSecured),
    column.choice('new_Band', { 1: 'Low', 2: 'High' }, isSecured),
    column.datetime('new_Born', 'DateOnly', isSecured),
    column.boolean('new_Fired', isSecured),
    column.text('new_Open', { MaxLength: 40 }),
  ]
  await makeTable(admin, 'new_Person', columns, { ChangeTrackingEnabled: true })
  await makeKey(admin, 'new_person', 'new_NumberKey', ['new_number'])
  const lookup = await makeLookup(admin, { from: 'new_person', to: 'account', SchemaName: 'new_EmployerId' })
  expectStatus(await secure(admin, 'new_person', 'new_employerid'), 204)
  return lookup
}

export const attribute = (table: string, name: string): string => `EntityDefinitions(LogicalName='${table}')/Attributes(LogicalName='${name}')`

/** The whole definition sent back, as clients do it. */
export async function secure(admin: Api, table: string, name: string, isSecured = true): Promise<Answer> {
  const definition = expectStatus(await admin.get(attribute(table, name)), 200).body
  return await admin.put(attribute(table, name), { ...definition, IsSecured: isSecured })
}

export async function makeProfile(admin: Api, name: string): Promise<string> {
  return createdId(await admin.post('fieldsecurityprofiles', { name }))
}

export function permit(admin: Api, profile: string, entityname: string, attributelogicalname: string, rights: Body): Promise<Answer> {
  return admin.post('fieldpermissions', {
    'fieldsecurityprofileid@odata.bind': `/fieldsecurityprofiles(${profile})`,
    entityname,
    attributelogicalname,
    canread: 0,
    cancreate: 0,
    canupdate: 0,
    ...rights,
  })
}

export async function giveProfile(admin: Api, profile: string, holder: `systemusers(${string})` | `teams(${string})`): Promise<void> {
  const association = holder.startsWith('teams') ? 'teamprofiles_association' : 'systemuserprofiles_association'
  expectStatus(await admin.post(`${holder}/${association}/$ref`, { '@odata.id': `${admin.root}/fieldsecurityprofiles(${profile})` }), 204)
}
