/**
 * FetchXML (webapi.md 7): `<fetch top="3"><entity name="account"><attribute name="name"/></entity></fetch>` as a tree.
 * Elements and attributes are named as XML names them, case counts. An unknown element is refused; an unknown attribute is passed over,
 * as the original does: designers leave theirs (`uiname`, `savedqueryid`, `enableprefiltering`) in what they write.
 * Which parts go together, and how many there may be, is asked once for every such tree: where it is planned.
 */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { isTrue, optionalAlias, optionalBoolean, optionalNumber, optionalText, requiredText, wordOf } from './fetch-attributes.ts'
import type { FetchAttribute, FetchCondition, FetchEntity, FetchFilter, FetchLink, FetchOrder, FetchQuery } from './fetch-query.ts'
import { AGGREGATES, DATE_GROUPINGS, FILTER_TYPES, LINK_TYPES } from './fetch-words.ts'
import { decodeComponent } from './percent.ts'
import { parseXml, type XmlElement } from './xml-reader.ts'

const ENTITY_NODES = 'filter, order, link-entity, attribute, all-attributes, no-attrs'
const FILTER_NODES = 'condition, filter, link-entity'

/** Text that is still percent-encoded once (samples of the original encode twice) is decoded again. */
export function parseFetchXml(text: string): FetchQuery {
  const root = parseXml(/^\s*%3c/i.test(text) ? decodeComponent(text) : text)
  if (root.name !== 'fetch') throw badNode(root, 'fetch')
  const [entity, another] = root.children
  if (!entity) throw fail('FetchElementMissing', '<entity>')
  if (entity.name !== 'entity') throw badNode(entity, 'entity')
  if (another) throw badNode(another, 'one entity')
  return { ...readFetch(root), entity: readRoot(entity, isTrue(root, 'aggregate')) }
}

function readFetch(fetch: XmlElement): Omit<FetchQuery, 'entity'> {
  if (fetch.attributes.get('datasource') === 'retained') throw fail('NotSupported', "Long term retention (datasource='retained')")
  return {
    top: optionalNumber(fetch, 'top'),
    // Nothing is a page of its own: 0 is how old clients say «as ever».
    count: optionalNumber(fetch, 'count') || undefined,
    page: optionalNumber(fetch, 'page') || undefined,
    pagingCookie: optionalText(fetch, 'paging-cookie'),
    distinct: isTrue(fetch, 'distinct'),
    aggregate: isTrue(fetch, 'aggregate'),
    aggregateLimit: optionalNumber(fetch, 'aggregatelimit'),
    returnTotalRecordCount: isTrue(fetch, 'returntotalrecordcount'),
    rawOrder: isTrue(fetch, 'useraworderby'),
  }
}

/** «If you do not specify columns, data for all columns is returned»: said of the root; a link without columns returns none. */
function readRoot(element: XmlElement, aggregate: boolean): FetchEntity {
  const entity = readEntity(element)
  const namesNone = entity.attributes.length === 0 && !element.children.some((child) => child.name === 'no-attrs')
  return namesNone && !aggregate ? { ...entity, allAttributes: true } : entity
}

function readEntity(element: XmlElement): FetchEntity {
  const attributes: FetchAttribute[] = []
  const orders: FetchOrder[] = []
  const filters: FetchFilter[] = []
  const links: FetchLink[] = []
  let allAttributes = false
  for (const child of element.children) {
    switch (child.name) {
      case 'attribute':
        attributes.push(readAttribute(child))
        break
      case 'all-attributes':
        allAttributes = true
        break
      case 'no-attrs':
        break
      case 'order':
        orders.push(readOrder(child))
        break
      case 'filter':
        filters.push(readFilter(child))
        break
      case 'link-entity':
        links.push(readLink(child))
        break
      default:
        throw badNode(child, ENTITY_NODES)
    }
  }
  return { name: requiredText(element, 'name'), allAttributes, attributes, orders, filters, links }
}

