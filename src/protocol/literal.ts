/**
 * A literal in a URL: `'O''Neil'`, `5`, `1.25`, `true`, `null`, `2024-05-01T10:00:00Z`, a bare guid, `Microsoft.Dynamics.CRM.X'Member'`.
 * Numbers keep their source text: a decimal is never read through a double.
 */
import type { Guid } from '../base/guid.ts'

export type Literal =
  | { readonly kind: 'null' }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'guid'; readonly value: Guid }
  /** `YYYY-MM-DD` */
  | { readonly kind: 'date'; readonly text: string }
  /** ISO 8601; without offset it is UTC. */
  | { readonly kind: 'datetime'; readonly text: string }
  | { readonly kind: 'enum'; readonly type: string; readonly member: string }
  /** An array or object given to a function: `["account"]`. */
  | { readonly kind: 'json'; readonly text: string }
