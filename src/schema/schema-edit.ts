/**
 * An edit of the schema and the migration it needs. `editSchema(schema, edit, …)` is pure: the store runs the steps and stores
 * the new definitions in one transaction.
 */
import type { Choice, Option } from './choice.ts'
import type { Column } from './column.ts'
import type { Label } from './label.ts'
import type { Cascade, Relationship } from './relationship.ts'
import type { AlternateKey, KeyStatus, Ownership, Table } from './table.ts'

/** A column as a client asks for it: names may be incomplete, what is left out takes the type's default. */
export type ColumnRequest = Partial<Omit<Column, 'metadataId' | 'columnNumber' | 'createdOn' | 'modifiedOn'>> & {
  readonly type: Column['type']
  readonly schemaName: string
  readonly isPrimaryName?: boolean | undefined
  // biome-ignore lint/suspicious/noExplicitAny: the type's own members, checked by column-request.ts
  readonly [more: string]: any
}

export type TableRequest = {
  readonly schemaName: string
  readonly logicalName?: string | undefined
  readonly entitySetName?: string | undefined
  readonly collectionSchemaName?: string | undefined
  readonly displayName: Label
  readonly displayCollectionName: Label
  readonly description?: Label | undefined
  readonly ownership: Extract<Ownership, 'user' | 'organization'>
  readonly isActivity: boolean
  readonly hasNotes: boolean
  readonly hasActivities: boolean
  readonly tracksChanges: boolean
  readonly isAudited?: boolean | undefined
  readonly columns: readonly ColumnRequest[]
}

export type SchemaEdit =
  | { readonly kind: 'create-table'; readonly table: TableRequest }
  | {
      readonly kind: 'update-table'
      readonly table: string
      readonly change: Partial<
        Pick<
          Table,
          'displayName' | 'displayCollectionName' | 'description' | 'tracksChanges' | 'isAudited' | 'hasNotes' | 'hasActivities' | 'enforcesTransitions'
        >
      >
      readonly mergeLabels: boolean
    }
  | { readonly kind: 'delete-table'; readonly table: string }
  | { readonly kind: 'create-column'; readonly table: string; readonly column: ColumnRequest }
  | { readonly kind: 'update-column'; readonly table: string; readonly column: string; readonly change: Partial<ColumnRequest>; readonly mergeLabels: boolean }
  | { readonly kind: 'delete-column'; readonly table: string; readonly column: string }
  | {
      readonly kind: 'create-key'
      readonly table: string
      readonly schemaName: string
      readonly logicalName?: string | undefined
      readonly displayName: Label
      readonly columns: readonly string[]
    }
  | { readonly kind: 'delete-key'; readonly table: string; readonly key: string }
  /** Only where it has failed: it becomes Pending again with a new job. */
  | { readonly kind: 'reactivate-key'; readonly table: string; readonly key: string }
  /** By the index builder alone. */
  | { readonly kind: 'set-key-status'; readonly table: string; readonly key: string; readonly status: KeyStatus }
  /** One lookup column with one relationship for each target (several: polymorphic). */
  | { readonly kind: 'create-lookup'; readonly table: string; readonly column: ColumnRequest; readonly relationships: readonly OneToManyRequest[] }
  | { readonly kind: 'create-many-to-many'; readonly relationship: ManyToManyRequest }
  | { readonly kind: 'update-relationship'; readonly schemaName: string; readonly cascade: Partial<Cascade> }
  | { readonly kind: 'delete-relationship'; readonly schemaName: string }
  | { readonly kind: 'create-choice'; readonly choice: Omit<Choice, 'metadataId' | 'options' | 'isCustom'> & { readonly options: readonly OptionRequest[] } }
  | {
      readonly kind: 'update-choice'
      readonly name: string
      readonly change: Partial<Pick<Choice, 'displayName' | 'description'>>
      readonly mergeLabels: boolean
    }
  | { readonly kind: 'delete-choice'; readonly name: string }
  | { readonly kind: 'edit-option'; readonly of: OptionOwner; readonly change: OptionChange }

export type OneToManyRequest = {
  readonly schemaName: string
  readonly referencedTable: string
  readonly referencedNavigation?: string | undefined
  readonly referencingNavigation?: string | undefined
  readonly cascade: Partial<Cascade>
  readonly isHierarchical: boolean
}

export type ManyToManyRequest = {
  readonly schemaName: string
  readonly intersectTable?: string | undefined
  readonly table1: string
  readonly table2: string
  readonly table1Navigation?: string | undefined
  readonly table2Navigation?: string | undefined
}

/** `value` undefined: the server gives the next one. */
export type OptionRequest = Omit<Option, 'value'> & { readonly value?: number | undefined }
export type OptionOwner = { readonly choice: string } | { readonly table: string; readonly column: string }
export type OptionChange =
  | { readonly kind: 'insert'; readonly option: OptionRequest }
  | {
      readonly kind: 'update'
      readonly value: number
      readonly label?: Label | undefined
      readonly description?: Label | undefined
      readonly color?: string | undefined
      readonly defaultStatus?: number | undefined
      readonly mergeLabels: boolean
    }
  | { readonly kind: 'delete'; readonly value: number }
  | { readonly kind: 'order'; readonly values: readonly number[] }

/** What the store has to do to its SQL tables, in order, in the edit's transaction. */
export type MigrationStep =
  | { readonly kind: 'create-table'; readonly table: Table }
  | { readonly kind: 'drop-table'; readonly table: Table }
  | { readonly kind: 'add-column'; readonly table: Table; readonly column: Column }
  | { readonly kind: 'drop-column'; readonly table: Table; readonly column: Column }
  /** A lookup became polymorphic: its target column is added and filled with the one table it pointed at. */
  | { readonly kind: 'add-target-column'; readonly table: Table; readonly column: Column; readonly target: string }
  /** Both done in the background, outside this transaction: only queued here. */
  | { readonly kind: 'build-key'; readonly table: Table; readonly key: AlternateKey }
  | { readonly kind: 'drop-key'; readonly table: Table; readonly key: AlternateKey }
  /** Its permissions come and go with it; also as part of a table that is made or dropped. */
  | { readonly kind: 'secure-column' | 'unsecure-column'; readonly table: Table; readonly column: Column }
  /** Rows of the deleted target are unlinked, or refused, by the edit itself: no data step here. */
  | { readonly kind: 'forget-relationship'; readonly relationship: Relationship }

/** The names an edit made or touched, for the answer: `OData-EntityId` and ids. */
export type EditResult = {
  readonly metadataId?: string | undefined
  readonly newOptionValue?: number | undefined
  readonly relationshipIds?: readonly string[] | undefined
  readonly columnId?: string | undefined
}
