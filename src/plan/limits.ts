/** What a count goes up to, Dataverse's own limit; only changes are counted to the end. How large a page is, `Prefer` says. */
export const MAX_COUNT = 5000

/** Rows that a query of groups and aggregates may go over, Dataverse's own limit. */
export const AGGREGATE_LIMIT = 50_000
