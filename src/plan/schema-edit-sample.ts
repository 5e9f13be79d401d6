/** For tests of schema edits: short ways to send one, and the bodies that Microsoft's Python client sends (webapi.md 13.4). */
import { parseQueryOptions } from '../protocol/query-options.ts'
import { parseResourcePath } from '../protocol/resource-path.ts'
import { type JsonValue, parseJsonBody } from '../protocol/row-json.ts'
import { edit, sample } from '../schema/edit-sample.ts'
import type { EditedSchema } from '../schema/edit-schema.ts'
import type { Schema } from '../schema/schema.ts'
import type { SchemaEdit } from '../schema/schema-edit.ts'
import { planMetadataRead } from './plan-metadata.ts'
import { metadataLocation, planSchemaEdit } from './plan-schema-edit.ts'

// biome-ignore lint/suspicious/noExplicitAny: what JSON holds is what each test says it holds
export type Json = { readonly [member: string]: any }

export function plan(line: string, body?: JsonValue, schema: Schema = sample, mergeLabels = false): SchemaEdit {
  const [method = '', url = ''] = line.split(/ (.*)/s)
  const [path = '', query = ''] = url.split('?')
  return planSchemaEdit({ method, segments: parseResourcePath(path), options: parseQueryOptions(query), mergeLabels, body }, schema)
}

export function send(line: string, body?: JsonValue, schema: Schema = sample): EditedSchema & { readonly location: string | undefined } {
  const planned = plan(line, body, schema)
  const done = edit(schema, planned)
  return { ...done, location: metadataLocation(planned, done.result, parseResourcePath(line.split(/ (.*)/s)[1]?.split('?')[0] ?? ''), done.schema) }
}

/** A definition as a client reads it, through JSON. */
export function read(url: string, schema: Schema): Json {
  const answer = planMetadataRead(parseResourcePath(url), parseQueryOptions(''), schema)
  return parseJsonBody(JSON.stringify(answer.body)) as Json
}

export const label = (text: string): JsonValue => ({
  '@odata.type': 'Microsoft.Dynamics.CRM.Label',
  LocalizedLabels: [{ '@odata.type': 'Microsoft.Dynamics.CRM.LocalizedLabel', Label: text, LanguageCode: 1033 }],
})

export const pythonColumn = (type: string, name: string, more: Json): JsonValue => ({
  '@odata.type': `Microsoft.Dynamics.CRM.${type}AttributeMetadata`,
  SchemaName: name,
  DisplayName: label(name),
  RequiredLevel: { Value: 'None' },
  ...more,
})
export const pythonColumns: readonly JsonValue[] = [
  pythonColumn('String', 'demo_Name', { MaxLength: 200, FormatName: { Value: 'Text' }, IsPrimaryName: true }),
  pythonColumn('Memo', 'demo_Notes', { MaxLength: 4000, FormatName: { Value: 'Text' }, ImeMode: 'Auto' }),
  pythonColumn('Integer', 'demo_Count', { Format: 'None', MinValue: -2147483648, MaxValue: 2147483647 }),
  pythonColumn('Decimal', 'demo_Price', { MinValue: -100000000000, MaxValue: 100000000000, Precision: 2 }),
  pythonColumn('Double', 'demo_Rate', { MinValue: -100000000000, MaxValue: 100000000000, Precision: 2 }),
  pythonColumn('DateTime', 'demo_Day', { Format: 'DateOnly', ImeMode: 'Inactive' }),
  pythonColumn('Boolean', 'demo_Active', {
    OptionSet: {
      '@odata.type': 'Microsoft.Dynamics.CRM.BooleanOptionSetMetadata',
      TrueOption: { Value: 1, Label: label('True') },
      FalseOption: { Value: 0, Label: label('False') },
      IsGlobal: false,
    },
  }),
  pythonColumn('Picklist', 'demo_Color', {
    IsPrimaryName: false,
    OptionSet: {
      '@odata.type': 'Microsoft.Dynamics.CRM.OptionSetMetadata',
      IsGlobal: false,
      Options: [{ '@odata.type': 'Microsoft.Dynamics.CRM.OptionMetadata', Value: 1, Label: label('Red') }],
    },
  }),
]
export const pythonTable: JsonValue = {
  '@odata.type': 'Microsoft.Dynamics.CRM.EntityMetadata',
  SchemaName: 'demo_Widget',
  DisplayName: label('demo_Widget'),
  DisplayCollectionName: label('demo_Widgets'),
  Description: label('Custom entity for demo_Widget'),
  OwnershipType: 'UserOwned',
  HasActivities: false,
  HasNotes: true,
  IsActivity: false,
  Attributes: pythonColumns,
}
