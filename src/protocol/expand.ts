/**
 * `$expand`: navigation properties, each with options of its own in parentheses, separated by semicolons:
 * `primarycontactid($select=fullname;$expand=createdby),Account_Tasks($filter=statecode eq 0;$top=5),createdby/$ref`.
 */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { parseFilter } from './filter.ts'
import { formatFilter } from './filter-format.ts'
import { isIdentifier } from './identifier.ts'
import { NAMESPACE, typeNameOf } from './names.ts'
import { formatOrderBy, parseOrderBy, parseSelect, parseTop } from './option-values.ts'
import type { ExpandItem, ExpandOptions } from './query-options.ts'
import { splitOutside } from './split.ts'

/** The documented limit, nested ones counted; it bounds the depth as well. */
const MAX_EXPANDS = 15

type Writable<T> = { -readonly [K in keyof T]: T[K] }
type Counter = { left: number }

/** `undefined` where nothing is named. */
export function parseExpand(text: string): readonly ExpandItem[] | undefined {
  return parseItems(text, { left: MAX_EXPANDS })
}

function parseItems(text: string, counter: Counter): readonly ExpandItem[] | undefined {
  const items = splitOutside(text, ',')
  if (!items) throw malformed(text)
  if (items.at(-1)?.trim() === '') items.pop()
  counter.left -= items.length
  if (counter.left < 0) throw fail('BadRequest', `The number of $expand items exceeds the limit of ${MAX_EXPANDS}.`)
  return items.length === 0 ? undefined : items.map((item) => parseItem(item.trim(), counter))
}

function parseItem(text: string, counter: Counter): ExpandItem {
  const open = text.indexOf('(')
  const [navigation = '', ...suffixes] = (open === -1 ? text : text.slice(0, open)).trimEnd().split('/')
  if (navigation === '*') throw fail('NotSupported', '* in $expand')
  const cast = typeNameOf(suffixes[0] ?? '')
  const suffix = suffixes[cast === undefined ? 0 : 1]
  if (!isIdentifier(navigation) || (cast !== undefined && !isIdentifier(cast)) || suffix === '' || suffixes.length > (cast === undefined ? 1 : 2))
    throw malformed(text)
  if (suffix !== undefined && suffix !== '$ref') throw fail('NotSupported', `${suffix.startsWith('$') ? suffix : 'A path'} in $expand`)
  const item = { navigation, ...(cast !== undefined && { cast }), references: suffix === '$ref' }
  if (open === -1) return { ...item, options: {} }
  if (!text.endsWith(')') || suffix === '$ref') throw malformed(text)
  return { ...item, options: parseOptions(text.slice(open + 1, -1), counter) }
}

function parseOptions(text: string, counter: Counter): ExpandOptions {
  const texts = splitOutside(text, ';')
  if (!texts) throw malformed(text)
  const options: Writable<ExpandOptions> = {}
  const seen = new Set<string>()
  for (const option of texts) {
    if (option.trim() === '') continue
    const equals = option.indexOf('=')
    const name = option.slice(0, equals === -1 ? undefined : equals).trim()
    if (seen.has(name)) throw fail('BadRequest', `Query option '${excerpt(name)}' was specified more than once in $expand.`)
    seen.add(name)
    applyOption(options, name, equals === -1 ? '' : option.slice(equals + 1), counter)
  }
  return options
}

function applyOption(options: Writable<ExpandOptions>, name: string, value: string, counter: Counter): void {
  switch (name) {
    case '$select':
      options.select = parseSelect(value)
      return
    case '$filter':
      options.filter = parseFilter(value)
      return
    case '$orderby':
      options.orderby = parseOrderBy(value)
      return
    case '$top':
      options.top = parseTop(value)
      return
    case '$expand':
      options.expand = parseItems(value, counter)
      return
    default:
      if (name.startsWith('$')) throw fail('NotSupported', `${excerpt(name)} in $expand`)
      throw fail('BadRequest', `'${excerpt(name)}' is not an option of $expand.`)
  }
}

/** The inverse of `parseExpand`, not percent-encoded. */
export function formatExpand(items: readonly ExpandItem[]): string {
  return items.map(formatItem).join(',')
}

/** `primarycontactid`, `ownerid/Microsoft.Dynamics.CRM.systemuser`, `createdby/$ref`: what stands before the options. */
export function formatTarget({ navigation, cast, references }: ExpandItem): string {
  return `${navigation}${cast === undefined ? '' : `/${NAMESPACE}.${cast}`}${references ? '/$ref' : ''}`
}

function formatItem(item: ExpandItem): string {
  const { select, filter, orderby, top, expand } = item.options
  const options: string[] = []
  if (select) options.push(`$select=${select.join(',')}`)
  if (filter) options.push(`$filter=${formatFilter(filter)}`)
  if (orderby) options.push(`$orderby=${formatOrderBy(orderby)}`)
  if (top !== undefined) options.push(`$top=${top}`)
  if (expand) options.push(`$expand=${formatExpand(expand)}`)
  return formatTarget(item) + (options.length > 0 ? `(${options.join(';')})` : '')
}

function malformed(text: string): DataverseError {
  return fail('BadRequest', `Syntax error in $expand: '${excerpt(text)}'.`)
}
