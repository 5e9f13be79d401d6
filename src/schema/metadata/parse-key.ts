/** An alternate key in a request body: `{"SchemaName":"new_PartNo","KeyAttributes":["new_partno"]}` is enough (sync.md 1.7). */
import { fail } from '../../protocol/errors.ts'
import type { JsonValue } from '../../protocol/row-json.ts'
import { Label } from '../label.ts'
import type { SchemaEdit } from '../schema-edit.ts'
import type { Table } from '../table.ts'
import { parseLabel } from './label-json.ts'
import { bodyOf, missing, requiredText, textOf, textsOf } from './metadata-body.ts'

export function parseKey(json: JsonValue, table: Table): Extract<SchemaEdit, { readonly kind: 'create-key' }> {
  const body = bodyOf(json, 'A key')
  const schemaName = requiredText(body, 'SchemaName')
  const of = textOf(body, 'EntityLogicalName')
  if (of !== undefined && of !== table.logicalName)
    throw fail('InvalidMetadata', `The member 'EntityLogicalName' is '${of}', but the key is posted to ${table.logicalName}.`)
  const columns = textsOf(body, 'KeyAttributes')
  if (!columns?.length) throw missing('KeyAttributes')
  const logicalName = textOf(body, 'LogicalName')
  return {
    kind: 'create-key',
    table: table.logicalName,
    schemaName,
    ...(logicalName !== undefined && { logicalName }),
    displayName: parseLabel(body.DisplayName, 'DisplayName') ?? Label.of(schemaName),
    columns,
  }
}
