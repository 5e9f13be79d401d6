/**
 * For tests: a bound filter evaluated over rows in memory, `bound-filter.ts` in plain words. `holds(filter, rowIn(world, row))` says what
 * the SQL of the same filter has to say of that row.
 */
import { Decimal } from '../../base/decimal.ts'
import type { Guid } from '../../base/guid.ts'
import { type BoundFilter, type ColumnPath, isColumnPath, type RelatedRows, ROOT_ROW } from '../../plan/bound-filter.ts'
import type { Join } from '../../plan/join.ts'
import { isReference, type Value } from '../../plan/value.ts'
import type { Column } from '../../schema/column.ts'

export type MemoryRow = { readonly table: string; readonly id: Guid; readonly values: Readonly<Record<string, Value>> }
/** Pairs of a many-to-many relationship by its intersect table, the id of its first table first. In the order of their ids. */
export type World = { readonly rows: readonly MemoryRow[]; readonly pairs: Readonly<Record<string, readonly (readonly [Guid, Guid])[]>> }

/** The row that paths start from, and those that they name. A row of an outer join may be missing. */
type Place = { readonly world: World; readonly row: MemoryRow; readonly named: ReadonlyMap<string, MemoryRow | undefined> }

export function rowIn(world: World, row: MemoryRow): Place {
  return { world, row, named: new Map([[ROOT_ROW, row]]) }
}

export function holds(filter: BoundFilter, place: Place): boolean {
  switch (filter.op) {
    case 'and':
      return filter.terms.every((term) => holds(term, place))
    case 'or':
      return filter.terms.some((term) => holds(term, place))
    case 'not':
      return !holds(filter.term, place)
    case 'constant':
      return filter.value
    case 'in':
      return filter.values.some((value) => order(filter.left.column, cell(filter.left, place), value) === 0)
    case 'contains':
    case 'startswith':
    case 'endswith':
    case 'like': {
      const text = cell(filter.left, place)
      return typeof text === 'string' && matchesLike(fold(text), fold(filter.text), filter.op)
    }
    case 'contains-values': {
      const options = String(cell(filter.left, place) ?? '').split(',')
      return filter.values.some((value) => options.includes(String(value)))
    }
    case 'exists':
      return combinations(filter.rows, place).some((one) => !filter.rows.filter || holds(filter.rows.filter, one))
    case 'above':
    case 'under': {
      const id = cell(filter.left, place)
      if (id === filter.id) return filter.orEqual
      const [from, to] = filter.op === 'under' ? [id, filter.id] : [filter.id, id]
      return typeof from === 'string' && ancestors(from, filter.parent, filter.table.logicalName, place.world).includes(to as string)
    }
    case 'fiscal-period':
      throw new Error(`not generated: ${filter.op}`)
    default:
      return compares(filter.op, order(filter.left.column, cell(filter.left, place), isColumnPath(filter.right) ? cell(filter.right, place) : filter.right))
  }
}

// Rows

function cell(path: ColumnPath, { world, row, named }: Place): Value {
  let at = path.from === undefined ? row : named.get(path.from)
  for (const step of path.steps) at = pointedAt(world, at?.values[step.column.logicalName] ?? null, step.target.logicalName)
  if (!at) return null
  return ownCell(at, path.column)
}

/** A lookup is compared by its id. */
function plain(value: Value): Value {
  return isReference(value) ? value.id : value
}

function pointedAt({ rows }: World, value: Value, table: string): MemoryRow | undefined {
  return isReference(value) && value.table === table ? rows.find((row) => row.table === table && row.id === value.id) : undefined
}

/** Each related row, with each way in which the joins can be met. */
function combinations({ table, alias, link, joins }: RelatedRows, place: Place): readonly Place[] {
  const related = place.world.rows.filter((row) => row.table === table.logicalName && belongs(row, link, place))
  const places = related.map((row) => ({ ...place, row, named: alias === undefined ? place.named : new Map(place.named).set(alias, row) }))
  return joins.reduce<readonly Place[]>((all, one) => all.flatMap((inner) => joined(one, inner)), places)
}

