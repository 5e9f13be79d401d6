/** The `Prefer` header: `return=representation,odata.include-annotations="*",odata.maxpagesize=50`. */

export type Preferences = {
  readonly returns: 'representation' | 'minimal' | undefined
  /** The list inside the quotes as sent: `*`, `Microsoft.Dynamics.CRM.*,OData.Community.Display.V1.FormattedValue`. */
  readonly includeAnnotations: string | undefined
  /** 1…5000 */
  readonly maxPageSize: number | undefined
  readonly trackChanges: boolean
  readonly continueOnError: boolean
  /** `tidemark.delete-multiple`, an extension: DeleteMultiple on a standard table. */
  readonly deleteMultiple: boolean
}
