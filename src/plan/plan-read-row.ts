/**
 * What stands below one row, after a walk along the path, `accounts(key)/primarycontactid/Contact_Tasks(key)/createdby`: the row itself,
 * one value of it, its owner, or a collection that hangs on it, which `plan-read.ts` plans as it plans sets.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { KeyPredicate } from '../protocol/key-predicate.ts'
import { typeNameOf } from '../protocol/names.ts'
import type { Precondition } from '../protocol/precondition.ts'
import type { QueryOptions } from '../protocol/query-options.ts'
import { MAX_PAGE_SIZE, type Preferences } from '../protocol/prefer.ts'
import type { PathSegment } from '../protocol/resource-path.ts'
import { isLookup, type LookupColumn, wireName } from '../schema/column.ts'
import type { Navigation, Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { bindAddress } from './bind-address.ts'
import { bindOwner } from './bind-expand.ts'
import { findColumn } from './find-column.ts'
import { castTo, findNavigation, linkOf, type ToMany } from './navigation.ts'
import type { QueryContext } from './query-context.ts'
import type { PathStep, ReadOwner, ReadRow, ReadValue, RowPlace, RowShape, Source } from './read-plan.ts'
import { refuseOptions, refuseOther, type SystemOption } from './refuse-options.ts'
import { hasAnnotations, NO_ANNOTATIONS, rowAnnotations } from './row-annotations.ts'
import type { RowAddress } from './row-address.ts'
import { bindShape, referenceShape } from './row-shape.ts'

/** A GET, parsed. */
export type Read = {
  readonly segments: readonly PathSegment[]
  readonly options: QueryOptions
  readonly preferences: Preferences
  readonly precondition: Precondition
}

/** The rows of a collection-valued navigation, the table they are in, and the segments behind it. */
type Children = Extract<Source, { readonly kind: 'children' }> & { readonly table: Table; readonly rest: readonly PathSegment[] }

/** A row on the way, and the segments behind it. */
type Stop = RowPlace & { readonly table: Table; readonly rest: readonly PathSegment[] }
type Below = ReadRow | ReadOwner | ReadValue | Children

const NOT_FOR_A_ROW: readonly SystemOption[] = ['$filter', '$orderby', '$top', '$count', '$skiptoken', '$deltatoken']
const NOT_FOR_A_VALUE: readonly SystemOption[] = [...NOT_FOR_A_ROW, '$select', '$expand']
const NO_VERSIONS: readonly bigint[] = []
const NO_STEPS: readonly PathStep[] = []

export function planBelowRow(table: Table, predicate: KeyPredicate, read: Read, context: QueryContext): Below {
  const address = bindAddress(table, predicate, read.options.aliases)
  return planStop({ address, steps: NO_STEPS, table, rest: read.segments.slice(1) }, read, context)
}

function planStop(stop: Stop, read: Read, context: QueryContext): Below {
  const [segment] = stop.rest
  if (!segment) return planRow(stop, read, context)
  const cast = typeNameOf(segment.name)
  if (cast !== undefined && !segment.predicate) return planStop(castRow(stop, castTo(context.schema, stop.table, cast)), read, context)
  if (segment.name === '$ref' && stop.rest.length === 1) return planReference(stop, read)
  const navigation = segment.name.startsWith('$') ? undefined : findNavigation(context.schema, stop.table, segment.name)
  return navigation ? planNavigation(stop, navigation, segment, read, context) : planValue(stop, segment, read, context)
}

/** The very row, as one of another table: an activity has the id of its pointer. */
function castRow({ address, steps, rest }: Stop, table: Table): Stop {
  const last = steps.at(-1)
  const behind = { table, rest: rest.slice(1) }
  if (last?.kind === 'lookup') return { address, steps: [...steps.slice(0, -1), { ...last, target: table }], ...behind }
  if (last?.kind === 'child') return { address, steps: [...steps.slice(0, -1), { ...last, address: castAddress(last.address, table) }], ...behind }
  return { address: castAddress(address, table), steps, ...behind }
}

function castAddress(address: RowAddress, table: Table): RowAddress {
  if (address.by === 'id') return { ...address, table }
  if (address.table !== table) throw fail('NotSupported', 'A type cast of a row addressed by a key')
  return address
}

function planRow({ address, steps, table }: Stop, read: Read, context: QueryContext): ReadRow {
  const { options, preferences } = read
  refuseOther(options.other)
  refuseOptions(options, NOT_FOR_A_ROW)
  const shape = bindShape(table, options, preferences.includeAnnotations, context, preferences.maxPageSize)
  return { kind: 'read-row', address, steps, shape, unlessVersion: knownVersions(read.precondition, shape), references: false }
}

function planReference({ address, steps, table }: Stop, read: Read): ReadRow {
  refuseOther(read.options.other)
  refuseOptions(read.options, NOT_FOR_A_VALUE)
  return { kind: 'read-row', address, steps, shape: referenceShape(table), unlessVersion: NO_VERSIONS, references: true }
}