function readAttribute(element: XmlElement): FetchAttribute {
  const aggregate = element.attributes.get('aggregate')
  const dateGrouping = element.attributes.get('dategrouping')
  const rowAggregate = optionalText(element, 'rowaggregate')
  return {
    name: requiredText(element, 'name'),
    alias: optionalAlias(element),
    aggregate: aggregate === undefined ? undefined : (wordOf(AGGREGATES, aggregate) ?? badAggregate(aggregate)),
    groupBy: isTrue(element, 'groupby'),
    distinct: isTrue(element, 'distinct'),
    dateGrouping: dateGrouping === undefined ? undefined : (wordOf(DATE_GROUPINGS, dateGrouping) ?? badDateGrouping(dateGrouping)),
    userTimeZone: optionalBoolean(element, 'usertimezone'),
    rowAggregate: rowAggregate === undefined ? undefined : (wordOf(['CountChildren'], rowAggregate) ?? badRowAggregate(rowAggregate)),
  }
}

function readOrder(element: XmlElement): FetchOrder {
  return {
    attribute: optionalText(element, 'attribute'),
    alias: optionalText(element, 'alias'),
    entityName: optionalText(element, 'entityname'),
    descending: isTrue(element, 'descending'),
  }
}

function readLink(element: XmlElement): FetchLink {
  const type = element.attributes.get('link-type') ?? 'inner'
  return {
    ...readEntity(element),
    from: optionalText(element, 'from'),
    to: optionalText(element, 'to'),
    alias: optionalAlias(element),
    // `natural` is an old name of `inner`.
    type: wordOf(LINK_TYPES, type === 'natural' ? 'inner' : type) ?? badLinkType(type),
    intersect: isTrue(element, 'intersect'),
  }
}

function readFilter(element: XmlElement): FetchFilter {
  const type = element.attributes.get('type') ?? 'and'
  const conditions: FetchCondition[] = []
  const filters: FetchFilter[] = []
  const links: FetchLink[] = []
  for (const child of element.children) {
    if (child.name === 'condition') conditions.push(readCondition(child))
    else if (child.name === 'filter') filters.push(readFilter(child))
    else if (child.name === 'link-entity') links.push(readLink(child))
    else throw badNode(child, FILTER_NODES)
  }
  return { type: wordOf(FILTER_TYPES, type) ?? badFilterType(type), conditions, filters, links }
}

function readCondition(element: XmlElement): FetchCondition {
  for (const name of ['aggregate', 'rowaggregate']) {
    if (optionalText(element, name) !== undefined) throw fail('NotSupported', `'${name}' of <condition>`)
  }
  return {
    attribute: requiredText(element, 'attribute'),
    operator: requiredText(element, 'operator').trim().toLowerCase(),
    entityName: optionalText(element, 'entityname'),
    value: element.attributes.get('value'),
    values: element.children.map(readValue),
    valueOf: optionalText(element, 'valueof'),
  }
}

function readValue(element: XmlElement): string {
  if (element.name !== 'value') throw badNode(element, 'value')
  const [child] = element.children
  if (child) throw badNode(child, 'text')
  return element.text
}

function badNode(node: XmlElement, valid: string): DataverseError {
  return fail('FetchInvalidNode', valid, excerpt(node.name))
}

function badAggregate(text: string): never {
  throw fail('AggregateOutside', `'${excerpt(text)}' is none of ${AGGREGATES.join(', ')}.`)
}

function badDateGrouping(text: string): never {
  throw fail('FetchDateGrouping', excerpt(text), DATE_GROUPINGS.join(', '))
}

function badRowAggregate(text: string): never {
  throw fail('FetchInvalidValue', `The only valid value for rowaggregate attribute is 'CountChildren', not '${excerpt(text)}'.`)
}

function badLinkType(text: string): never {
  throw fail('FetchLinkType', excerpt(text), LINK_TYPES.join(', '))
}

function badFilterType(text: string): never {
  throw fail('FetchFilterType', excerpt(text))
}
