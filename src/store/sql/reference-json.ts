/** A row as nothing but where it is: `{"@odata.id":"https://org.example/api/data/v9.2/contacts(6f0c…)"}`. */
import type { Table } from '../../schema/table.ts'
import { columnOf } from './folded.ts'
import { bound, concat, escaped } from './json-text.ts'
import type { ReadScope } from './read-scope.ts'
import type { Sql } from './sql.ts'

export function referenceJson(table: Table, alias: string, { apiRoot, dialect }: ReadScope): Sql {
  const start = bound(escaped(`${apiRoot}/${table.entitySetName}(`))
  return concat(['{"@odata.id":"', start, columnOf(alias, table.primaryIdColumn), ')"}'], dialect)
}
