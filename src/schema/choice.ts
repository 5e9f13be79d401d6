/** Choices: a fixed list of whole numbers with labels, owned by one column or global by name. */
import type { Guid } from '../base/guid.ts'
import type { Label } from './label.ts'

export type Option = {
  readonly value: number
  readonly label: Label
  readonly description?: Label | undefined
  /** `#rrggbb` */
  readonly color?: string | undefined
  readonly externalValue?: string | undefined
  /** On an option of a status column: the state it belongs to. */
  readonly state?: number | undefined
  /** On an option of a status column: the statuses a row may go to from here, where the table enforces that. Undefined: all. */
  readonly transitions?: readonly number[] | undefined
  /** On an option of a state column: the status a row gets when only the state is given. */
  readonly defaultStatus?: number | undefined
  /** On an option of a state column: its unchanging name, `Active`. */
  readonly invariantName?: string | undefined
}

/** A global choice. */
export type Choice = {
  readonly name: string
  readonly metadataId: Guid
  readonly displayName: Label
  readonly description?: Label | undefined
  readonly options: readonly Option[]
  readonly isCustom: boolean
}
