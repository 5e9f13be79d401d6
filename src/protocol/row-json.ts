/**
 * A row in a request body, before any schema: JSON members sorted into values, bound lookups and nested rows.
 * `{"name":"A","primarycontactid@odata.bind":"/contacts(…)","Account_Tasks":[{"subject":"x"}]}`
 */
import type { KeyPredicate } from './key-predicate.ts'

/** A number whose source text a double cannot hold exactly. */
export type ExactNumber = { readonly exact: string }
export type JsonValue = string | number | boolean | null | ExactNumber | readonly JsonValue[] | { readonly [name: string]: JsonValue }

/** A row named in a body: `/contacts(emailaddress1='a@b.c')`, an absolute URL, or `$1`. */
export type RowReference =
  | { readonly kind: 'row'; readonly entitySet: string; readonly predicate: KeyPredicate }
  | { readonly kind: 'content-id'; readonly contentId: string }

export type RowMember =
  | { readonly kind: 'value'; readonly name: string; readonly value: string | number | boolean | null | ExactNumber }
  /** `nav@odata.bind`; `null` clears a single-valued one. */
  | { readonly kind: 'bind'; readonly navigation: string; readonly references: readonly RowReference[] | null; readonly isCollection: boolean }
  /** A nested object (deep insert, or `{"@odata.id": …}`), or an array of them. */
  | { readonly kind: 'rows'; readonly navigation: string; readonly rows: readonly RowBody[]; readonly isCollection: boolean }

export type RowBody = {
  /** `@odata.type` without `#` and namespace: `account`. */
  readonly type?: string | undefined
  /** `@odata.id` */
  readonly id?: RowReference | undefined
  readonly members: readonly RowMember[]
}
