/**
 * `$select`, `$filter` and `$expand` on definitions. `MetadataId` always comes along; a member of a derived type is known only behind a cast.
 * All answers are whole: Dataverse pages no metadata, and knows neither `$orderby` nor `$top` there.
 */
import { fail } from '../../protocol/errors.ts'
import type { Aliases } from '../../protocol/key-predicate.ts'
import { NAMESPACE } from '../../protocol/names.ts'
import type { ExpandItem, ExpandOptions } from '../../protocol/query-options.ts'
import type { Schema } from '../schema.ts'
import { conditionOf } from './metadata-filter.ts'
import { type MetadataItem, membersOf, relatedItem, relatedItems, typeNameOf } from './metadata-item.ts'
import type { MetadataObject, MetadataValue } from './metadata-object.ts'
import type { MetadataType } from './metadata-types.ts'

/** What a query stands on beside its options. */
type QueryGround = { readonly schema: Schema; readonly aliases: Aliases }

type Show = (item: MetadataItem) => MetadataObject

/** `type`: what the items are known as, by their place and a cast. */
export function queryItems(items: readonly MetadataItem[], type: MetadataType, options: ExpandOptions, ground: QueryGround): readonly MetadataObject[] {
  refuseOrder(options)
  const ofType = type.derived.size > 0 ? items : items.filter((item) => typeNameOf(item) === type.name)
  const condition = options.filter && conditionOf(options.filter, type, ground.aliases)
  const found = condition ? ofType.filter((item) => condition(membersOf(item))) : ofType
  return found.map(showing(type, options, ground))
}

export function queryItem(item: MetadataItem, type: MetadataType, options: ExpandOptions, ground: QueryGround): MetadataObject {
  refuseOrder(options)
  if (options.filter) throw fail('BadRequest', `The query option '$filter' can be applied to a collection only, not to a single ${type.name}.`)
  return showing(type, options, ground)(item)
}

function refuseOrder(options: ExpandOptions): void {
  if (options.orderby) throw fail('NotSupported', '$orderby on metadata')
  if (options.top !== undefined) throw fail('NotSupported', '$top on metadata')
}

/** Checks the options once, for all items. */
function showing(type: MetadataType, options: ExpandOptions, ground: QueryGround): Show {
  const head: Show = options.select ? selecting(type, options.select) : (item) => annotated(item, type)
  const expands = (options.expand ?? []).map((item) => expanding(type, item, ground))
  if (expands.length === 0) return head
  return (item) => {
    const members: { [member: string]: MetadataValue } = { ...head(item) }
    for (const { name, show } of expands) members[name] = show(item)
    return members
  }
}

function selecting(type: MetadataType, select: readonly string[]): Show {
  if (select.includes('*')) return (item) => annotated(item, type)
  for (const name of select) {
    if (!type.properties.has(name) && !type.navigations.has(name)) throw fail('UnknownProperty', type.name, name)
  }
  const names = new Set(['MetadataId', ...select.filter((name) => type.properties.has(name))])
  return (item) => {
    const all = membersOf(item)
    const members: { [member: string]: MetadataValue } = { ...annotationOf(item, type) }
    for (const name of names) {
      const value = all[name]
      if (value !== undefined) members[name] = value
    }
    return members
  }
}

type Expand = { readonly name: string; readonly show: (item: MetadataItem) => MetadataValue }

function expanding(type: MetadataType, { navigation, references, options }: ExpandItem, ground: QueryGround): Expand {
  const target = type.navigations.get(navigation)
  if (!target) throw fail('UnknownProperty', type.name, navigation)
  if (references) throw fail('NotSupported', '$ref in $expand on metadata')
  if (target.isCollection) return { name: navigation, show: (item) => queryItems(relatedItems(item, navigation, ground.schema), target.type, options, ground) }
  return {
    name: navigation,
    show: (item) => {
      const related = relatedItem(item, ground.schema)
      return related ? queryItem(related, target.type, options, ground) : null
    },
  }
}

const annotations = new Map<string, MetadataObject>()
const annotatedMembers = new WeakMap<MetadataObject, MetadataObject>()
const NOTHING: MetadataObject = {}

/**
 * In a collection of several types each says its own. Not so a primary id: Dataverse shows it as a bare `AttributeMetadata`
 * («Query schema definitions»), though it may be cast to `UniqueIdentifierAttributeMetadata`.
 */
function annotationOf(item: MetadataItem, type: MetadataType): MetadataObject {
  const name = typeNameOf(item)
  if (type.derived.size === 0 || name === 'UniqueIdentifierAttributeMetadata') return NOTHING
  const known = annotations.get(name)
  if (known) return known
  const annotation = { '@odata.type': `#${NAMESPACE}.${name}` }
  annotations.set(name, annotation)
  return annotation
}

function annotated(item: MetadataItem, type: MetadataType): MetadataObject {
  const members = membersOf(item)
  const annotation = annotationOf(item, type)
  if (annotation === NOTHING) return members
  const known = annotatedMembers.get(members)
  if (known) return known
  const whole = { ...annotation, ...members }
  annotatedMembers.set(members, whole)
  return whole
}
