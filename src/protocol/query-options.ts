/** What stands behind `?`: system options parsed, parameter aliases, and all other names as they came (for the plan to accept or refuse). */
import type { Filter } from './filter.ts'

export type OrderItem = { readonly path: readonly string[]; readonly descending: boolean }

export type ExpandItem = {
  readonly navigation: string
  /** `$expand=nav/$ref` */
  readonly references: boolean
  readonly options: ExpandOptions
}

export type ExpandOptions = {
  readonly select?: readonly string[] | undefined
  readonly filter?: Filter | undefined
  readonly orderby?: readonly OrderItem[] | undefined
  readonly top?: number | undefined
  readonly expand?: readonly ExpandItem[] | undefined
}

export type QueryOptions = ExpandOptions & {
  readonly count?: boolean | undefined
  /** Decoded once from the URL; opaque otherwise. */
  readonly skiptoken?: string | undefined
  readonly deltatoken?: string | undefined
  /** `@p1` → the text given for it, still to be parsed as a literal. Keys without the `@`. */
  readonly aliases: ReadonlyMap<string, string>
  /** Every other option by its name: `$apply`, `$skip`, `fetchXml`, `annotations`, `$id`, `tag` … */
  readonly other: ReadonlyMap<string, string>
  /** `$select` as text, blanks and a trailing comma taken away: it is repeated in `@odata.context`. */
  readonly selectText?: string | undefined
}
