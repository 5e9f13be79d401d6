/** The server's own SQL for a row's JSON, all columns, with the schema as the database has it. */
import { FULL_RIGHTS } from '../../src/plan/rights.ts'
import type { DatabaseSync } from 'node:sqlite'
import { selectColumns } from '../../src/plan/select-columns.ts'
import { NO_ANNOTATIONS } from '../../src/plan/row-annotations.ts'
import { rowJson } from '../../src/store/sql/row-json.ts'
import { render } from '../../src/store/sql/sql.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { openInlineReader } from '../../src/store/sqlite/inline.ts'

/** `r` stands for the row. */
export function rowText(database: DatabaseSync, table: string): string {
  const reader = openInlineReader(database.location() ?? '')
  const schema = reader.loadSchema()
  reader.close()
  const found = schema.tables.get(table)
  if (!found) throw new Error(`there is no table ${table}`)
  const shape = { table: found, columns: selectColumns(found, undefined), expands: [], annotations: NO_ANNOTATIONS }
  return render(rowJson(shape, 'r', { dialect: sqliteDialect, schema, rights: FULL_RIGHTS, apiRoot: '' }), sqliteDialect.placeholder).text
}
