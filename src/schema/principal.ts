/** Users and teams: what owns rows, and what rows are shared with. Both are a `principal` on the wire, whose key is `ownerid`. */
import type { Table } from './table.ts'

export function isPrincipal({ logicalName }: Pick<Table, 'logicalName'>): boolean {
  return logicalName === 'systemuser' || logicalName === 'team'
}
