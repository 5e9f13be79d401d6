/**
 * `$filter` as an expression tree, parsed without a schema: names are names still. `and`/`or` are flat lists, so that
 * a long query is not a deep one. What this server does not do (lambdas, query functions, arithmetic) is refused by name here.
 */
import type { Alias } from './key-predicate.ts'
import type { Literal } from './literal.ts'

/** `primarycontactid/fullname` is `['primarycontactid', 'fullname']`. */
export type PropertyPath = { readonly kind: 'path'; readonly path: readonly string[] }
export type Operand = PropertyPath | { readonly kind: 'literal'; readonly literal: Literal } | Alias

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
export type TextMatch = 'contains' | 'startswith' | 'endswith'

export type Filter =
  | { readonly op: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly op: 'not'; readonly term: Filter }
  | { readonly op: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly op: 'in'; readonly left: PropertyPath; readonly values: readonly (Literal | Alias)[] }
  | { readonly op: TextMatch; readonly left: PropertyPath; readonly right: Operand }
  /** A boolean column standing alone: `$filter=creditonhold`. */
  | { readonly op: 'is-true'; readonly left: PropertyPath }
