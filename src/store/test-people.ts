/** For tests: users and teams with a role, units, and the same writes as somebody else does them. */
import type { Guid } from '../base/guid.ts'
import { loadCaller } from './load-caller.ts'
import { sql } from './sql/sql.ts'
import type { TestStore } from './test-transaction.ts'
import { type Writes, writesOn } from './test-writes.ts'

export function peopleOf(store: TestStore, write: Writes) {
  const roleOf = async (unit: Guid, name: string): Promise<Guid> => {
    const row = await store.tx.get(sql`select roleid from role where businessunitid = ${unit} and name = ${name}`)
    if (!row) throw new Error(`bug: the unit has no role ${name}`)
    return row.roleid as Guid
  }
  const user = async (name: string, { unit = store.caller.businessUnitId, role = 'System Customizer', ...more }: UserOptions = {}): Promise<Guid> => {
    const id = await write.create('systemusers', {
      lastname: name,
      domainname: name,
      internalemailaddress: `${name}@y.z`,
      'businessunitid@odata.bind': `businessunits(${unit})`,
      ...(more.manager && { 'parentsystemuserid@odata.bind': `systemusers(${more.manager})` }),
    })
    if (role) await write.link(`systemusers(${id})`, 'systemuserroles_association', `roles(${await roleOf(unit, role)})`)
    return id
  }
  return {
    user,
    roleOf,
    unit: (name: string, parent = store.caller.businessUnitId) =>
      write.create('businessunits', { name, 'parentbusinessunitid@odata.bind': `businessunits(${parent})` }),
    /** Of a user or a team: the names of the roles it has, and their units. */
    rolesOf: async (intersect: 'systemuserroles' | 'teamroles', id: Guid): Promise<readonly (readonly [name: string, unit: string])[]> => {
      const rows = await store.tx.all(
        intersect === 'teamroles'
          ? sql`select r.name, r.businessunitid from teamroles as h join role as r on r.roleid = h.roleid where h.teamid = ${id} order by r.name`
          : sql`select r.name, r.businessunitid from systemuserroles as h join role as r on r.roleid = h.roleid where h.systemuserid = ${id} order by r.name`,
      )
      return rows.map((row) => [row.name as string, row.businessunitid as string] as const)
    },
    /** Writes with the rights that this user has now. */
    as: async (userId: Guid): Promise<Writes> => {
      const source = { schema: store.moment.schema, ask: store.tx.all, organizationId: store.caller.organizationId }
      return writesOn({ ...store, moment: { ...store.moment, caller: await loadCaller({ userId }, source) } })
    },
  }
}

type UserOptions = { readonly unit?: Guid /** Null: none. */; readonly role?: string | null; readonly manager?: Guid }
