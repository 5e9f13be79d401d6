/**
 * What the names of a `$filter` mean where they stand: paths start from the row that the filter is about, or, inside a lambda, from the
 * row of a range variable. What the whole filter may hold is counted here, with the limits that Dataverse has.
 */
import { fail } from '../protocol/errors.ts'
import type { PropertyPath } from '../protocol/filter.ts'
import { type Alias, literalOfAlias } from '../protocol/key-predicate.ts'
import type { Literal } from '../protocol/literal.ts'
import type { Table } from '../schema/table.ts'
import { bindPath } from './bind-path.ts'
import { type ColumnPath, type LookupStep, ROOT_ROW } from './bound-filter.ts'
import { MAX_CONDITIONS, MAX_LINKS, MAX_VALUES } from './limits.ts'
import { linksAlong } from './path-links.ts'
import type { QueryContext } from './query-context.ts'

const NULL: Literal = { kind: 'null' }

export type Scope = {
  readonly table: Table
  /** The range variable; undefined: the row that the whole filter is about. */
  readonly variable: string | undefined
  readonly outer: Scope | undefined
  readonly whole: WholeFilter
  /** Links to other tables that paths from this row follow. */
  links: Set<string> | undefined
}

type WholeFilter = {
  readonly context: QueryContext
  /** Undefined where aliases may not stand: inside `$expand`. */
  readonly aliases: ReadonlyMap<string, string> | undefined
  conditions: number
  values: number
  links: number
}

export function rootScope(table: Table, context: QueryContext, aliases: ReadonlyMap<string, string> | undefined): Scope {
  return { table, variable: undefined, outer: undefined, whole: { context, aliases, conditions: 0, values: 0, links: 0 }, links: undefined }
}

/** The inside of a lambda: one more link. */
export function innerScope(outer: Scope, table: Table, variable: string | undefined): Scope {
  countLink(outer.whole)
  return { table, variable, outer, whole: outer.whole, links: undefined }
}

/** The row that a path starts from. */
export function scopeOf({ from }: PropertyPath, scope: Scope): Scope {
  let found: Scope = scope
  while (from !== undefined && found.outer && (from === ROOT_ROW || found.variable !== from)) found = found.outer
  return found
}

export function followPath(path: PropertyPath, scope: Scope): ColumnPath {
  const start = scopeOf(path, scope)
  const bound = bindPath(path.path, start.table, scope.whole.context.schema)
  countLinks(bound.steps, start)
  return start === scope ? bound : { ...bound, from: start.variable ?? ROOT_ROW }
}

export function countCondition({ whole }: Scope): void {
  if (++whole.conditions > MAX_CONDITIONS) throw fail('TooManyConditions')
}

export function countValues(count: number, { whole }: Scope): void {
  whole.values += count
  if (whole.values > MAX_VALUES) throw fail('BadRequest', `The number of values behind 'in' exceeds the limit of ${MAX_VALUES}.`)
}

export function literalOf(value: Literal | Alias, { whole }: Scope): Literal {
  if (value.kind !== 'alias') return value
  if (!whole.aliases) throw fail('NotSupported', `The parameter alias '@${value.name}' inside $expand`)
  return literalOfAlias(value, whole.aliases) ?? NULL
}

/** Paths that begin alike share their links. */
function countLinks(steps: readonly LookupStep[], scope: Scope): void {
  for (const link of linksAlong(steps)) {
    scope.links ??= new Set()
    if (scope.links.has(link)) continue
    scope.links.add(link)
    countLink(scope.whole)
  }
}

function countLink(whole: WholeFilter): void {
  if (++whole.links > MAX_LINKS) throw fail('TooManyLinks')
}
