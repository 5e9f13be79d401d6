/**
 * `$apply`: `filter(statecode eq 0)/groupby((statuscode,primarycontactid/fullname),aggregate(revenue with sum as total,$count as n))`.
 * First filters, then one `groupby` or one `aggregate`: what Dataverse does. Everything else that OData has is refused by its name.
 */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { type Filter, parseFilter } from './filter.ts'
import { formatFilter } from './filter-format.ts'
import { isSegment } from './filter-operand.ts'
import { isIdentifier } from './identifier.ts'
import type { Aliases } from './key-predicate.ts'
import { splitOutside } from './split.ts'

export type Apply = {
  /** All of them hold. */
  readonly filters: readonly Filter[]
  /** Undefined: nothing is grouped, the answer is one row. */
  readonly groups: readonly (readonly string[])[] | undefined
  /** None where only the different values of the groups are asked for. */
  readonly aggregates: readonly ApplyAggregate[]
}

export type AggregateMethod = 'sum' | 'average' | 'min' | 'max' | 'countdistinct'

export type ApplyAggregate =
  | { readonly method: AggregateMethod; readonly path: readonly string[]; readonly alias: string }
  /** `$count as n` */
  | { readonly method: 'count'; readonly alias: string }

const METHODS: ReadonlySet<string> = new Set<AggregateMethod>(['sum', 'average', 'min', 'max', 'countdistinct'])
/** Transformations of OData that Dataverse does not have. */
const REFUSED: ReadonlySet<string> = new Set(
  'compute concat expand search identity topcount topsum toppercent bottomcount bottomsum bottompercent orderby top skip nest join outerjoin addnested traverse ancestors descendants'.split(
    ' ',
  ),
)
const MAX_ITEMS = 100

/** The text is percent-decoded already. Time is linear in its length. */
export function parseApply(text: string, aliases?: Aliases): Apply {
  const steps = split(text, '/', text)
  const filters: Filter[] = []
  for (const [index, step] of steps.entries()) {
    const { name, inner } = parseCall(step, text)
    if (name === 'filter') {
      filters.push(parseFilter(inner, aliases))
      continue
    }
    const following = steps[index + 1]
    if (following !== undefined) throw fail('NotSupported', `The transformation '${excerpt(following.trim())}' behind '${excerpt(name)}' in $apply`)
    if (name === 'aggregate') return { filters, groups: undefined, aggregates: parseAggregates(inner, text) }
    if (name === 'groupby') return { filters, ...parseGroupBy(inner, text) }
    throw REFUSED.has(name) ? fail('NotSupported', `The transformation '${name}' in $apply`) : malformed(text)
  }
  throw fail('NotSupported', "An $apply without 'aggregate' or 'groupby'")
}

/** The inverse, up to blanks. */
export function formatApply({ filters, groups, aggregates }: Apply): string {
  const aggregate = aggregates.length === 0 ? [] : [`aggregate(${aggregates.map(formatAggregate).join(',')})`]
  const last = groups ? [`groupby(${[`(${groups.map((path) => path.join('/')).join(',')})`, ...aggregate].join(',')})`] : aggregate
  return [...filters.map((filter) => `filter(${formatFilter(filter)})`), ...last].join('/')
}

function formatAggregate(aggregate: ApplyAggregate): string {
  if (aggregate.method === 'count') return `$count as ${aggregate.alias}`
  return `${aggregate.path.join('/')} with ${aggregate.method} as ${aggregate.alias}`
}

