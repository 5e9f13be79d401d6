/** A table: its names, its columns, its alternate keys. Relationships stand beside the tables in `Schema`. */
import type { Guid } from '../base/guid.ts'
import type { Column } from './column.ts'
import type { Label } from './label.ts'

/**
 * `user`: rows have an owner (user or team). `business`: rows belong to a business unit (`systemuser`, `team`, `equipment`).
 * `organization`: rows belong to all. `none`: the organization itself, intersect tables.
 */
export type Ownership = 'user' | 'business' | 'organization' | 'none'

/** `Pending → InProgress → Active | Failed`; only an `Active` key addresses rows (sync.md 1.6). */
export type KeyStatus = 'Pending' | 'InProgress' | 'Active' | 'Failed'

export type AlternateKey = {
  readonly logicalName: string
  readonly schemaName: string
  readonly metadataId: Guid
  readonly displayName: Label
  /** Logical names, sorted. */
  readonly columns: readonly string[]
  readonly status: KeyStatus
  readonly jobId?: Guid | undefined
}

export type Table = {
  readonly logicalName: string
  readonly schemaName: string
  readonly entitySetName: string
  readonly collectionSchemaName: string
  readonly metadataId: Guid
  readonly objectTypeCode: number
  readonly displayName: Label
  readonly displayCollectionName: Label
  readonly description?: Label | undefined
  readonly ownership: Ownership
  readonly primaryIdColumn: string
  /** Intersect tables have none. */
  readonly primaryNameColumn?: string | undefined
  readonly tracksChanges: boolean
  readonly canTrackChanges: boolean
  /** Changes of its rows are kept, where the organization keeps any (`auditing.ts`). */
  readonly isAudited?: boolean | undefined
  readonly isCustom: boolean
  readonly isIntersect: boolean
  readonly isActivity: boolean
  readonly hasNotes: boolean
  readonly hasActivities: boolean
  /** Rows change their status only as the transitions of their status say. */
  readonly enforcesTransitions?: boolean | undefined
  readonly columns: ReadonlyMap<string, Column>
  readonly keys: readonly AlternateKey[]
  readonly createdOn: string
  readonly modifiedOn: string
}
