/** Names of more than 63 bytes are shortened (sql/storage-names.ts) by programs since; a file of an earlier one has them as they were. */
import { name, sql, verbatim } from '../../sql/sql.ts'
import { storedName } from '../../sql/storage-names.ts'
import type { Connection } from '../driver.ts'
import type { Migration } from '../migrate.ts'

export const shortNames: Migration = { number: 4, name: 'short names', text: '', run: shortenNames }

function shortenNames(connection: Connection): void {
  const quoted = (long: string) => verbatim(`"${long}"`)
  const isLong = (each: string) => storedName(each) !== each
  const namesOf = (kind: string) =>
    connection.all(sql`select name from sqlite_schema where type = ${kind} and name not like 'sqlite%' order by name`).map((row) => String(row.name))

  for (const table of namesOf('table')) {
    const columns = connection.all(sql`select name from pragma_table_info(${table})`).map((row) => String(row.name))
    for (const column of columns.filter(isLong)) connection.run(sql`alter table ${quoted(table)} rename column ${quoted(column)} to ${name(column)}`)
    if (isLong(table)) connection.run(sql`alter table ${quoted(table)} rename to ${name(table)}`)
  }
  for (const index of namesOf('index').filter(isLong)) {
    const made = String(connection.get(sql`select sql from sqlite_schema where name = ${index}`)?.sql)
    connection.run(sql`drop index ${quoted(index)}`)
    connection.run(verbatim(made.replace(`"${index}"`, `"${storedName(index)}"`)))
  }
}
