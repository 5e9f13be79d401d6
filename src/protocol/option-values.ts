/** The values of `$select`, `$orderby`, `$top` and `$count`, at the top of a query and inside `$expand` alike. */
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { isSegment } from './filter-operand.ts'
import { isIdentifier } from './identifier.ts'
import { type Alias, type Aliases, parseAlias, pathOfAlias } from './key-predicate.ts'
import type { OrderItem } from './query-options.ts'

/** More than a table has columns (1,024 on the original). */
const MAX_SELECTED = 2000
const MAX_ORDERED = 64
const MAX_TOP = 2_147_483_647

/** Blanks and a trailing comma are tolerated; `undefined` where nothing is named. */
export function parseSelect(text: string): readonly string[] | undefined {
  const names = listOf(text)
  if (names.length === 0) return undefined
  if (names.length > MAX_SELECTED) throw fail('BadRequest', `$select names more than ${MAX_SELECTED} columns.`)
  if (names.includes('')) throw fail('BadRequest', `$select has an empty item in '${excerpt(text)}'.`)
  return names
}

/** `aliases`: those that may stand for columns, `$orderby=@p1 desc&@p1=name`. */
export function parseOrderBy(text: string, aliases?: Aliases): readonly OrderItem[] | undefined {
  const items = listOf(text)
  if (items.length === 0) return undefined
  if (items.length > MAX_ORDERED) throw fail('BadRequest', `$orderby names more than ${MAX_ORDERED} columns.`)
  return items.map((item) => parseOrderItem(item, aliases))
}

/** The inverse of `parseOrderBy`. */
export function formatOrderBy(items: readonly OrderItem[]): string {
  return items.map(({ path, descending }) => path.join('/') + (descending ? ' desc' : '')).join(',')
}

export function parseTop(text: string): number {
  const value = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= MAX_TOP)) throw fail('BadRequest', `Invalid value '${excerpt(text)}' for $top query option found. It must be a non-negative integer.`)
  return value
}

export function parseCount(text: string): boolean {
  const value = text.trim()
  if (value === 'true' || value === 'false') return value === 'true'
  throw fail('BadRequest', `Invalid value '${excerpt(text)}' for $count query option found. Valid values are 'true' and 'false'.`)
}

function listOf(text: string): string[] {
  const items = text.split(',').map((item) => item.trim())
  if (items.at(-1) === '') items.pop()
  return items
}

function columnOfAlias(alias: Alias, aliases: Aliases | undefined): readonly string[] {
  if (!aliases) throw fail('NotSupported', `The parameter alias '@${alias.name}' inside $expand`)
  const path = pathOfAlias(alias, aliases)
  if (path) return path
  throw fail('BadRequest', `$orderby orders by columns; '@${alias.name}' stands for none: '@${alias.name}=name'.`)
}

function parseOrderItem(text: string, aliases: Aliases | undefined): OrderItem {
  const [name = '', direction = 'asc', ...rest] = text.split(/\s+/)
  if (rest.length > 0 || (direction !== 'asc' && direction !== 'desc')) throw fail('BadRequest', `'${excerpt(text)}' is not a valid item of $orderby.`)
  const alias = parseAlias(name)
  const path = alias ? columnOfAlias(alias, aliases) : name.split('/')
  if (isIdentifier(path.at(-1) ?? '') && path.every(isSegment)) return { path, descending: direction === 'desc' }
  if (name.includes('(')) throw fail('NotSupported', `A function in $orderby ('${excerpt(text)}')`)
  if (name.includes('$')) throw fail('NotSupported', `'${excerpt(name)}' in $orderby`)
  throw fail('BadRequest', `'${excerpt(text)}' is not a valid item of $orderby.`)
}
