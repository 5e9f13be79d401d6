/**
 * Reading definitions: the answer itself, since the schema holds all there is to know. `context` is what stands behind `$metadata`,
 * as `contextOf` makes it: `#EntityDefinitions(LogicalName)`. The bodies are shared objects: whoever answers with them changes nothing in them.
 */
import { contextOf } from '../protocol/context-url.ts'
import { fail } from '../protocol/errors.ts'
import type { QueryOptions } from '../protocol/query-options.ts'
import type { PathSegment } from '../protocol/resource-path.ts'
import { keepLanguages } from '../schema/metadata/label-json.ts'
import { membersOf } from '../schema/metadata/metadata-item.ts'
import { isMetadataList, isMetadataObject, type MetadataObject, type MetadataValue } from '../schema/metadata/metadata-object.ts'
import { queryItem, queryItems } from '../schema/metadata/metadata-query.ts'
import type { Schema } from '../schema/schema.ts'
import { followMetadataPath, type ItemPlace, type ItemsPlace, type MetadataPlace, type PropertyPlace } from './metadata-path.ts'
import { refuseOptions, refuseOther } from './refuse-options.ts'

export type MetadataAnswer =
  /** `{"@odata.context":…,"@odata.count":…,"value":body}` */
  | { readonly kind: 'collection'; readonly context: string; readonly body: readonly MetadataValue[]; readonly count: number | undefined }
  /** `{"@odata.context":…,...body}` */
  | { readonly kind: 'item'; readonly context: string; readonly body: MetadataObject }
  /** `{"@odata.context":…,"value":body}`; 204 where it is null. */
  | { readonly kind: 'value'; readonly context: string; readonly body: string | number | boolean | null }
  /** Plain text: `/$count`, and `/$value` of a member. */
  | { readonly kind: 'text'; readonly body: string }

export function planMetadataRead(segments: readonly PathSegment[], options: QueryOptions, schema: Schema): MetadataAnswer {
  refuseOptions(options, ['$skiptoken', '$deltatoken'])
  const languages = languagesOf(options)
  refuseOther(languages ? without(options.other, LABEL_LANGUAGES) : options.other)
  const last = segments.at(-1)?.name
  const isRaw = last === '$count' || last === '$value'
  const place = followMetadataPath(isRaw ? segments.slice(0, -1) : segments, options.aliases, schema)
  if (isRaw) return { kind: 'text', body: rawOf(place, last, options, schema) }
  const answer = read(place, options, schema)
  return languages ? inLanguages(answer, languages) : answer
}

function read(place: MetadataPlace, options: QueryOptions, schema: Schema): MetadataAnswer {
  switch (place.kind) {
    case 'items':
      return readItems(place, options, schema)
    case 'item':
      return readItem(place, options, schema)
    case 'property':
      return readProperty(place, options)
  }
}

function readItems({ items, type, context }: ItemsPlace, options: QueryOptions, schema: Schema): MetadataAnswer {
  if (options.filter && context === 'GlobalOptionSetDefinitions') throw fail('NotSupported', '$filter on GlobalOptionSetDefinitions')
  const body = queryItems(items, type, options, { schema, aliases: options.aliases })
  return { kind: 'collection', context: contextOf(context, options.selectText, options.expand), body, count: options.count ? body.length : undefined }
}

function readItem({ item, type, context }: ItemPlace, options: QueryOptions, schema: Schema): MetadataAnswer {
  refuseOptions(options, ['$count'])
  const body = queryItem(item, type, options, { schema, aliases: options.aliases })
  return { kind: 'item', context: contextOf(context, options.selectText, options.expand, '/$entity'), body }
}

function readProperty({ owner, name }: PropertyPlace, options: QueryOptions): MetadataAnswer {
  refuseOptions(options, ['$select', '$filter', '$orderby', '$top', '$expand', '$count'])
  const context = contextOf(`${owner.address}/${name}`)
  const value = membersOf(owner.item)[name] ?? null
  if (isMetadataList(value)) return { kind: 'collection', context, body: value, count: undefined }
  return isMetadataObject(value) ? { kind: 'item', context, body: value } : { kind: 'value', context, body: value }
}

function rawOf(place: MetadataPlace, last: '$count' | '$value', options: QueryOptions, schema: Schema): string {
  const answer = read(place, { ...options, count: undefined }, schema)
  if (last === '$count' && answer.kind === 'collection') return String(answer.body.length)
  if (last === '$value' && answer.kind === 'value' && answer.body !== null) return String(answer.body)
  throw fail('UnknownResource', last)
}

/** `LabelLanguages=1033,1036`: an option of the metadata alone, which keeps the other languages out of the labels. */
const LABEL_LANGUAGES = 'LabelLanguages'

function languagesOf(options: QueryOptions): ReadonlySet<number> | undefined {
  const text = options.other.get(LABEL_LANGUAGES)
  if (text === undefined) return undefined
  const codes = text.split(',').map((code) => Number(code.trim()))
  if (!codes.every((code) => Number.isInteger(code) && code > 0))
    throw fail('BadRequest', `The query option '${LABEL_LANGUAGES}' must be a list of language codes.`)
  return new Set(codes)
}

function inLanguages(answer: MetadataAnswer, languages: ReadonlySet<number>): MetadataAnswer {
  if (answer.kind === 'collection') return { ...answer, body: keepLanguages(answer.body, languages) }
  return answer.kind === 'item' ? { ...answer, body: keepLanguages(answer.body, languages) } : answer
}

function without<V>(map: ReadonlyMap<string, V>, name: string): ReadonlyMap<string, V> {
  const rest = new Map(map)
  rest.delete(name)
  return rest
}
