/**
 * Every refusal there is: name (ours) → status, code and text (Dataverse's), and where they were read.
 * `codes` is Microsoft's table of Web service error codes; `compose`, `batch` … are pages of the Web API guide;
 * `sync`, `webapi` are our own specification where the original is not documented. `docs/errors.md` is generated from here.
 */
import type { Refusal } from './errors.ts'

const codes = 'learn.microsoft.com/power-apps/developer/data-platform/reference/web-service-error-codes'
const guide = 'learn.microsoft.com/power-apps/developer/data-platform/webapi'
const tracking = 'learn.microsoft.com/power-apps/developer/data-platform/use-change-tracking-synchronize-data-external-systems'
const keys = 'learn.microsoft.com/power-apps/developer/data-platform/use-alternate-key-reference-record'
const own = 'docs/compatibility.md'

const list = (names: readonly string[]): string => names.join(', ')

export const ERRORS = {
  // The request as such
  BadRequest: { status: 400, code: '0x8006088a', text: (detail: string) => detail, source: `${guide}/compose-http-requests-handle-errors` },
  BadUrl: { status: 400, code: '0x8006088a', text: (detail: string) => `Bad Request - Error in query syntax: ${detail}`, source: `${guide}/compose-http-requests-handle-errors` },
  BadJson: { status: 400, code: '0x80048d19', text: (detail: string) => `Error identified in Payload provided by the user: Invalid JSON. ${detail}`, source: `${guide}/compose-http-requests-handle-errors` },
  BadPayload: { status: 400, code: '0x80048d19', text: (set: string, detail: string) => `Error identified in Payload provided by the user for Entity :'${set}', ${detail}`, source: `${guide}/compose-http-requests-handle-errors` },
  UnknownResource: { status: 404, code: '0x8006088a', text: (segment: string) => `Resource not found for the segment '${segment}'.`, source: `${guide}/web-api-client-errors` },
  UnknownOperation: { status: 404, code: '0x8006088a', text: (url: string) => `No HTTP resource was found that matches the request URI '${url}'.`, source: `${guide}/web-api-client-errors` },
  MethodNotAllowed: { status: 405, code: '0x8006088a', text: (method: string, allowed: string) => `The requested resource does not support http method '${method}'. Allowed: ${allowed}.`, source: `${guide}/compose-http-requests-handle-errors` },
  UnsupportedMediaType: { status: 415, code: '0x8006088a', text: (type: string) => `The content type '${type}' is not supported; send application/json.`, source: `${guide}/compose-http-requests-handle-errors` },
  NotAcceptable: { status: 400, code: '0x8006088a', text: (detail: string) => detail, source: own },
  BodyTooLarge: { status: 413, code: '0x8004418a', text: (limit: number) => `The request body is too large: the limit is ${limit} bytes.`, source: codes },
  UrlTooLong: { status: 414, code: '0x8006088a', text: (limit: number) => `The request URL is too long: the limit is ${limit} bytes.`, source: `${guide}/query/overview` },
  HeadersTooLarge: { status: 431, code: '0x8006088a', text: () => 'The request headers are too large.', source: own },
  NotSupported: { status: 400, code: '0x80060888', text: (what: string) => `${what} is not supported.`, source: codes },
  UnsupportedClause: { status: 400, code: '0x80060888', text: (sentence: string) => sentence, source: `${guide}/query/join-tables` },
  NotImplemented: { status: 501, code: '0x80040219', text: (what: string) => `${what} has not yet been implemented.`, source: codes },
  InvalidArgument: { status: 400, code: '0x80040203', text: (detail: string) => detail, source: codes },
  Unexpected: { status: 500, code: '0x80040216', text: (requestId: string) => `An unexpected error occurred. Request id: ${requestId}.`, source: codes },
  Unavailable: { status: 503, code: '0x80044150', text: (detail: string) => detail, source: codes },
  QueryTimedOut: { status: 500, code: '0x80044151', text: () => 'SQL timeout expired.', source: codes },
  HostRefused: { status: 403, code: '0x80040220', text: (host: string) => `Requests for host '${host}' are refused: without authentication this server answers loopback names only.`, source: own },
  OriginRefused: { status: 403, code: '0x80040220', text: (origin: string) => `Cross-origin writes from '${origin}' are refused.`, source: own },

  // Rows
  RowNotFound: { status: 404, code: '0x80040217', text: (table: string, id: string) => `${table} With Id = ${id} Does Not Exist`, source: `${guide}/perform-conditional-operations-using-web-api` },
  RowNotFoundByKey: { status: 404, code: '0x80060891', text: (table: string) => `A record with the specified key values does not exist in ${table} entity`, source: codes },
  KeyNotDefined: { status: 400, code: '0x80060890', text: (table: string) => `The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.${table}'. Ensure that the names and number of key properties match the declared or alternate key properties for the resource 'Microsoft.Dynamics.CRM.${table}'.`, source: keys },
  DuplicateKey: { status: 412, code: '0x80060892', text: (key: string, columns: readonly string[]) => `Entity Key ${key} violated. A record with the same value for ${list(columns)} already exists. A duplicate record cannot be created. Select one or more unique values and try again.`, source: codes },
  DuplicateRow: { status: 412, code: '0x80040237', text: () => 'A record with matching key values already exists.', source: `${guide}/perform-conditional-operations-using-web-api` },
  VersionMismatch: { status: 412, code: '0x80060882', text: () => "The version of the existing record doesn't match the RowVersion property provided.", source: `${guide}/perform-conditional-operations-using-web-api` },
  UnknownColumn: { status: 400, code: '0x80048d19', text: (set: string, table: string, column: string) => `Error identified in Payload provided by the user for Entity :'${set}', For more information on this error please follow this help link. InnerException : Invalid property '${column}' was found in entity 'Microsoft.Dynamics.CRM.${table}'. Does not support untyped value in non-open type.`, source: `${guide}/web-api-client-errors` },
  UndeclaredNavigation: { status: 400, code: '0x80048d19', text: (set: string, name: string) => `Error identified in Payload provided by the user for Entity :'${set}', InnerException : An undeclared property '${name}' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.`, source: `${guide}/web-api-client-errors` },
  UnknownProperty: { status: 400, code: '0x0', text: (table: string, name: string) => `Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${table}'.`, source: `${guide}/web-api-client-errors` },
  ReadOnlyColumn: { status: 400, code: '0x80048d19', text: (set: string, column: string) => `Error identified in Payload provided by the user for Entity :'${set}', the property '${column}' is read-only.`, source: own },
  WrongType: { status: 400, code: '0x80048d19', text: (set: string, column: string, wanted: string) => `Error identified in Payload provided by the user for Entity :'${set}', InnerException : Cannot convert the value of '${column}' to the expected type '${wanted}'.`, source: `${guide}/compose-http-requests-handle-errors` },
  TextTooLong: { status: 400, code: '0x80044331', text: (column: string, table: string, max: number) => `A validation error occurred.  The length of the '${column}' attribute of the '${table}' entity exceeded the maximum allowed length of '${max}'.`, source: `${guide}/execute-batch-operations-using-web-api` },
  OutOfRange: { status: 400, code: '0x80044330', text: (column: string, table: string, min: string, max: string) => `A validation error occurred.  The value of '${column}' on record of type '${table}' is outside the valid range: ${min} to ${max}.`, source: codes },
  InvalidOption: { status: 400, code: '0x8004431a', text: (column: string, table: string, value: string) => `A validation error occurred. The value '${value}' of '${column}' on record of type '${table}' is outside the valid range.`, source: codes },
  RequiredColumn: { status: 400, code: '0x80040203', text: (column: string) => `Required field '${column}' cannot be set to NULL.`, source: codes },
  MissingRequiredColumn: { status: 400, code: '0x80040203', text: (column: string) => `Required field '${column}' is missing.`, source: codes },
  InvalidStatus: { status: 400, code: '0x80048408', text: (status: number, state: number, table: string) => `${status} is not a valid status code for state code ${state} on ${table}.`, source: codes },
  NoState: { status: 400, code: '0x80047015', text: (table: string) => `The entity ${table} has no state code.`, source: codes },
  RowInactive: { status: 400, code: '0x80040230', text: (table: string) => `The object cannot be updated because it is read-only: the ${table} is inactive.`, source: codes },
  MissingOwner: { status: 400, code: '0x80040215', text: (table: string) => `The owner of the ${table} cannot be empty.`, source: codes },
  CannotDeleteReferenced: { status: 405, code: '0x80048411', text: (table: string, by: string) => `The ${table} cannot be deleted because it is associated with ${by}.`, source: codes },
  LookupTargetMissing: { status: 404, code: '0x80040217', text: (table: string, id: string) => `${table} With Id = ${id} Does Not Exist`, source: codes },
  LoopInHierarchy: { status: 400, code: '0x80048412', text: (table: string) => `Creating this parental association would create a loop in the ${table} hierarchy.`, source: codes },
  RootBusinessUnit: { status: 400, code: '0x80041d24', text: () => 'The root business unit cannot be given a parent or be deleted.', source: codes },
  ParentUserMissing: { status: 400, code: '0x80041d27', text: (id: string) => `The parent user ${id} does not exist.`, source: codes },
  ParentBusinessUnitMissing: { status: 400, code: '0x80041d23', text: (id: string) => `The parent business unit ${id} does not exist.`, source: codes },
  MissingBusinessUnit: { status: 400, code: '0x8004021a', text: () => 'The business unit is missing or disabled.', source: codes },
  DuplicateInRequest: { status: 400, code: '0x80040237', text: () => 'Two targets of one request name the same record.', source: codes },
  PrivilegeDenied: { status: 403, code: '0x80040220', text: (privilege: string) => `Principal user is missing ${privilege} privilege.`, source: codes },

  // Change tracking
  TrackingNotEnabled: { status: 400, code: '0x80072491', text: (table: string) => `Change tracking is not enabled for the ${table} entity.`, source: codes },
  TrackingNotEnabledForRelated: { status: 400, code: '0x80072492', text: (table: string) => `Change tracking is not enabled for both entities related by ${table}.`, source: codes },
  TrackingOption: { status: 400, code: '0x80060888', text: (option: string) => `The "${option}" query parameter isn't supported when Change Tracking is enabled.`, source: tracking },
  TrackingCannotBeDisabled: { status: 400, code: '0x80040203', text: (table: string) => `Change tracking of ${table} cannot be switched off once it is on.`, source: tracking },
  TrackingNotAllowed: { status: 400, code: '0x80040203', text: (table: string) => `Change tracking cannot be enabled for ${table}.`, source: tracking },
  BadToken: { status: 400, code: '0x80040203', text: (detail: string) => detail, source: 'docs.oasis-open.org/odata/odata/v4.0' },
  TokenExpired: { status: 410, code: '0x80044352', text: () => 'Version stamp associated with the client has expired. Please perform a full sync.', source: codes },

  // Batches
  BadBatch: { status: 400, code: '0x8006088a', text: (detail: string) => detail, source: `${guide}/execute-batch-operations-using-web-api` },
  TooManyParts: { status: 400, code: '0x8006088a', text: (limit: number) => `The number of operations in the batch exceeds the limit of ${limit}.`, source: `${guide}/execute-batch-operations-using-web-api` },
  UnknownContentId: { status: 400, code: '0x8006088a', text: (id: string) => `Content-ID Reference: '${id}' does not exist in the batch context.`, source: `${guide}/execute-batch-operations-using-web-api` },

  // Schema
  TableNotFound: { status: 404, code: '0x80060888', text: (name: string) => `Could not find an entity with specified entity name: ${name}.`, source: codes },
  MetadataNotFound: { status: 404, code: '0x80048403', text: (kind: string, name: string) => `Could not find ${kind} with name or id '${name}'.`, source: codes },
  SchemaNameTaken: { status: 400, code: '0x80044363', text: (kind: string, name: string) => `The ${kind} with the name '${name}' already exists.`, source: codes },
  InvalidSchemaName: { status: 400, code: '0x80044313', text: (name: string, why: string) => `The name '${name}' is not valid: ${why}.`, source: codes },
  InvalidMetadata: { status: 400, code: '0x80048403', text: (detail: string) => detail, source: codes },
  SystemMetadata: { status: 400, code: '0x80047007', text: (what: string) => `The ${what} is a system component and cannot be changed this way.`, source: codes },
  MetadataInUse: { status: 400, code: '0x8004f01f', text: (what: string, by: string) => `The ${what} cannot be deleted: it is used by ${by}.`, source: codes },
  KeyNameExists: { status: 400, code: '0x80060893', text: (key: string, table: string) => `An entity key named ${key} already exists for entity ${table}.`, source: codes },
  KeyColumnsExist: { status: 400, code: '0x80060894', text: (table: string) => `An entity key with the selected attributes already exists for entity ${table}.`, source: codes },
  KeyColumnNotForCreate: { status: 400, code: '0x80090110', text: (column: string) => `The attribute ${column} is not valid for create and cannot be part of a key.`, source: codes },
  KeyColumnNotForUpdate: { status: 400, code: '0x80090111', text: (column: string) => `The attribute ${column} is not valid for update and cannot be part of a key.`, source: codes },
  KeyColumnNotForCreateAndUpdate: { status: 400, code: '0x80090112', text: (column: string) => `The attribute ${column} is valid neither for create nor for update and cannot be part of a key.`, source: codes },
  KeyColumnType: { status: 400, code: '0x80060895', text: (column: string, type: string) => `The attribute ${column} of type ${type} cannot be part of a key.`, source: codes },
  TooManyKeys: { status: 400, code: '0x80060896', text: (limit: number) => `A table cannot have more than ${limit} keys.`, source: codes },
  TooManyKeyColumns: { status: 400, code: '0x80060898', text: (limit: number) => `A key cannot have more than ${limit} columns.`, source: codes },
  KeyTooLarge: { status: 400, code: '0x80060899', text: (bytes: number, limit: number) => `The key's columns take ${bytes} bytes; the limit is ${limit}.`, source: codes },
  KeyNotFailed: { status: 400, code: '0x80060897', text: (key: string) => `The key ${key} can be reactivated only after its job has failed.`, source: codes },
} as const satisfies Record<string, Refusal>
