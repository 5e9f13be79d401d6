/** Names that stand on the wire as they are: headers, annotations, the namespace. */

export const NAMESPACE = 'Microsoft.Dynamics.CRM'

/** `Microsoft.Dynamics.CRM.task` → `task`: what a type cast in a path names. */
export function typeNameOf(text: string): string | undefined {
  return text.startsWith(`${NAMESPACE}.`) ? text.slice(NAMESPACE.length + 1) : undefined
}

/** What CORS lets a page read. */
export const EXPOSED_HEADERS = [
  'Preference-Applied',
  'OData-EntityId',
  'Location',
  'ETag',
  'OData-Version',
  'Content-Encoding',
  'Transfer-Encoding',
  'Content-Length',
  'Retry-After',
  'REQ_ID',
  'x-ms-service-request-id',
  'x-ms-dop-hint',
  'x-ms-ratelimit-time-remaining-xrm-requests',
  'x-ms-ratelimit-burst-remaining-xrm-requests',
] as const

export const ODATA_VERSION = '4.0'

export const CONTENT_TYPE = {
  json: 'application/json; odata.metadata=minimal',
  /** JSON in a part of a batch answer. */
  jsonPart: 'application/json; odata.metadata=minimal; odata.streaming=true',
  /** Digits: batch clients look for exactly this (webapi.md 8.3). */
  text: 'text/plain',
  /** People's text: without a charset, HTTP libraries read Latin-1. */
  utf8Text: 'text/plain; charset=utf-8',
  xml: 'application/xml',
} as const

/** Annotations of a column: they stand before it as `name@<annotation>`. */
export const FORMATTED_VALUE = 'OData.Community.Display.V1.FormattedValue'
export const ATTRIBUTE_NAME = 'OData.Community.Display.V1.AttributeName'
export const LOOKUP_LOGICAL_NAME = `${NAMESPACE}.lookuplogicalname`
export const ASSOCIATED_NAVIGATION_PROPERTY = `${NAMESPACE}.associatednavigationproperty`

/** Annotations of an answer: they stand in it as `@<annotation>`. */
export const TOTAL_RECORD_COUNT = `${NAMESPACE}.totalrecordcount`
export const TOTAL_RECORD_COUNT_LIMIT_EXCEEDED = `${NAMESPACE}.totalrecordcountlimitexceeded`
export const GLOBAL_METADATA_VERSION = `${NAMESPACE}.globalmetadataversion`
export const FETCHXML_PAGING_COOKIE = `${NAMESPACE}.fetchxmlpagingcookie`
export const MORE_RECORDS = `${NAMESPACE}.morerecords`
