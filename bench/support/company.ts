/**
 * A company of five regions with twenty units each, and 100,000 parts spread over the hundred: made once and kept. Its director, with
 * deep access from the top, may read them all; a head of region a fifth of them.
 */
import { type Api, apiOf, expectStatus } from '../../test/support/api.ts'
import { makeUnit } from '../../test/support/make-people.ts'
import { giveRole, makeRole, makeUserWith } from '../../test/support/make-roles.ts'
import { makePartTable, PART, partBody } from './part-table.ts'
import { keptFolder, startTidemark, type Tidemark } from './processes.ts'

export const PARTS = 100_000
const REGIONS = 5
const UNITS_IN_REGION = 20
const AT_ONCE = 1000
const DOMAIN = '@company.example'

export type Company = { readonly server: Tidemark; readonly director: string; readonly head: string }

export async function startCompany(): Promise<Company> {
  const server = await startTidemark(keptFolder('company'))
  const api = apiOf(server.api)
  const found = await findPeople(api)
  if (found) return { server, ...found }
  process.stdout.write(`  making ${PARTS.toLocaleString('en-US')} rows, once\n`)
  return { server, ...(await makeCompany(api, server.api)) }
}

async function findPeople(api: Api): Promise<Omit<Company, 'server'> | undefined> {
  const { value } = expectStatus(await api.get(`systemusers?$select=firstname&$filter=endswith(domainname,'${DOMAIN}')`), 200).body
  const idOf = (name: string) => value.find((one: { firstname: string }) => one.firstname === name)?.systemuserid
  const [director, head] = [idOf('Director'), idOf('Head')]
  return director && head && { director, head }
}

async function makeCompany(api: Api, url: string): Promise<Omit<Company, 'server'>> {
  await makePartTable(url)
  const company = await makeUnit(api, 'Company')
  const units: string[] = []
  const regions: string[] = []
  for (let region = 0; region < REGIONS; region++) {
    regions.push(await makeUnit(api, `Region ${region}`, company))
    units.push(regions[region] as string)
    for (let office = 1; office < UNITS_IN_REGION; office++) units.push(await makeUnit(api, `Office ${region}.${office}`, regions[region]))
  }
  await makeParts(api, await owningTeams(api, units))
  const grants = { prvReadnew_Part: 'deep' } as const
  const named = (name: string) => ({ domainname: `${name.toLowerCase()}${DOMAIN}` })
  const [director, head] = [await makeUserWith(api, company, 'Director', grants), await makeUserWith(api, regions[0] as string, 'Head', grants)]
  // Last: who finds them finds a company that is complete.
  for (const [id, name] of [
    [director, 'Director'],
    [head, 'Head'],
  ] as const)
    expectStatus(await api.patch(`systemusers(${id})`, named(name)), 204)
  return { director, head }
}

/** In the order of the units. A team that may not read a table owns no row of it. */
async function owningTeams(api: Api, units: readonly string[]): Promise<readonly string[]> {
  const { value } = expectStatus(await api.get('teams?$select=teamid,_businessunitid_value&$filter=isdefault eq true'), 200).body
  const byUnit = new Map<string, string>(value.map((row: { readonly [column: string]: string }) => [row._businessunitid_value, row.teamid]))
  const teams = units.map((unit) => byUnit.get(unit) as string)
  for (const [index, unit] of units.entries()) {
    await giveRole(api, `teams(${teams[index]})`, await makeRole(api, unit, `Keeper ${index}`, { prvReadnew_Part: 'basic' }))
  }
  return teams
}

/** Neighbours in any order belong to different units. */
async function makeParts(api: Api, teams: readonly string[]): Promise<void> {
  for (let from = 0; from < PARTS; from += AT_ONCE) {
    const Targets = Array.from({ length: AT_ONCE }, (_, index) => {
      const number = from + index
      return {
        '@odata.type': `Microsoft.Dynamics.CRM.${PART.name}`,
        [PART.key]: `P-${number}`,
        ...partBody(number),
        'ownerid@odata.bind': `/teams(${teams[(number * 37) % teams.length]})`,
      }
    })
    expectStatus(await api.post(`${PART.set}/Microsoft.Dynamics.CRM.CreateMultiple`, { Targets }), 200)
  }
}
