/**
 * Every refusal there is: name (ours) → status, code and text (Dataverse's), and where they were read: `refusal(status, code, source, text)`.
 * The source is the page that documents the code: `codes`, Microsoft's table of Web service error codes, or a page that shows the answer.
 * `own` is our own specification: the original documents no code for that case. `docs/errors.md` is generated from here.
 */
import { CALLER_REFUSALS } from './caller-refusals.ts'
import { COLUMN_SECURITY_REFUSALS } from './column-security-refusals.ts'
import type { Refusal } from './errors.ts'
import { LIMIT_REFUSALS } from './limit-refusals.ts'
import { QUERY_REFUSALS } from './query-refusals.ts'
import { RIGHTS_REFUSALS } from './rights-refusals.ts'
import { STEP_REFUSALS } from './step-refusals.ts'
import { SECURITY_REFUSALS } from './security-refusals.ts'
import { SHARE_REFUSALS } from './share-refusals.ts'
import { UPDATE_REFUSALS } from './update-refusals.ts'
import { batch, clientErrors, codes, conditional, joins, keys, own, refusal, tracking } from './refusal.ts'

const PAYLOAD_HELP = 'For more information on this error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293'

/** ODataClientPayloadError: clients look for what stands behind `InnerException`. */
function payload(set: string, inner: string): string {
  return `Error identified in Payload provided by the user for Entity :'${set}', ${PAYLOAD_HELP}  ---->  InnerException : ${inner}`
}

function keyNotValid(type: string): string {
  const rule = `Ensure that the names and number of key properties match the declared or alternate key properties for the resource '${type}'.`
  return `The key in the request URI is not valid for resource '${type}'. ${rule}`
}

/** InvalidEntityKeyOperation: one code for several reasons. */
function keyOperation(why: string): string {
  return `Invalid EntityKey Operation performed : ${why}`
}

