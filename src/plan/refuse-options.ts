/**
 * What a read does not do is refused by name, never passed over: `$skip`, `$search`, `$compute` … Only `tag` and
 * `api-version`, which change no answer on the original either, are let through.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { QueryOptions } from '../protocol/query-options.ts'

const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['tag', 'api-version'])
/** Options of the original that this server does not have, in lower case. */
const UNSUPPORTED: ReadonlySet<string> = new Set(
  '$search $format $compute $levels $index $schemaversion $id partitionid solutionuniquename annotations size sessiontoken x-ms-file-name'.split(' '),
)
/** Those that make a query of their own: with change tracking the original refuses them in its words for that. */
const QUERIES: ReadonlySet<string> = new Set(['$skip', '$search', '$compute'])

/** `$filter` and its like, which this kind of resource has no use for. */
export type SystemOption = '$select' | '$filter' | '$orderby' | '$top' | '$expand' | '$count' | '$skiptoken' | '$deltatoken' | WholeQuery
/** Those that are a query of their own. */
type WholeQuery = '$apply' | 'fetchXml' | 'sql' | 'savedQuery' | 'userQuery'

const WHOLE_QUERIES: readonly WholeQuery[] = ['$apply', 'fetchXml', 'sql', 'savedQuery', 'userQuery']

export function refuseOther(other: QueryOptions['other']): void {
  if (other.size === 0) return
  for (const name of other.keys()) {
    if (WITHOUT_EFFECT.has(name)) continue
    if (name === '$skip') throw fail('UnsupportedClause', 'Skip Clause is not supported in CRM')
    if (UNSUPPORTED.has(name.toLowerCase())) throw fail('NotSupported', `The query option '${name}'`)
    throw fail('BadRequest', `The query parameter '${excerpt(name)}' is not known.`)
  }
}

/** Whole queries too: what has a use for one does not ask here. */
export function refuseOptions(options: QueryOptions, names: readonly SystemOption[]): void {
  for (const name of [...names, ...WHOLE_QUERIES]) {
    if (isGiven(options, name)) throw fail('BadRequest', `The query option '${name}' cannot be applied to the requested resource.`)
  }
}

/** `$select` and `$count` alone go with a tracked read; a delta has no `$count` either: it has its own URL, `/$count?$deltatoken=…`. */
export function refuseWithTracking(options: QueryOptions, names: readonly SystemOption[]): void {
  for (const name of [...names, ...WHOLE_QUERIES]) if (isGiven(options, name)) throw fail('TrackingOption', name.replace('$', ''))
  for (const name of options.other.keys()) {
    if (QUERIES.has(name.toLowerCase())) throw fail('TrackingOption', name.replace('$', ''))
  }
  refuseOther(options.other)
}

function isGiven(options: QueryOptions, name: SystemOption): boolean {
  switch (name) {
    case '$select':
      return options.select !== undefined
    case '$filter':
      return options.filter !== undefined
    case '$orderby':
      return options.orderby !== undefined
    case '$top':
      return options.top !== undefined
    case '$expand':
      return options.expand !== undefined
    case '$count':
      return options.count === true
    case '$skiptoken':
      return options.skiptoken !== undefined
    case '$apply':
      return options.apply !== undefined
    case 'fetchXml':
      return options.fetchXml !== undefined
    case 'sql':
      return options.sql !== undefined
    case 'savedQuery':
      return options.storedQuery?.table === 'savedquery'
    case 'userQuery':
      return options.storedQuery?.table === 'userquery'
    case '$deltatoken':
      return options.deltatoken !== undefined
  }
}
