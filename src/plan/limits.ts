/** What a count goes up to, Dataverse's own limit; only changes are counted to the end. How large a page is, `Prefer` says. */
export const MAX_COUNT = 5000

/** Rows that a query of groups and aggregates may go over, Dataverse's own limit. */
export const AGGREGATE_LIMIT = 50_000

/** Dataverse's own limits of one query: conditions, and links to other tables. */
export const MAX_CONDITIONS = 500
export const MAX_LINKS = 15

/** Values behind `in` and the like. */
export const MAX_VALUES = 2000

/** Columns that order: with the ids that make an order total they all fit a paging cookie. `$orderby` and SQL have the same limit. */
export const MAX_ORDERS = 64

/** Columns of one answer: those of SQL Server's SELECT. */
export const MAX_COLUMNS = 4096