export const ERRORS = {
  // The request as such
  BadRequest: refusal(400, '0x8006088a', own, (detail: string) => detail),
  BadUrl: refusal(400, '0x8006088a', own, (detail: string) => `Bad Request - Error in query syntax: ${detail}`),
  BadJson: refusal(400, '0x80048d19', codes, (detail: string) => `Error identified in Payload provided by the user: Invalid JSON. ${detail}`),
  BadPayload: refusal(400, '0x80048d19', codes, (set: string, detail: string) => payload(set, detail)),
  UnknownResource: refusal(404, '0x8006088a', clientErrors, (segment: string) => `Resource not found for the segment '${segment}'.`),
  // The page shows it with an empty code, but a client that parses every code (.NET ServiceClient) fails on that: it gets its neighbour's.
  UnknownOperation: refusal(404, '0x8006088a', clientErrors, (url: string) => `No HTTP resource was found that matches the request URI '${url}'.`),
  MethodNotAllowed: {
    ...refusal(
      405,
      '0x8006088a',
      own,
      (method: string, allowed: string) => `The requested resource does not support http method '${method}'. Allowed: ${allowed}.`,
    ),
    allow: (_method: string, allowed: string) => allowed,
  },
  UnsupportedMediaType: refusal(415, '0x8006088a', own, (type: string, wanted: string) => `The content type '${type}' is not supported; send ${wanted}.`),
  BodyTooLarge: refusal(413, '0x8004418a', codes, (limit: number) => `Request message length is too large. The limit is ${limit} bytes.`),
  AnswerTooLarge: refusal(400, '0x8006088a', own, (limit: number) => `The answer is larger than ${limit} bytes. Ask for fewer rows, columns or expanded rows.`),
  UrlTooLong: refusal(414, '0x8006088a', own, (limit: number) => `The request URL is too long: the limit is ${limit} bytes.`),
  HeadersTooLarge: refusal(431, '0x8006088a', own, () => 'The request headers are too large.'),
  NotSupported: refusal(400, '0x80060888', joins, (what: string) => `${what} is not supported.`),
  UnsupportedClause: refusal(400, '0x80060888', joins, (sentence: string) => sentence),
  NotImplemented: refusal(501, '0x80040219', codes, (what: string) => `${what} has not yet been implemented.`),
  InvalidArgument: refusal(400, '0x80040203', codes, (detail: string) => detail),
  Unexpected: refusal(500, '0x80040216', codes, (requestId: string) => `An unexpected error occurred. Request id: ${requestId}.`),
  Unavailable: refusal(503, '0x8004a001', codes, (detail: string) => `The server is busy and the request was not completed. ${detail}`),
  QueryTimedOut: refusal(500, '0x80044151', codes, () => 'SQL timeout expired.'),
  HostRefused: refusal(
    403,
    '0x80048405',
    codes,
    (host: string) => `Access is denied. Requests for host '${host}' are refused: without authentication this server answers loopback names only.`,
  ),
  OriginRefused: refusal(403, '0x80048405', codes, (origin: string) => `Access is denied. Cross-origin writes from '${origin}' are refused.`),

  ...CALLER_REFUSALS,

  // Rows
  RowNotFound: refusal(404, '0x80040217', conditional, (table: string, id: string) => `${table} With Id = ${id} Does Not Exist`),
  RowNotFoundByKey: refusal(404, '0x80060891', codes, (table: string) => `A record with the specified key values does not exist in ${table} entity`),
  KeyNotDefined: refusal(400, '0x80060890', keys, (table: string) => keyNotValid(`Microsoft.Dynamics.CRM.${table}`)),
  DuplicateKey: refusal(
    412,
    '0x80060892',
    codes,
    (key: string, columns: readonly string[]) =>
      `Entity Key ${key} violated. A record with the same value for ${columns.join(', ')} already exists. A duplicate record cannot be created. ` +
      'Select one or more unique values and try again.',
  ),
  DuplicateRow: refusal(412, '0x80040237', conditional, () => 'A record with matching key values already exists.'),
  VersionMismatch: refusal(412, '0x80060882', codes, () => "The version of the existing record doesn't match the RowVersion property provided."),
  UnknownColumn: refusal(400, '0x80048d19', codes, (set: string, table: string, column: string) =>
    payload(set, `Invalid property '${column}' was found in entity 'Microsoft.Dynamics.CRM.${table}'. Does not support untyped value in non-open type.`),
  ),
  UndeclaredNavigation: refusal(400, '0x80048d19', clientErrors, (set: string, name: string) =>
    payload(
      set,
      `An undeclared property '${name}' which only has property annotations in the payload but no property value was found in the payload. ` +
        'In OData, only declared navigation properties and declared named streams can be represented as properties without values.',
    ),
  ),
  UnknownProperty: refusal(
    400,
    '0x0',
    clientErrors,
    (table: string, name: string) => `Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${table}'.`,
  ),
  ReadOnlyColumn: refusal(400, '0x80048d19', codes, (set: string, column: string) => payload(set, `The property '${column}' is read-only.`)),
  WrongType: refusal(400, '0x80048d19', codes, (set: string, column: string, wanted: string) =>
    payload(set, `Cannot convert the value of '${column}' to the expected type '${wanted}'.`),
  ),
  TextTooLong: refusal(
    400,
    '0x80044331',
    codes,
    (column: string, table: string, max: number) =>
      `A validation error occurred.  The length of the '${column}' attribute of the '${table}' entity exceeded the maximum allowed length of '${max}'.`,
  ),
  OutOfRange: refusal(
    400,
    '0x80044330',
    codes,
    (column: string, table: string, min: string, max: string) =>
      `A validation error occurred for ${table}.${column}. The value is outside the valid range(${min} to ${max}).`,
  ),
  InvalidOption: refusal(
    400,
    '0x8004431a',
    codes,
    (column: string, table: string, value: string) =>
      `A validation error occurred. The value ${value} of '${column}' on record of type '${table}' is outside the valid range.`,
  ),
  RequiredColumn: refusal(400, '0x80040203', codes, (column: string) => `Required field '${column}' cannot be set to NULL.`),
  MissingRequiredColumn: refusal(400, '0x80040200', codes, (column: string) => `Required field '${column}' is missing.`),
  InvalidStatus: refusal(
    400,
    '0x80048408',
    codes,
    (status: number, state: number, table: string) => `${status} is not a valid status code for state code ${state} on ${table}.`,
  ),
  NoState: refusal(400, '0x80047015', codes, (table: string) => `Specified entity does not have a statecode: ${table}.`),
  RowInactive: refusal(400, '0x80040230', codes, (table: string) => `The object cannot be updated because it is inactive: ${table}.`),
  MissingOwner: refusal(400, '0x80040215', codes, (table: string) => `Item does not have an owner: ${table}.`),
  CannotDeleteReferenced: {
    ...refusal(
      405,
      '0x80040227',
      codes,
      (table: string, by: string) =>
        `The object you tried to delete is associated with another object and cannot be deleted. The ${table} is associated with ${by}.`,
    ),
    // The row can still be read and changed.
    allow: () => 'GET, PATCH',
  },
  LookupTargetMissing: refusal(404, '0x80040217', codes, (table: string, id: string) => `Entity '${table}' With Id = ${id} Does Not Exist`),
  LoopInHierarchy: refusal(400, '0x80040387', codes, (table: string) => `Creating this parental association would create a loop in the ${table} hierarchy.`),
  RootBusinessUnit: refusal(400, '0x80041d63', codes, () => 'The root business unit cannot be given a parent, be disabled or be deleted.'),
  OnlyAdministrator: refusal(400, '0x80041d2f', codes, () => 'A user cannot be disabled if they are the only user that has the System Administrator Role.'),
  DefaultTeamOwnsRows: refusal(
    400,
    '0x80041d62',
    codes,
    (id: string) => `Business unit default team owns records. Business unit (Id = ${id}) cannot be deleted. Reassign the records and try again.`,
  ),
  DefaultTeamUnit: refusal(400, '0x80048308', codes, (id: string) => `The default business unit team parent can't be set (TeamId = ${id}).`),
  DefaultTeamDeletion: refusal(400, '0x80048307', codes, (id: string) => `The default business unit team can't be deleted (TeamId = ${id}).`),
  ParentUserMissing: refusal(400, '0x80041d27', codes, (id: string) => `The parent user Id is invalid: ${id}.`),
  ParentBusinessUnitMissing: refusal(400, '0x80041d23', codes, (id: string) => `The parent business Id is invalid: ${id}.`),
  MissingBusinessUnit: refusal(400, '0x8004021a', codes, () => 'The business id is missing or invalid.'),
  DuplicateInRequest: refusal(400, '0x80040237', codes, () => 'Two targets of one request name the same record.'),

  // Functions and actions
  MessageNotSupported: refusal(
    400,
    '0x80040800',
    codes,
    (message: string, table: string) => `The '${message}' method does not support entities of type '${table}'.`,
  ),
  MergeIdentical: refusal(400, '0x80045305', codes, () => 'Merge cannot be performed on master and sub-entities that are identical.'),
  MergeInactive: refusal(
    400,
    '0x80045304',
    codes,
    (table: string, id: string) => `Merge cannot be performed on entity that is inactive: ${table} With Id = ${id}.`,
  ),
  MergeCycle: refusal(400, '0x80045300', codes, () => 'Merge could create cyclical parenting.'),
  MergeLosesParent: refusal(400, '0x80045317', codes, () => 'Merge warning: sub-entity might lose parenting.'),
  MergeChangesParent: refusal(400, '0x80045316', codes, () => 'Merge warning: sub-entity will be differently parented.'),
  NoMapping: refusal(400, '0x80040e01', codes, (from: string, to: string) => `The mapping between specified entities does not exist: ${from}, ${to}.`),
  NoRollupColumn: refusal(
    400,
    '0x80060553',
    codes,
    (column: string, table: string) => `The calculation failed because the rollup field definition is invalid: '${column}' of '${table}' is no rollup column.`,
  ),

  ...QUERY_REFUSALS,
  ...UPDATE_REFUSALS,
  ...RIGHTS_REFUSALS,
  ...STEP_REFUSALS,
  ...COLUMN_SECURITY_REFUSALS,
  ...LIMIT_REFUSALS,
  ...SECURITY_REFUSALS,
  ...SHARE_REFUSALS,

  // Change tracking
  TrackingNotEnabled: refusal(400, '0x80072491', codes, (table: string) => `Entity ${table} isn't enabled for change tracking.`),
  TrackingNotEnabledForRelated: refusal(
    400,
    '0x80072492',
    codes,
    (table: string) => `Changes cannot be retrieved for intersect entity ${table} since both related entities are not enabled for change tracking.`,
  ),
  TrackingOption: refusal(400, '0x80060888', tracking, (option: string) => `The "${option}" query parameter isn't supported when Change Tracking is enabled.`),
  TrackingCannotBeDisabled: refusal(400, '0x80040203', codes, (table: string) => `Change tracking of ${table} cannot be switched off once it is on.`),
  TrackingNotAllowed: refusal(400, '0x80040203', codes, (table: string) => `Change tracking cannot be enabled for ${table}.`),
  BadToken: refusal(400, '0x80040203', codes, (detail: string) => `Invalid argument. ${detail}`),
  TokenExpired: refusal(410, '0x80044352', codes, () => 'Version stamp associated with the client has expired. Please perform a full sync.'),

  // Batches
  BadBatch: refusal(400, '0x8006088a', own, (detail: string) => `Bad Request - Error in batch: ${detail}`),
  TooManyParts: refusal(400, '0x8006088a', own, (limit: number) => `The number of operations in the batch exceeds the limit of ${limit}.`),
  UnknownContentId: refusal(400, '0x8006088a', batch, (id: string) => `Content-ID Reference: '${id}' does not exist in the batch context.`),

  // Schema
  TableNotFound: refusal(404, '0x80040217', codes, (name: string) => `Could not find an entity with specified entity name: ${name}.`),
  MetadataNotFound: refusal(404, '0x80040217', codes, (kind: string, name: string) => `Could not find ${kind} with name or id '${name}'.`),
  SchemaNameTaken: refusal(
    400,
    '0x80044363',
    codes,
    (kind: string, name: string) => `The schema name ${name} for type ${kind} is not unique. A ${kind} with same name already exists.`,
  ),
  InvalidSchemaName: refusal(400, '0x80044366', codes, (name: string, why: string) => `The schema name ${name} is invalid or missing: ${why}.`),
  InvalidMetadata: refusal(400, '0x8004023a', codes, (detail: string) => detail),
  SystemMetadata: refusal(400, '0x80047008', codes, (what: string) => `The specified component is not customizable: ${what}.`),
  MetadataInUse: refusal(400, '0x8004f01f', codes, (what: string, by: string) => `The ${what} component cannot be deleted because it is referenced by ${by}.`),
  KeyNameExists: refusal(400, '0x80060893', codes, (key: string, table: string) => `An entity key with the name ${key} already exists on entity ${table}.`),
  KeyColumnsExist: refusal(400, '0x80060894', codes, (table: string) => `An entity key with the selected attributes already exists on entity ${table}.`),
  KeyColumnNotForCreate: refusal(
    400,
    '0x80090110',
    codes,
    (column: string) => `Attribute of an entity key must be valid for create. Attribute Name = '${column}'`,
  ),
  KeyColumnNotForUpdate: refusal(
    400,
    '0x80090111',
    codes,
    (column: string) => `Attribute of an entity key must be valid for update. Attribute Name = '${column}'`,
  ),
  KeyColumnNotForCreateAndUpdate: refusal(
    400,
    '0x80090112',
    codes,
    (column: string) => `Attribute of an entity key must be valid for create and update. Attribute Name = '${column}'`,
  ),
  KeyColumnType: refusal(400, '0x8006088f', codes, (column: string, type: string) =>
    keyOperation(`the attribute ${column} of type ${type} cannot be part of a key`),
  ),
  TooManyKeys: refusal(400, '0x8006088f', codes, (limit: number) => keyOperation(`an entity cannot have more than ${limit} keys`)),
  TooManyKeyColumns: refusal(400, '0x8006088f', codes, (limit: number) => keyOperation(`a key cannot have more than ${limit} attributes`)),
  KeyTooLarge: refusal(
    400,
    '0x80060895',
    codes,
    (bytes: number, limit: number) =>
      `Index size exceeded the size limit of ${limit} bytes. The key is too large (${bytes} bytes). ` +
      'Try removing some columns or making the strings in string columns shorter.',
  ),
  KeyNotFailed: refusal(400, '0x80060897', codes, (key: string) => `Reactivate entity key is only supported for failed job. Key: ${key}`),
} as const satisfies Record<string, Refusal>
