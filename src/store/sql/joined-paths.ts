/**
 * The rows that property paths lead to, each joined once: `primarycontactid/fullname` and `primarycontactid/createdby/fullname`
 * share `left join "contact" as r_1`. A left join, so that a row whose lookup is null is still there to be compared with null;
 * where a condition excludes nulls, the engines turn it into an inner one.
 */
import type { ColumnPath, LookupStep } from '../../plan/bound-filter.ts'
import { isPolymorphic } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import type { Dialect } from './dialect.ts'
import { columnOf, comparable } from './folded.ts'
import { literal } from './json-text.ts'
import { join, name, nothing, type Sql, sql, verbatim } from './sql.ts'
import { targetColumn } from './storage-names.ts'

export type JoinedPaths = {
  /** The path's column in a comparison: folded where it is text. */
  readonly comparable: (path: ColumnPath) => Sql
  /** All joins asked for so far, to stand behind `from "account" as r`. */
  readonly joins: () => Sql
}

export function joinedPaths(root: string, dialect: Dialect): JoinedPaths {
  const aliases = new Map<string, string>()
  const joins: Sql[] = []

  function aliasOf(steps: readonly LookupStep[]): string {
    let from = root
    let path = ''
    for (const step of steps) {
      path += `${step.relationship.schemaName}/`
      const known = aliases.get(path)
      const alias = known ?? `${root}_${aliases.size + 1}`
      if (!known) {
        aliases.set(path, alias)
        joins.push(leftJoin(step, from, alias))
      }
      from = alias
    }
    return from
  }
  return {
    comparable: ({ steps, table, column }) => comparable(table, column, steps.length === 0 ? root : aliasOf(steps), dialect),
    joins: () => (joins.length === 0 ? nothing : join(joins, '')),
  }
}

function leftJoin({ column, target }: LookupStep, from: string, alias: string): Sql {
  const pointed = sql`${columnOf(alias, target.primaryIdColumn)} = ${columnOf(from, column.logicalName)}`
  const ofTable = isPolymorphic(column) ? sql` and ${columnOf(from, targetColumn(column.logicalName))} = ${literal(target.logicalName)}` : nothing
  return sql` left join ${rowsOf(target, alias)} on ${pointed}${ofTable}`
}

/** `"account" as r` */
export function rowsOf(table: Table, alias: string): Sql {
  return sql`${name(table.logicalName)} as ${verbatim(alias)}`
}
