/** Actions about definitions: those that edit options, make lookups with several targets, bring a failed key back, or publish, which is nothing here. */
import { fail } from '../protocol/errors.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import type { MetadataObject } from '../schema/metadata/metadata-object.ts'
import { asObject, type Body, requiredText, textOf } from '../schema/metadata/metadata-body.ts'
import { parseLookupWithRelationships } from '../schema/metadata/parse-relationship.ts'
import type { EditResult, SchemaEdit } from '../schema/schema-edit.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { deleteOptionValue, insertOptionValue, insertStatusValue, orderOption, updateOptionValue, updateStateValue } from './option-actions.ts'
import { METADATA_FUNCTIONS } from './plan-metadata-function.ts'
import { checkPublishXml } from './publish-xml.ts'

/** `edit` undefined: nothing to do. `answer` gives the members of the `…Response`, or nothing: 204. */
export type MetadataAction = { readonly edit: SchemaEdit | undefined; readonly answer: (result: EditResult) => MetadataObject | undefined }

type Plan = (body: Body, schema: Schema) => MetadataAction

const quietly = (edit: SchemaEdit | undefined): MetadataAction => ({ edit, answer: () => undefined })
const newOption = (edit: SchemaEdit): MetadataAction => ({ edit, answer: (result) => ({ NewOptionValue: result.newOptionValue ?? null }) })
const newLookup = (edit: SchemaEdit): MetadataAction => ({
  edit,
  answer: (result) => ({ RelationshipIds: result.relationshipIds ?? [], AttributeId: result.columnId ?? null }),
})
const answered = (member: string, value: boolean): MetadataAction => ({ edit: undefined, answer: () => ({ [member]: value }) })

const ACTIONS: { readonly [name: string]: Plan } = {
  CreateCustomerRelationships: (body, schema) => newLookup(parseLookupWithRelationships(body, 'customer', schema)),
  CreatePolymorphicLookupAttribute: (body, schema) => newLookup(parseLookupWithRelationships(body, 'lookup', schema)),
  InsertOptionValue: (body) => newOption(insertOptionValue(body)),
  InsertStatusValue: (body) => newOption(insertStatusValue(body)),
  UpdateOptionValue: (body) => quietly(updateOptionValue(body)),
  UpdateStateValue: (body) => quietly(updateStateValue(body)),
  DeleteOptionValue: (body) => quietly(deleteOptionValue(body)),
  OrderOption: (body) => quietly(orderOption(body)),
  ReactivateEntityKey: (body) =>
    quietly({ kind: 'reactivate-key', table: requiredText(body, 'EntityLogicalName'), key: requiredText(body, 'EntityKeyLogicalName') }),
  // Every edit is in force at once: there is nothing left to publish.
  PublishXml: (body) => {
    checkPublishXml(requiredText(body, 'ParameterXml'))
    return quietly(undefined)
  },
  PublishAllXml: () => quietly(undefined),
  CanBeReferenced: (body, schema) => answered('CanBeReferenced', !tableOf(body, schema).isIntersect),
  CanBeReferencing: (body, schema) => answered('CanBeReferencing', !tableOf(body, schema).isIntersect),
  CanManyToMany: (body, schema) => answered('CanManyToMany', !tableOf(body, schema).isIntersect),
}

export const METADATA_ACTIONS: readonly string[] = Object.keys(ACTIONS)

/** All operations about definitions, by name. */
export const METADATA_OPERATIONS: readonly string[] = [...METADATA_ACTIONS, ...METADATA_FUNCTIONS]

export function planMetadataAction(name: string, body: JsonValue | undefined, schema: Schema): MetadataAction {
  const plan = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (!plan) throw fail('UnknownOperation', name)
  const members = body === undefined ? {} : asObject(body)
  if (!members) throw fail('BadRequest', `The body of '${name}' must be a JSON object.`)
  return plan(members, schema)
}

function tableOf(body: Body, schema: Schema): Table {
  const name = textOf(body, 'EntityName') ?? ''
  const table = schema.tables.get(name)
  if (!table) throw fail('TableNotFound', name)
  return table
}
