/** The server's own SQL for a query, with the schema as the database has it, prepared once on a connection of its own. */
import { FULL_RIGHTS } from '../../src/plan/rights.ts'
import { Guid } from '../../src/base/guid.ts'
import { PLAIN_CALENDAR } from '../../src/plan/calendar.ts'
import { planRead } from '../../src/plan/plan-read.ts'
import { parsePrecondition } from '../../src/protocol/precondition.ts'
import { parsePrefer } from '../../src/protocol/prefer.ts'
import { parseQueryOptions } from '../../src/protocol/query-options.ts'
import { parseResourcePath } from '../../src/protocol/resource-path.ts'
import { selectRows } from '../../src/store/sql/select-rows.ts'
import { SELECT_SCHEMA, schemaOf } from '../../src/store/definitions.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { renderQuery } from '../../src/store/sqlite/driver.ts'
import { bindable } from '../../src/store/sqlite/integers.ts'
import { openForReading } from '../../src/store/sqlite/open.ts'

export type PageStatement = { readonly run: () => readonly unknown[]; readonly [Symbol.dispose]: () => void }

/** `query` as it stands behind the `?`. */
export function pageStatement(file: string, set: string, query: string): PageStatement {
  const connection = openForReading(file)
  const schema = schemaOf(connection.all(SELECT_SCHEMA))
  const caller = { userId: Guid.next(), businessUnitId: Guid.next(), organizationId: Guid.next(), rights: FULL_RIGHTS }
  const context = { schema, caller, now: new Date().toISOString(), calendar: PLAIN_CALENDAR }
  const read = {
    segments: parseResourcePath(set),
    options: parseQueryOptions(query),
    preferences: parsePrefer(undefined),
    precondition: parsePrecondition(undefined, undefined),
  }
  const plan = planRead(read, context)
  if (plan.kind !== 'read-rows') throw new Error(`${query} reads no rows`)
  const { text, values } = renderQuery(
    selectRows(plan, { dialect: sqliteDialect, rights: FULL_RIGHTS, schema, apiRoot: 'http://127.0.0.1/api/data/v9.2' } as never),
  )
  const statement = connection.database.prepare(text)
  statement.setReturnArrays(true)
  const bound = values.map(bindable)
  return { run: () => statement.all(...bound), [Symbol.dispose]: connection.close }
}
