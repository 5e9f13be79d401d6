/** What stands behind `?`: system options parsed, parameter aliases, and all other names as they came (for the plan to accept or refuse). */
import { Guid } from '../base/guid.ts'
import { type Apply, parseApply } from './apply.ts'
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { parseExpand } from './expand.ts'
import type { FetchQuery } from './fetch-query.ts'
import { parseFetchXml } from './fetch-xml.ts'
import { type Filter, parseFilter } from './filter.ts'
import { type Aliases, parseAlias } from './key-predicate.ts'
import { parseCount, parseOrderBy, parseSelect, parseTop } from './option-values.ts'
import { decodeQueryComponent, encodeQueryComponent } from './percent.ts'

export type OrderItem = { readonly path: readonly string[]; readonly descending: boolean }

export type ExpandItem = {
  readonly navigation: string
  /** `$expand=ownerid/Microsoft.Dynamics.CRM.systemuser`: only a row of this table, named without its namespace. */
  readonly cast?: string | undefined
  /** `$expand=nav/$ref` */
  readonly references: boolean
  readonly options: ExpandOptions
}

export type ExpandOptions = {
  readonly select?: readonly string[] | undefined
  readonly filter?: Filter | undefined
  readonly orderby?: readonly OrderItem[] | undefined
  readonly top?: number | undefined
  readonly expand?: readonly ExpandItem[] | undefined
}

/** `savedQuery=<id>`, `userQuery=<id>`: the query that stands in a row of this table. */
export type StoredQuery = {
  readonly table: 'savedquery' | 'userquery'
  readonly id: Guid
  /** Once its row has been read. */
  readonly query?: FetchQuery | undefined
}

export type QueryOptions = ExpandOptions & {
  readonly apply?: Apply | undefined
  readonly count?: boolean | undefined
  readonly fetchXml?: FetchQuery | undefined
  /** Still text: what it says depends on when it is asked (`GETUTCDATE()`), so it is read where it is planned. */
  readonly sql?: string | undefined
  readonly storedQuery?: StoredQuery | undefined
  /** Decoded once from the URL; opaque otherwise. */
  readonly skiptoken?: string | undefined
  readonly deltatoken?: string | undefined
  readonly aliases: Aliases
  /** Every other option by its name: `$skip`, `$search`, `annotations`, `$id`, `tag` … */
  readonly other: ReadonlyMap<string, string>
  /** `$select` as text, blanks and a trailing comma taken away: it is repeated in `@odata.context`. */
  readonly selectText?: string | undefined
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** 200: what a link of ours holds, and parameter aliases, several times over. */
const MAX_OPTIONS = 200
const NONE: QueryOptions = { aliases: new Map(), other: new Map() }

/** The raw query, without `?`. A blank `$select`, `$orderby` or `$expand` counts as absent: form builders send them. */
export function parseQueryOptions(rawQuery: string): QueryOptions {
  if (rawQuery === '') return NONE
  const values = decodeOptions(rawQuery)
  const aliases = new Map<string, string>()
  const other = new Map<string, string>()
  const options: Writable<QueryOptions> = { aliases, other }
  for (const [name, value] of values) {
    const alias = parseAlias(name)
    if (alias) aliases.set(alias.name, value)
  }
  for (const [name, value] of values) {
    if (!applySystemOption(options, name, value) && !parseAlias(name)) other.set(name, value)
  }
  return options
}

/** Sets, replaces (`undefined`: removes) one option of a raw query; the rest stays byte for byte. For paging and delta links. */
export function withOption(rawQuery: string, name: string, value: string | undefined): string {
  const kept = rawQuery === '' ? [] : rawQuery.split('&').filter((option) => nameOf(option) !== name)
  if (value !== undefined) kept.push(`${encodeQueryComponent(name).replaceAll('%24', '$').replaceAll('%40', '@')}=${encodeQueryComponent(value)}`)
  return kept.join('&')
}

/** `true` where the name is one of the system options read here. */
function applySystemOption(options: Writable<QueryOptions>, name: string, value: string): boolean {
  switch (name) {
    case '$select':
      options.select = parseSelect(value)
      options.selectText = options.select?.join(',')
      return true
    case '$filter':
      options.filter = parseFilter(value, options.aliases)
      return true
    case '$orderby':
      options.orderby = parseOrderBy(value, options.aliases)
      return true
    case '$top':
      options.top = parseTop(value)
      return true
    case '$expand':
      options.expand = parseExpand(value)
      return true
    case '$apply':
      options.apply = parseApply(value, options.aliases)
      return true
    case '$count':
      options.count = parseCount(value)
      return true
    case 'fetchXml':
      options.fetchXml = parseFetchXml(value)
      return true
    case 'sql':
      options.sql = value
      return true
    case 'savedQuery':
    case 'userQuery':
      if (options.storedQuery) throw fail('BadRequest', "'savedQuery' and 'userQuery' cannot be sent together.")
      options.storedQuery = parseStoredQuery(name, value)
      return true
    case '$skiptoken':
      options.skiptoken = value
      return true
    case '$deltatoken':
      options.deltatoken = value
      return true
    default:
      return false
  }
}

function parseStoredQuery(name: 'savedQuery' | 'userQuery', value: string): StoredQuery {
  const id = Guid.parse(value.trim())
  if (id === undefined) throw fail('BadRequest', `The value '${excerpt(value)}' of '${name}' is not the id of a query.`)
  return { table: name === 'savedQuery' ? 'savedquery' : 'userquery', id }
}

/** Names and values, decoded, each name once. */
function decodeOptions(rawQuery: string): ReadonlyMap<string, string> {
  const options = rawQuery.split('&')
  if (options.length > MAX_OPTIONS) throw fail('BadRequest', `The query has more than ${MAX_OPTIONS} options.`)
  const values = new Map<string, string>()
  for (const option of options) {
    if (option === '') continue
    const equals = option.indexOf('=')
    const name = canonicalName(decodeQueryComponent(equals === -1 ? option : option.slice(0, equals)))
    if (values.has(name)) throw fail('BadRequest', `Query option '${excerpt(name)}' was specified more than once, but it must be specified at most once.`)
    values.set(name, equals === -1 ? '' : decodeQueryComponent(option.slice(equals + 1)))
  }
  return values
}

const NAMES = new Map(['fetchXml', 'savedQuery', 'userQuery'].map((name) => [name.toLowerCase(), name]))

/** `fetchXml` and its like are written in every case there is. */
function canonicalName(name: string): string {
  return (name.length <= 10 && !name.startsWith('$') && NAMES.get(name.toLowerCase())) || name
}

function nameOf(option: string): string | undefined {
  const equals = option.indexOf('=')
  return option === '' ? undefined : canonicalName(decodeQueryComponent(equals === -1 ? option : option.slice(0, equals)))
}
