/** Names that stand on the wire as they are: headers, annotations, the namespace. */

export const NAMESPACE = 'Microsoft.Dynamics.CRM'

/** Request headers, as Node and `fetch` give them: in lower case. */
export const REQUEST_HEADER = {
  prefer: 'prefer',
  ifMatch: 'if-match',
  ifNoneMatch: 'if-none-match',
  contentType: 'content-type',
  accept: 'accept',
  odataVersion: 'odata-version',
  odataMaxVersion: 'odata-maxversion',
  authorization: 'authorization',
  callerId: 'mscrmcallerid',
  callerObjectId: 'callerobjectid',
  suppressDuplicateDetection: 'mscrm.suppressduplicatedetection',
  solutionUniqueName: 'mscrm.solutionuniquename',
  mergeLabels: 'mscrm.mergelabels',
  consistency: 'consistency',
  clientRequestId: 'x-ms-client-request-id',
} as const

/** Response headers, in the spelling Dataverse sends. */
export const RESPONSE_HEADER = {
  odataVersion: 'OData-Version',
  entityId: 'OData-EntityId',
  location: 'Location',
  etag: 'ETag',
  preferenceApplied: 'Preference-Applied',
  contentType: 'Content-Type',
  retryAfter: 'Retry-After',
  requestId: 'REQ_ID',
  serviceRequestId: 'x-ms-service-request-id',
  allow: 'Allow',
} as const

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
] as const

export const ODATA_VERSION = '4.0'

export const CONTENT_TYPE = {
  json: 'application/json; odata.metadata=minimal',
  /** JSON in a part of a batch answer. */
  jsonPart: 'application/json; odata.metadata=minimal; odata.streaming=true',
  text: 'text/plain',
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
export const FETCH_XML_PAGING_COOKIE = `${NAMESPACE}.fetchxmlpagingcookie`
export const MORE_RECORDS = `${NAMESPACE}.morerecords`
