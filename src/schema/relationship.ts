/**
 * Relationships between tables. One-to-many: the *referencing* table holds the lookup column, the *referenced* table is its target.
 * Many-to-many: an intersect table holds one row for each pair.
 */
import type { Guid } from '../base/guid.ts'

/** What happens to the referencing rows. `none` for delete leaves them pointing at nothing: only system relationships do that. */
export type CascadeType = 'NoCascade' | 'Cascade' | 'Active' | 'UserOwned' | 'RemoveLink' | 'Restrict'

export type Cascade = {
  readonly assign: CascadeType
  readonly delete: CascadeType
  readonly merge: CascadeType
  readonly reparent: CascadeType
  readonly share: CascadeType
  readonly unshare: CascadeType
  readonly rollupView: CascadeType
  readonly archive: CascadeType
}

export type OneToMany = {
  readonly kind: 'one-to-many'
  readonly schemaName: string
  readonly metadataId: Guid
  readonly referencedTable: string
  readonly referencedColumn: string
  readonly referencingTable: string
  readonly referencingColumn: string
  /** On the referenced side, a collection: `contact_customer_accounts`. */
  readonly referencedNavigation: string
  /** On the referencing side, one row: `primarycontactid`. */
  readonly referencingNavigation: string
  readonly cascade: Cascade
  readonly isCustom: boolean
  readonly isHierarchical: boolean
}

export type ManyToMany = {
  readonly kind: 'many-to-many'
  readonly schemaName: string
  readonly metadataId: Guid
  readonly intersectTable: string
  readonly table1: string
  readonly table1Column: string
  readonly table1Navigation: string
  readonly table2: string
  readonly table2Column: string
  readonly table2Navigation: string
  readonly isCustom: boolean
}

export type Relationship = OneToMany | ManyToMany
