/**
 * The rows that property paths lead to, each joined once: `primarycontactid/fullname` and `primarycontactid/createdby/fullname`
 * share `left join "contact" as r_1`. A left join, so that a row whose lookup is null is still there to be compared with null;
 * where a condition excludes nulls, the engines turn it into an inner one.
 * Joins that a query names itself (`link-entity`) stand before them.
 */
import { assert } from '../../base/assert.ts'
import { type ColumnPath, type LookupStep, ROOT_ROW } from '../../plan/bound-filter.ts'
import type { Join } from '../../plan/join.ts'
import { filterSql } from './filter-sql.ts'
import type { Sight } from './read-scope.ts'
import { rowsOf } from './visible-rows.ts'
import { columnOf, comparable } from './folded.ts'
import { andPointsInto } from './lookup-target.ts'
import { rowsFoundBy } from './rows-by-text.ts'
import { join, nothing, type Sql, sql, verbatim } from './sql.ts'

export type JoinedPaths = {
  /** The alias, a word of ours, of the row that paths start from. Aliases of what is asked for below it begin with it. */
  readonly root: string
  /** The alias of the row that holds the path's column. */
  readonly rowOf: (path: ColumnPath) => string
  /** The path's column in a comparison: folded where it is text. */
  readonly comparable: (path: ColumnPath) => Sql
  /** All joins asked for so far, to stand behind `from "account" as r`. */
  readonly joins: () => Sql
}

/** Where the rows stand inside another query: the alias that paths give them, and the rows around. */
export type Around = { readonly alias: string | undefined; readonly paths: JoinedPaths }

/** `explicit`: joins that the query itself names; they stand before those that paths ask for. */
export function joinedPaths(root: string, sight: Sight, explicit: readonly Join[] = [], around?: Around): JoinedPaths {
  const named = new Map(explicit.map((one, index) => [one.alias, `${root}_j${index + 1}`]))
  const own = around ? around.alias : ROOT_ROW
  if (own !== undefined) named.set(own, root)
  const aliases = new Map<string, string>()
  const joins: Sql[] = []

  function rowOf(path: ColumnPath): string {
    let from = path.from === undefined ? root : named.get(path.from)
    if (from === undefined && around) return around.paths.rowOf(path)
    assert(from, `the query joins nothing as ${path.from}`)
    let text = `${from}/`
    for (const step of path.steps) {
      text += `${step.relationship.schemaName}/`
      const known = aliases.get(text)
      const alias = known ?? `${root}_${aliases.size + 1}`
      if (!known) {
        aliases.set(text, alias)
        joins.push(leftJoin(step, from, alias, sight))
      }
      from = alias
    }
    return from
  }
  const paths: JoinedPaths = {
    root,
    rowOf,
    comparable: (path) => comparable(path.table, path.column, rowOf(path), sight.dialect),
    joins: () => join([...written, ...joins], ''),
  }
  const written = explicit.map((one) => joinSql(one, named.get(one.alias) as string, paths, sight))
  return paths
}

/** Conditions of an outer join stand in its `on`: what does not meet them is as if it were not there. */
function joinSql(one: Join, alias: string, paths: JoinedPaths, sight: Sight): Sql {
  const { table, inner, outer, type } = one
  const budget = sight.isBudgeted ? sql` and ${sight.dialect.withinBudget(alias)}` : nothing
  const filter = sql`${one.filter ? sql` and ${filterSql(one.filter, paths, sight)}` : nothing}${budget}`
  if (type === 'first') {
    const { rows, key } = rowsFoundBy(table, inner, alias, sight)
    return firstJoin(one, alias, sql`${rows} where ${key} = ${paths.comparable(outer)}${filter}`, sight)
  }
  const equal = sql`${comparable(table, inner, alias, sight.dialect)} = ${paths.comparable(outer)}`
  return sql`${verbatim(type === 'inner' ? ' join ' : ' left join ')}${rowsOf(table, alias, sight)} on ${equal}${filter}`
}

/** One row of those that match: the one with the least id. */
function firstJoin({ table }: Join, alias: string, matches: Sql, sight: Sight): Sql {
  const id = columnOf(alias, table.primaryIdColumn)
  return sql` join ${rowsOf(table, alias, sight)} on ${id} = (select min(${id}) from ${matches})`
}

function leftJoin({ column, target }: LookupStep, from: string, alias: string, sight: Sight): Sql {
  const pointed = sql`${columnOf(alias, target.primaryIdColumn)} = ${columnOf(from, column.logicalName)}`
  return sql` left join ${rowsOf(target, alias, sight)} on ${pointed}${andPointsInto(target, column, from)}`
}
