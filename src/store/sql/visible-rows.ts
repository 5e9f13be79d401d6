/**
 * What stands behind `from`: the rows of a table that the caller may see, and in them `null` for the columns that the caller may not.
 * Every read names its tables here, so that filters, joins, expands, counts and aggregates see no other row and no other value. For who
 * may see all it is `"account" as r`, else `(select s.* from "account" as s where …) as r`, which the engines merge with the query around it.
 */
import { type ColumnMask, columnMasks } from '../../plan/column-rights.ts'
import { relationshipOf } from '../../plan/navigation.ts'
import { type Access, accessTo, missingPrivilege, type Rights } from '../../plan/rights.ts'
import type { Column } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import { accessSql } from './access-sql.ts'
import { columnOf } from './folded.ts'
import { maskedColumns } from './masked-columns.ts'
import type { Sight } from './read-scope.ts'
import { join, name, type Sql, sql, verbatim } from './sql.ts'

/** `"account" as r`. Refuses where the privilege to read the table is missing. */
export function rowsOf(table: Table, alias: string, sight: Sight): Sql {
  const visible = visibleRows(table, sight)
  if (visible === 'none') throw missingPrivilege(sight.rights, unreadable(table, sight), 'Read')
  return visible === 'all' ? allRowsOf(table, alias) : sql`(${visible}) as ${verbatim(alias)}`
}

/** Pairs have no privileges of their own: what is missing is that of one of their ends. */
function unreadable(table: Table, sight: Sight): Table {
  const link = table.isIntersect ? relationshipOf(sight.schema, table) : undefined
  const ends = link ? [link.table1, link.table2].flatMap((end) => sight.schema.tables.get(end) ?? []) : []
  return ends.find((end) => !mayReadSome(end, sight)) ?? table
}

/** Whatever rights say: for what tells nothing of a row but that it is there. */
export function allRowsOf(table: Table, alias: string): Sql {
  return sql`${name(table.logicalName)} as ${verbatim(alias)}`
}

/** Whether any row may be read. */
export function mayReadSome(table: Table, sight: Sight): boolean {
  return visibleRows(table, sight) !== 'none'
}

function visibleRows(table: Table, sight: Sight): 'all' | 'none' | Sql {
  const { rights, dialect } = sight
  if (rights.isFull) return 'all'
  if (table.isIntersect) return visiblePairs(table, sight)
  const access = accessTo(rights, table, 'Read')
  if (table.logicalName === 'principalobjectaccess' && access === undefined) return sharesWithCaller(table, sight)
  if (access === undefined) return 'none'
  const masks = columnMasks(rights, table, sight.schema)
  return access === 'all' && masks.size === 0 ? 'all' : someRows(table, access, masks, dialect)
}

function someRows(table: Table, access: Access, masks: ReadonlyMap<Column, ColumnMask>, dialect: Sight['dialect']): Sql {
  const rows = identifiedRows(table, masks.size === 0 ? sql`s.*` : maskedColumns(table, masks, 's', dialect), dialect)
  if (access === 'all') return rows
  const condition = accessSql(access, table, 's', dialect)
  return sql`${rows} where ${table.ownership === 'user' ? dialect.sometimesTrue(condition) : condition}`
}

/** Without a privilege: what is shared with the caller or their teams. */
function sharesWithCaller(table: Table, { rights, dialect }: Sight): Sql {
  const principals: Sql[] = []
  for (let one: Rights | undefined = rights; one; one = one.cutBy) {
    if (!one.isFull) principals.push(dialect.isOneOf(columnOf('s', 'principalid'), one.principals))
  }
  return sql`${identifiedRows(table, sql`s.*`, dialect)} where ${join(principals, ' and ')}`
}

/** All rows, which `s` stands for: these columns, and with them what a budget asks of rows. */
function identifiedRows(table: Table, columns: Sql, dialect: Sight['dialect']): Sql {
  return sql`select ${dialect.rowIdentity ? sql`${dialect.rowIdentity('s')}, ${columns}` : columns} from ${allRowsOf(table, 's')}`
}

/** Whoever may see both rows may see that they are linked. */
function visiblePairs(table: Table, sight: Sight): 'all' | 'none' | Sql {
  const link = relationshipOf(sight.schema, table)
  if (!link) return 'none'
  const conditions: Sql[] = []
  for (const [side, column] of [
    [link.table1, link.table1Column],
    [link.table2, link.table2Column],
  ] as const) {
    const end = sight.schema.tables.get(side)
    const visible = end ? visibleRows(end, sight) : 'none'
    if (!end || visible === 'none') return 'none'
    if (visible !== 'all') conditions.push(sql`${columnOf('s', column)} in (select v.${name(end.primaryIdColumn)} from (${visible}) as v)`)
  }
  return conditions.length === 0 ? 'all' : sql`${identifiedRows(table, sql`s.*`, sight.dialect)} where ${join(conditions, ' and ')}`
}
