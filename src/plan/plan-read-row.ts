/**
 * What stands below one row: the row itself, one value of it, the row its lookup points at, or a collection that hangs on it,
 * which `plan-read.ts` plans as it plans sets.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { KeyPredicate } from '../protocol/key-predicate.ts'
import type { Precondition } from '../protocol/precondition.ts'
import type { Preferences } from '../protocol/prefer.ts'
import type { QueryOptions } from '../protocol/query-options.ts'
import type { PathSegment } from '../protocol/resource-path.ts'
import { type Column, isLookup, wireName } from '../schema/column.ts'
import type { Navigation } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { bindAddress } from './bind-address.ts'
import { findColumn } from './find-column.ts'
import { findNavigation, linkOf, type ToMany } from './navigation.ts'
import type { QueryContext } from './query-context.ts'
import type { ReadRow, ReadValue, RowShape, Source } from './read-plan.ts'
import { refuseOptions, refuseOther, type SystemOption } from './refuse-options.ts'
import { hasAnnotations, rowAnnotations } from './row-annotations.ts'
import type { RowAddress } from './row-address.ts'
import { bindShape, referenceShape } from './row-shape.ts'

/** A GET, parsed. */
export type Read = {
  readonly segments: readonly PathSegment[]
  readonly options: QueryOptions
  readonly preferences: Preferences
  readonly precondition: Precondition
}

/** The rows of a collection-valued navigation, and the table they are in. */
export type Children = Extract<Source, { readonly kind: 'children' }> & { readonly table: Table }

const NOT_FOR_A_ROW: readonly SystemOption[] = ['$filter', '$orderby', '$top', '$count', '$skiptoken', '$deltatoken']
const NOT_FOR_A_VALUE: readonly SystemOption[] = [...NOT_FOR_A_ROW, '$select', '$expand']
const NO_VERSIONS: readonly bigint[] = []

export function planBelowRow(table: Table, predicate: KeyPredicate, read: Read, context: QueryContext): ReadRow | ReadValue | Children {
  const { segments } = read
  const address = bindAddress(table, predicate, read.options.aliases)
  const second = segments[1]
  if (!second) return planRow(table, address, undefined, undefined, read, context)
  if (second.name === '$ref' && segments.length === 2) return planReference(table, address, undefined, undefined, read)
  const navigation = second.name.startsWith('$') ? undefined : findNavigation(context.schema, table, second.name)
  if (navigation) return planNavigation(navigation, address, second, read, context)
  const column = findColumn(table, second.name)
  // A lookup's id is read as `_x_value`; its bare name is that of a navigation property or of nothing.
  if (!column || second.predicate || (isLookup(column) && second.name !== wireName(column))) throw fail('UnknownResource', excerpt(second.name))
  return planValue(address, column, read)
}

function planRow(table: Table, address: RowAddress, through: ReadRow['through'], within: ReadRow['within'], read: Read, context: QueryContext): ReadRow {
  const { options, preferences } = read
  refuseOther(options.other)
  refuseOptions(options, NOT_FOR_A_ROW)
  const shape = bindShape(table, options, preferences.includeAnnotations, context)
  return { kind: 'read-row', shape, address, through, within, unlessVersion: knownVersions(read.precondition, shape), references: false }
}

function planReference(table: Table, address: RowAddress, through: ReadRow['through'], within: ReadRow['within'], read: Read): ReadRow {
  refuseOther(read.options.other)
  refuseOptions(read.options, NOT_FOR_A_VALUE)
  return { kind: 'read-row', shape: referenceShape(table), address, through, within, unlessVersion: NO_VERSIONS, references: true }
}

/** 304 is never the answer where rows beside this one, or annotations, are asked for (webapi.md 5.2). */
function knownVersions(precondition: Precondition, shape: RowShape): readonly bigint[] {
  switch (precondition.kind) {
    case 'none':
    case 'exists':
      return NO_VERSIONS
    case 'version-is-not':
      return shape.expands.length > 0 || hasAnnotations(shape.annotations) ? NO_VERSIONS : precondition.versions
    case 'absent':
      throw fail('NotSupported', 'If-None-Match: * on a read')
    case 'version-is':
      throw fail('NotSupported', 'If-Match with an ETag on a read')
  }
}

function planNavigation(navigation: Navigation, address: RowAddress, segment: PathSegment, read: Read, context: QueryContext): ReadRow | Children {
  switch (navigation.kind) {
    case 'owner':
      throw fail('NotSupported', `Navigation through '${navigation.name}'`)
    case 'one':
      if (segment.predicate) throw fail('BadRequest', `'${segment.name}' leads to one row: it takes no key.`)
      return planTarget(navigation.target, address, { column: navigation.column, target: navigation.target }, undefined, read, context)
    case 'many':
    case 'many-to-many':
      return planChildren(navigation, address, segment, read, context)
  }
}

function planChildren(navigation: ToMany, parent: RowAddress, segment: PathSegment, read: Read, context: QueryContext): ReadRow | Children {
  const link = linkOf(navigation)
  const { target } = navigation
  if (segment.predicate) return planTarget(target, bindAddress(target, segment.predicate, read.options.aliases), undefined, { parent, link }, read, context)
  refuseBeyond(3, read)
  return { kind: 'children', parent, link, table: target }
}

/** The row a navigation leads to, or with `$ref` only where it is. */
function planTarget(target: Table, address: RowAddress, through: ReadRow['through'], within: ReadRow['within'], read: Read, context: QueryContext): ReadRow {
  refuseBeyond(3, read)
  const suffix = read.segments[2]
  if (!suffix) return planRow(target, address, through, within, read, context)
  if (suffix.name === '$ref' && !suffix.predicate) return planReference(target, address, through, within, read)
  if (suffix.name.startsWith('$')) throw fail('UnknownResource', excerpt(suffix.name))
  throw fail('NotSupported', 'A path through more than one navigation property')
}

function planValue(address: RowAddress, column: Column, read: Read): ReadValue {
  const { options, preferences, segments } = read
  refuseBeyond(3, read)
  const suffix = segments[2]
  if (suffix && (suffix.name !== '$value' || suffix.predicate)) throw fail('UnknownResource', excerpt(suffix.name))
  refuseOther(options.other)
  refuseOptions(options, NOT_FOR_A_VALUE)
  return { kind: 'read-value', address, column, formatted: !suffix && rowAnnotations(preferences.includeAnnotations).formattedValues }
}

function refuseBeyond(length: number, { segments }: Read): void {
  const beyond = segments[length]
  if (beyond) throw fail('UnknownResource', excerpt(beyond.name))
}