function belongs(row: MemoryRow, link: RelatedRows['link'], place: Place): boolean {
  if (link.kind === 'equal') return order(link.inner, ownCell(row, link.inner), cell(link.outer, place)) === 0
  if (link.kind === 'many-to-many') {
    const pairs = place.world.pairs[link.relationship.intersectTable] ?? []
    const [mine, other] = link.side === 1 ? [0, 1] : [1, 0]
    return pairs.some((pair) => pair[mine] === place.row.id && pair[other] === row.id)
  }
  const value = row.values[link.relationship.referencingColumn] ?? null
  return isReference(value) && value.table === link.relationship.referencedTable && value.id === place.row.id
}

function joined({ alias, type, table, inner, outer, filter }: Join, place: Place): readonly Place[] {
  const wanted = cell(outer, place)
  const places = place.world.rows
    .filter((row) => row.table === table.logicalName && order(inner, ownCell(row, inner), wanted) === 0)
    .map((row) => ({ ...place, named: new Map(place.named).set(alias, row) }))
    .filter((one) => !filter || holds(filter, one))
  if (type === 'first') return places.slice(0, 1)
  return type === 'outer' && places.length === 0 ? [{ ...place, named: new Map(place.named).set(alias, undefined) }] : places
}

function ownCell(row: MemoryRow, column: Column): Value {
  return column.type === 'guid' && column.isPrimaryId ? row.id : plain(row.values[column.logicalName] ?? null)
}

/** The ids above a row, whatever table the topmost is of; a loop ends where it began. */
function ancestors(id: string, parent: Column, table: string, { rows }: World): readonly string[] {
  const found: string[] = []
  for (let at: string | undefined = id; at !== undefined; ) {
    const up: Value = rows.find((row) => row.table === table && row.id === at)?.values[parent.logicalName] ?? null
    at = isReference(up) && !found.includes(up.id) ? up.id : undefined
    if (at !== undefined) found.push(at)
  }
  return found
}

// Values

function compares(op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le', order: number | undefined): boolean {
  if (order === undefined) return op === 'ne'
  if (Number.isNaN(order)) return op === 'eq'
  return { eq: order === 0, ne: order !== 0, gt: order > 0, ge: order >= 0, lt: order < 0, le: order <= 0 }[op]
}

/** Undefined: one is null. NaN: both are, which are equal but in no order. */
function order(column: Column, left: Value, right: Value): number | undefined {
  if (left === null && right === null) return Number.NaN
  if (left === null || right === null || isReference(left) || isReference(right)) return undefined
  if (column.type === 'decimal') return Decimal.compare(String(left), String(right))
  if (column.type === 'string' || column.type === 'memo') return Buffer.compare(Buffer.from(fold(String(left))), Buffer.from(fold(String(right))))
  return left < right ? -1 : left > right ? 1 : 0
}

/** The rule in words of its own: what differs in case alone is equal, and of sigma there are three. */
const fold = (text: string): string => [...text.normalize('NFC').toLowerCase()].map((char) => (char === 'ς' ? 'σ' : char)).join('')

/** SQL Server's LIKE as a regular expression. */
function matchesLike(text: string, pattern: string, op: string): boolean {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string
    const end = char === '[' ? pattern.indexOf(']', at) : -1
    if (end < 0) source += char === '%' ? '.*' : char === '_' ? '.' : char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    else {
      source += classOf(pattern.slice(at + 1, end))
      at = end
    }
  }
  return new RegExp(`^${op === 'startswith' || op === 'like' ? '' : '.*'}${source}${op === 'endswith' || op === 'like' ? '' : '.*'}$`, 'su').test(text)
}

function classOf(body: string): string {
  const negated = body.startsWith('^')
  const chars = [...(negated ? body.slice(1) : body)]
  let members = ''
  for (let at = 0; at < chars.length; at++) {
    const low = (chars[at] as string).codePointAt(0) as number
    const isRange = chars[at + 1] === '-' && at + 2 < chars.length
    const high = isRange ? ((chars[at + 2] as string).codePointAt(0) as number) : low
    if (isRange) at += 2
    if (low <= high) members += `\\u{${low.toString(16)}}-\\u{${high.toString(16)}}`
  }
  return negated ? `[^${members}]` : `[${members}]`
}
