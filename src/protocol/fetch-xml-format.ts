/** A query tree as FetchXML, the inverse of `parseFetchXml`. SQL's `skip` has no word there and is left out. */
import type { FetchAttribute, FetchCondition, FetchEntity, FetchFilter, FetchLink, FetchOrder, FetchQuery } from './fetch-query.ts'
import { escapeXml } from './xml-text.ts'

type Attributes = { readonly [name: string]: string | number | boolean | undefined }

export function formatFetchXml(query: FetchQuery): string {
  const attributes = {
    top: query.top,
    count: query.count,
    page: query.page,
    'paging-cookie': query.pagingCookie,
    distinct: query.distinct || undefined,
    aggregate: query.aggregate || undefined,
    aggregatelimit: query.aggregateLimit,
    returntotalrecordcount: query.returnTotalRecordCount || undefined,
    useraworderby: query.rawOrder || undefined,
  }
  const { entity } = query
  const isEmpty = entity.attributes.length === 0 && !entity.allAttributes
  const content = (isEmpty ? '<no-attrs/>' : '') + contentOf(entity)
  return element('fetch', attributes, element('entity', { name: entity.name }, content))
}

function contentOf(entity: FetchEntity): string {
  return [
    entity.allAttributes ? '<all-attributes/>' : '',
    ...entity.attributes.map(formatAttribute),
    ...entity.orders.map(formatOrder),
    ...entity.filters.map(formatFilter),
    ...entity.links.map(formatLink),
  ].join('')
}

function formatAttribute(attribute: FetchAttribute): string {
  return element('attribute', {
    name: attribute.name,
    alias: attribute.alias,
    aggregate: attribute.aggregate,
    groupby: attribute.groupBy || undefined,
    distinct: attribute.distinct || undefined,
    dategrouping: attribute.dateGrouping,
    usertimezone: attribute.userTimeZone,
    rowaggregate: attribute.rowAggregate,
  })
}

function formatOrder(order: FetchOrder): string {
  return element('order', { attribute: order.attribute, alias: order.alias, entityname: order.entityName, descending: order.descending || undefined })
}

function formatFilter(filter: FetchFilter): string {
  const content = [...filter.conditions.map(formatCondition), ...filter.filters.map(formatFilter), ...filter.links.map(formatLink)]
  return element('filter', { type: filter.type }, content.join(''))
}

function formatCondition(condition: FetchCondition): string {
  const attributes = {
    entityname: condition.entityName,
    attribute: condition.attribute,
    operator: condition.operator,
    value: condition.value,
    valueof: condition.valueOf,
  }
  return element('condition', attributes, condition.values.map((value) => `<value>${escapeXml(value)}</value>`).join(''))
}

function formatLink(link: FetchLink): string {
  const attributes = { name: link.name, from: link.from, to: link.to, alias: link.alias, 'link-type': link.type, intersect: link.intersect || undefined }
  return element('link-entity', attributes, contentOf(link))
}

function element(name: string, attributes: Attributes, content = ''): string {
  let head = `<${name}`
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined) head += ` ${attribute}="${escapeXml(String(value))}"`
  }
  return content === '' ? `${head}/>` : `${head}>${content}</${name}>`
}