/** `(a,nav/b)` or `(a,nav/b),aggregate(…)`. */
function parseGroupBy(inner: string, text: string): Pick<Apply, 'groups' | 'aggregates'> {
  const [list = '', transformation, ...rest] = split(inner, ',', text)
  const paths = /^\s*\(([^()]*)\)\s*$/.exec(list)?.[1]
  if (paths === undefined) throw /^\s*\([^()]*\(/.test(list) ? refusedGroup(list, text) : malformed(text)
  const groups = listOf(paths, text).map((path) => parsePath(path, text))
  if (rest.length > 0) throw malformed(text)
  if (transformation === undefined) return { groups, aggregates: [] }
  const { name, inner: aggregates } = parseCall(transformation, text)
  if (name !== 'aggregate') throw fail('NotSupported', `'${excerpt(name)}' inside 'groupby' in $apply`)
  if (split(transformation, '/', text).length > 1) throw fail('NotSupported', "More than one transformation inside 'groupby' in $apply")
  return { groups, aggregates: parseAggregates(aggregates, text) }
}

/** `(a,rollup(b))`, `(year(createdon))`: what stands before the second parenthesis. */
function refusedGroup(list: string, text: string): DataverseError {
  const open = list.indexOf('(') + 1
  const name = list.slice(open, list.indexOf('(', open)).split(',').at(-1)?.trim()
  return name ? fail('NotSupported', `The function '${excerpt(name)}' inside 'groupby' in $apply`) : malformed(text)
}

function parseAggregates(inner: string, text: string): readonly ApplyAggregate[] {
  const aggregates = listOf(inner, text).map((item) => parseAggregate(item, text))
  const aliases = new Set<string>()
  for (const { alias } of aggregates) {
    if (aliases.has(alias)) throw fail('BadRequest', `The alias '${excerpt(alias)}' stands more than once in $apply.`)
    aliases.add(alias)
  }
  return aggregates
}

/** `revenue with sum as total`, `$count as n` */
function parseAggregate(item: string, text: string): ApplyAggregate {
  const words = item.trim().split(/\s+/)
  const [what = ''] = words
  if (/[()]/.test(item)) throw fail('NotSupported', `A function in 'aggregate' in $apply ('${excerpt(item.trim())}')`)
  if (what === '$count') {
    const [, as, alias = '', ...rest] = words
    if (as === 'with') throw fail('NotSupported', "'$count with' in $apply")
    if (as !== 'as' || rest.length > 0 || !isIdentifier(alias)) throw malformed(text)
    return { method: 'count', alias }
  }
  const [, word, method = '', as, alias = '', ...rest] = words
  if (word !== 'with') throw withoutMethod(what, word, text)
  if (!METHODS.has(method)) throw fail('NotSupported', `The aggregation method '${excerpt(method)}' in $apply`)
  if (as === 'from') throw fail('NotSupported', "'from' in $apply")
  if (as !== 'as' || rest.length > 0 || !isIdentifier(alias)) throw malformed(text)
  return { method: method as AggregateMethod, path: parsePath(what, text), alias }
}

function withoutMethod(what: string, word: string | undefined, text: string): DataverseError {
  if (what.endsWith('/$count')) return fail('NotSupported', 'A count of related rows in $apply')
  if (word !== undefined && /^(?:add|sub|mul|div|divby|mod)$/.test(word)) return fail('NotSupported', `The operator '${word}' in $apply`)
  return fail('BadRequest', `'with' is expected behind '${excerpt(what)}' in '${excerpt(text)}'.`)
}

function parsePath(text: string, whole: string): readonly string[] {
  const path = text.trim().split('/')
  if (path.every(isSegment) && isIdentifier(path.at(-1) ?? '')) return path
  throw malformed(whole)
}

function parseCall(step: string, text: string): { readonly name: string; readonly inner: string } {
  const call = step.trim()
  const open = call.indexOf('(')
  const name = call.slice(0, open).trimEnd()
  if (open !== -1 && call.endsWith(')') && isIdentifier(name)) return { name, inner: call.slice(open + 1, -1) }
  throw REFUSED.has(call) ? fail('NotSupported', `The transformation '${call}' in $apply`) : malformed(text)
}

function listOf(inner: string, text: string): string[] {
  const items = split(inner, ',', text)
  if (items.length > MAX_ITEMS) throw fail('BadRequest', `$apply names more than ${MAX_ITEMS} columns.`)
  return items
}

function split(part: string, separator: string, text: string): string[] {
  const parts = splitOutside(part, separator)
  if (!parts) throw malformed(text)
  return parts
}

function malformed(text: string): DataverseError {
  return fail('BadRequest', `Syntax error in $apply: '${excerpt(text)}'.`)
}
