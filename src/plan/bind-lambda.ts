/**
 * `Account_Tasks/any(t:t/statecode eq 0)`: at least one related row meets the filter. `all` is that none fails it, so that it holds
 * for a row without any. One-to-many and many-to-many alike; not behind a lookup, as Dataverse has it.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { Filter } from '../protocol/filter.ts'
import type { BoundFilter } from './bound-filter.ts'
import { innerScope, type Scope, scopeOf } from './filter-scope.ts'
import { getNavigation, isToMany, linkOf, type ToMany } from './navigation.ts'

type Lambda = Extract<Filter, { readonly op: 'any' | 'all' }>

/** `bindInner` binds what stands in the lambda. */
export function bindLambda({ op, rows, condition }: Lambda, scope: Scope, bindInner: (filter: Filter, scope: Scope) => BoundFilter): BoundFilter {
  const navigation = collectionOf(rows.path, scopeOf(rows, scope) === scope, scope)
  const inner = innerScope(scope, navigation.target, condition?.variable)
  const filter = condition && bindInner(condition.filter, inner)
  const exists = (met: BoundFilter | undefined): BoundFilter => ({
    op: 'exists',
    rows: { table: navigation.target, alias: condition?.variable, link: linkOf(navigation), joins: [], filter: met },
  })
  return op === 'all' && filter ? { op: 'not', term: exists({ op: 'not', term: filter }) } : exists(filter)
}

function collectionOf(names: readonly string[], isOwn: boolean, { table, whole }: Scope): ToMany {
  const [name = '', ...more] = names
  if (!isOwn) throw fail('NotSupported', "'any' or 'all' on the rows of an outer range variable")
  const navigation = getNavigation(whole.context.schema, table, name)
  if (more.length > 0 && !isToMany(navigation)) throw fail('NotSupported', `A collection behind a lookup in $filter ('${excerpt(names.join('/'))}')`)
  if (more.length > 0) throw fail('NotSupported', `A path through the collection-valued navigation property '${name}'`)
  if (!isToMany(navigation)) throw fail('BadRequest', `'any' and 'all' are for collection-valued navigation properties: '${name}' leads to one row.`)
  return navigation
}
