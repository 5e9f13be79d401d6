/** The rights there are on a table's rows: `prvCreateAccount`, `prvReadAccount` … Rows of the organization have no owner to assign or share. */
import { Guid } from '../../base/guid.ts'
import type { Ownership, Table } from '../table.ts'
import { type MetadataObject, once } from './metadata-object.ts'

const ON_ALL = ['Create', 'Read', 'Write', 'Delete', 'Append', 'AppendTo'] as const
const ON_OWNED = ['Create', 'Read', 'Write', 'Delete', 'Assign', 'Share', 'Append', 'AppendTo'] as const

const PRIVILEGES: { readonly [K in Ownership]: readonly string[] } = { user: ON_OWNED, business: ON_ALL, organization: ON_ALL, none: [] }

export const privilegesOf = once((table: Table): readonly MetadataObject[] =>
  PRIVILEGES[table.ownership].map((type) => {
    const name = `prv${type}${table.schemaName}`
    return {
      CanBeBasic: table.ownership === 'user',
      CanBeDeep: table.ownership !== 'organization',
      CanBeGlobal: true,
      CanBeLocal: table.ownership !== 'organization',
      CanBeEntityReference: false,
      CanBeParentEntityReference: false,
      CanBeRecordFilter: false,
      Name: name,
      PrivilegeId: Guid.fromName(`privilege:${name}`),
      PrivilegeType: type,
    }
  }),
)
