/**
 * The path behind the service root, cut into segments: `accounts(accountnumber='A%2F1')/primarycontactid/$ref`.
 * Cut from the raw URL, so that a percent-encoded slash stays inside its key.
 */
import type { KeyPredicate } from './key-predicate.ts'

export type PathSegment = {
  /** `accounts`, `$count`, `$ref`, `Microsoft.Dynamics.CRM.CreateMultiple`, or `$1` in a batch. */
  readonly name: string
  readonly predicate?: KeyPredicate | undefined
}
