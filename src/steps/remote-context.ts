/**
 * A step's context as a webhook gets it: the JSON of the documented RemoteExecutionContext. Lists of names and values are arrays of
 * `{"key":…,"value":…}`, dates `/Date(1506384247000)/`, and whatever is no plain JSON names its type.
 */
import { Guid } from '../base/guid.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { EventReference, EventRow, EventValue } from '../store/event-values.ts'
import { type Images, STAGES, type StepContext } from './step.ts'

const CONTRACTS = 'http://schemas.microsoft.com/xrm/2011/Contracts'

/** The documented limit of a payload; what is larger loses its rows. */
const MAX_BYTES = 256 * 1024

type Pair = { readonly key: string; readonly value: unknown }

export type Payload = { readonly body: Buffer /** Rows were left out. */; readonly isCut: boolean }

/** `stepId`: of the row that registers the step. */
export function payloadOf(context: StepContext, stepId: string, schema: Schema): Payload {
  const whole = remoteContext(context, stepId, schema)
  const body = Buffer.from(JSON.stringify(whole))
  if (body.length <= MAX_BYTES) return { body, isCut: false }
  const { ParentContext: _parent, InputParameters: _input, PreEntityImages: _pre, PostEntityImages: _post, ...rest } = whole
  return { body: Buffer.from(JSON.stringify(rest)), isCut: true }
}

function remoteContext(context: StepContext, stepId: string, schema: Schema): { readonly [member: string]: unknown } {
  const { primaryEntityName, sharedVariables, parentContext, preEntityImages, postEntityImages } = context
  return {
    BusinessUnitId: context.businessUnitId,
    CorrelationId: context.correlationId,
    Depth: context.depth,
    InitiatingUserId: context.initiatingUserId,
    InputParameters: inputParameters(context, schema),
    IsExecutingOffline: false,
    IsInTransaction: context.isInTransaction,
    IsOfflinePlayback: false,
    IsolationMode: 1,
    MessageName: context.messageName,
    Mode: context.mode === 'async' ? 1 : 0,
    OperationCreatedOn: dateOf(context.operationCreatedOn),
    OperationId: context.operationId,
    OrganizationId: context.organizationId,
    OrganizationName: context.organizationName,
    OutputParameters: context.messageName === 'Create' && context.stage === 'PostOperation' ? [{ key: 'id', value: context.primaryEntityId }] : [],
    OwningExtension: { Id: stepId, KeyAttributes: [], LogicalName: 'sdkmessageprocessingstep', Name: null, RowVersion: null },
    ParentContext: parentContext ? remoteContext(parentContext, stepId, schema) : null,
    PostEntityImages: imagesOf(postEntityImages, primaryEntityName, schema),
    PreEntityImages: imagesOf(preEntityImages, primaryEntityName, schema),
    PrimaryEntityId: context.primaryEntityId,
    PrimaryEntityName: primaryEntityName,
    RequestId: context.mode === 'async' ? null : context.operationId,
    SecondaryEntityName: 'none',
    SharedVariables: Object.entries(sharedVariables).map(([key, value]) => ({ key, value })),
    Stage: STAGES[context.stage],
    UserId: context.userId,
  }
}

function inputParameters({ target, targets, relationship, relatedEntities, primaryEntityName }: StepContext, schema: Schema): readonly Pair[] {
  const pairs: Pair[] = []
  if (target) pairs.push({ key: 'Target', value: isReference(target) ? referenceOf(target) : entityOf(target, primaryEntityName, schema) })
  if (targets) {
    const Entities = targets.map((row) => entityOf(row, primaryEntityName, schema))
    const collection = { Entities, EntityName: primaryEntityName, MinActiveRowVersion: null, MoreRecords: false, PagingCookie: null, TotalRecordCount: -1 }
    pairs.push({ key: 'Targets', value: { __type: `EntityCollection:${CONTRACTS}`, ...collection, TotalRecordCountLimitExceeded: false } })
  }
  if (relationship !== undefined) {
    pairs.push({ key: 'Relationship', value: { __type: `Relationship:${CONTRACTS}`, PrimaryEntityRole: null, SchemaName: relationship } })
    pairs.push({ key: 'RelatedEntities', value: (relatedEntities ?? []).map(referenceOf) })
  }
  return pairs
}

function isReference(target: EventRow | EventReference): target is EventReference {
  return Object.keys(target).length === 2 && typeof target.logicalName === 'string' && typeof target.id === 'string'
}

function entityOf(row: EventRow, name: string, schema: Schema) {
  const table = schema.tables.get(name)
  const id = table && row[table.primaryIdColumn]
  return {
    __type: `Entity:${CONTRACTS}`,
    Attributes: Object.entries(row).map(([key, value]) => ({ key, value: attributeOf(table, key, value) })),
    EntityState: null,
    FormattedValues: [],
    Id: typeof id === 'string' ? id : Guid.empty,
    KeyAttributes: [],
    LogicalName: name,
    RelatedEntities: [],
    RowVersion: null,
  }
}

function imagesOf(images: Images, name: string, schema: Schema): readonly Pair[] {
  return Object.entries(images).map(([key, row]) => {
    const { __type: _, ...value } = entityOf(row, name, schema)
    return { key, value }
  })
}

function attributeOf(table: Table | undefined, name: string, value: EventValue): unknown {
  if (value === null) return null
  if (typeof value === 'object') return { __type: `EntityReference:${CONTRACTS}`, ...referenceOf(value) }
  const column = table?.columns.get(name)
  switch (column?.type) {
    case 'money':
      return { __type: `Money:${CONTRACTS}`, Value: value }
    case 'choice':
    case 'state':
    case 'status':
      return { __type: `OptionSetValue:${CONTRACTS}`, Value: value }
    case 'choices':
      return {
        __type: `OptionSetValueCollection:${CONTRACTS}`,
        Values: String(value)
          .split(',')
          .map((one) => ({ Value: Number(one) })),
      }
    case 'datetime':
      return dateOf(String(value))
    default:
      return value
  }
}

function referenceOf({ id, logicalName }: EventReference) {
  return { Id: id, KeyAttributes: [], LogicalName: logicalName, Name: null, RowVersion: null }
}

function dateOf(text: string): string {
  return `/Date(${Date.parse(text)})/`
}
