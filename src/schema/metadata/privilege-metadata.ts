/** A table's privileges as EntityMetadata tells them. */
import { privilegesOf } from '../privileges.ts'
import type { Table } from '../table.ts'
import { type MetadataObject, once } from './metadata-object.ts'

export const privilegeMetadata = once((table: Table): readonly MetadataObject[] =>
  privilegesOf(table).map(({ name, id, right, depths }) => ({
    CanBeBasic: depths.includes('basic'),
    CanBeDeep: depths.includes('deep'),
    CanBeGlobal: true,
    CanBeLocal: depths.includes('local'),
    CanBeEntityReference: false,
    CanBeParentEntityReference: false,
    CanBeRecordFilter: false,
    Name: name,
    PrivilegeId: id,
    PrivilegeType: right,
  })),
)
