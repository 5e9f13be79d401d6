/** The words that attributes of FetchXML take. */
export const AGGREGATES = ['avg', 'count', 'countcolumn', 'max', 'min', 'sum'] as const
export const DATE_GROUPINGS = ['day', 'week', 'month', 'quarter', 'year', 'fiscal-period', 'fiscal-year'] as const
export const FILTER_TYPES = ['and', 'or'] as const
export const LINK_TYPES = ['inner', 'outer', 'any', 'not any', 'all', 'not all', 'exists', 'in', 'matchfirstrowusingcrossapply'] as const