/** 304 is never the answer where rows beside this one, or annotations, are asked for (webapi.md 5.2). */
function knownVersions(precondition: Precondition, shape: RowShape): readonly bigint[] {
  refuseWrites(precondition)
  if (precondition.kind !== 'version-is-not' || shape.expands.length > 0 || hasAnnotations(shape.annotations)) return NO_VERSIONS
  return precondition.versions
}

function refuseWrites({ kind }: Precondition): void {
  if (kind === 'absent') throw fail('NotSupported', 'If-None-Match: * on a read')
  if (kind === 'version-is') throw fail('NotSupported', 'If-Match with an ETag on a read')
}

function planNavigation(stop: Stop, navigation: Navigation, segment: PathSegment, read: Read, context: QueryContext): Below {
  switch (navigation.kind) {
    case 'owner':
      refuseKey(segment)
      return planOwner(stop, navigation, read, context)
    case 'one':
      refuseKey(segment)
      return planStop(stepAlong(stop, segment.name, navigation.column, navigation.target, 1), read, context)
    case 'many':
    case 'many-to-many':
      return planChildren(stop, navigation, segment, read, context)
  }
}

function refuseKey({ name, predicate }: PathSegment): void {
  if (predicate) throw fail('BadRequest', `'${name}' leads to one row: it takes no key.`)
}

/** `taken`: how many segments the step is written in. */
function stepAlong(stop: Stop, segment: string, column: LookupColumn, target: Table, taken: number): Stop {
  return { address: stop.address, steps: [...stop.steps, { kind: 'lookup', segment, column, target }], table: target, rest: stop.rest.slice(taken) }
}

/** A user or a team: before a path goes on, a cast has to say which. */
function planOwner(stop: Stop, navigation: Extract<Navigation, { readonly kind: 'owner' }>, read: Read, context: QueryContext): Below {
  const { name, column } = navigation
  const [, next, beyond] = stop.rest
  const cast = next && !next.predicate ? typeNameOf(next.name) : undefined
  if (cast !== undefined) return planStop(stepAlong(stop, name, column, ownerTable(column, cast, context.schema), 2), read, context)
  if (next && (next.name !== '$ref' || next.predicate || beyond)) throw fail('UnknownResource', excerpt(next.name))
  const { options, preferences } = read
  refuseOther(options.other)
  refuseOptions(options, next ? NOT_FOR_A_VALUE : NOT_FOR_A_ROW)
  refuseWrites(read.precondition)
  const annotations = rowAnnotations(preferences.includeAnnotations, context.calendar.timeZone)
  const item = { navigation: name, references: next !== undefined, options: { select: options.select, expand: options.expand } }
  const owner = bindOwner(navigation, item, annotations, context, preferences.maxPageSize ?? MAX_PAGE_SIZE)
  return { kind: 'read-owner', address: stop.address, steps: stop.steps, owner }
}

function ownerTable(column: LookupColumn, name: string, schema: Schema): Table {
  const table = column.targets.includes(name) ? schema.tables.get(name) : undefined
  if (!table) throw fail('UnknownResource', excerpt(name))
  return table
}

function planChildren(stop: Stop, navigation: ToMany, segment: PathSegment, read: Read, context: QueryContext): Below {
  const { address, steps } = stop
  const next = stop.rest[1]
  const link = linkOf(navigation)
  if (segment.predicate) {
    const child = bindAddress(navigation.target, segment.predicate, read.options.aliases)
    return planStop({ address, steps: [...steps, { kind: 'child', link, address: child }], table: navigation.target, rest: stop.rest.slice(1) }, read, context)
  }
  const cast = next && !next.predicate ? typeNameOf(next.name) : undefined
  const table = cast === undefined ? navigation.target : castTo(context.schema, navigation.target, cast)
  return { kind: 'children', parent: { address, steps }, link, table, rest: stop.rest.slice(cast === undefined ? 1 : 2) }
}

function planValue({ address, steps, table, rest }: Stop, segment: PathSegment, read: Read, context: QueryContext): ReadValue {
  const { options, preferences } = read
  const column = segment.name.startsWith('$') ? undefined : findColumn(table, segment.name)
  // A lookup's id is read as `_x_value`; its bare name is that of a navigation property or of nothing.
  if (!column || segment.predicate || (isLookup(column) && segment.name !== wireName(column))) throw fail('UnknownResource', excerpt(segment.name))
  const [, suffix, beyond] = rest
  if (suffix && (suffix.name !== '$value' || suffix.predicate)) throw fail('UnknownResource', excerpt(suffix.name))
  if (beyond) throw fail('UnknownResource', excerpt(beyond.name))
  refuseOther(options.other)
  refuseOptions(options, NOT_FOR_A_VALUE)
  const annotations = suffix ? NO_ANNOTATIONS : rowAnnotations(preferences.includeAnnotations, context.calendar.timeZone)
  return { kind: 'read-value', address, steps, column, annotations }
}
