/** The text in parentheses behind a set: `(6f0c…)`, `(accountnumber='A1')`, `(_siteid_value=…,code=@c)`, `()`. */
import type { Literal } from './literal.ts'

export type Alias = { readonly kind: 'alias'; readonly name: string }
export type KeyPart = { readonly name: string; readonly value: Literal | Alias }

export type KeyPredicate =
  /** A bare value: the primary id. */
  | { readonly kind: 'id'; readonly value: Literal | Alias }
  /** Also a function's parameters; empty for `()`. */
  | { readonly kind: 'named'; readonly parts: readonly KeyPart[] }
