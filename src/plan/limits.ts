/** Limits of reads: Dataverse's own, so that a client tuned to this server does not break there. */

/** Rows on a page, also where none or a larger size is asked for. */
export const MAX_PAGE_SIZE = 5000
/** What a count goes up to; only changes are counted to the end. */
export const MAX_COUNT = 5000
