/**
 * A row given to a function or an action, whose type says only that it is a row: it names its table itself.
 * `{"@odata.id":"accounts(accountnumber='A1')"}` or `{"@odata.type":"Microsoft.Dynamics.CRM.account","accountid":"6f0c…"}`.
 */
import { fail } from '../protocol/errors.ts'
import { type JsonValue, parseRowBody, type RowBody } from '../protocol/row-json.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { addressOf } from './plan-bulk.ts'
import type { RowAddress } from './row-address.ts'

export function bindEntity(json: JsonValue | undefined, parameter: string, schema: Schema): RowAddress {
  const body = parseEntity(json, parameter)
  const table = entityTable(body, parameter, schema)
  const address = addressOf(body, table, schema)
  if (!address) throw fail('BadRequest', `The parameter '${parameter}' names no row: give '@odata.id', or '@odata.type' with '${table.primaryIdColumn}'.`)
  return address
}

export function parseEntity(json: JsonValue | undefined, parameter: string): RowBody {
  if (json === undefined || json === null) throw fail('BadRequest', `The parameter '${parameter}' is missing.`)
  return parseRowBody(json, parameter)
}

function entityTable({ type, id }: RowBody, parameter: string, schema: Schema): Table {
  if (type !== undefined) {
    const table = schema.tables.get(type)
    if (!table) throw fail('TableNotFound', type)
    return table
  }
  if (id === undefined) throw fail('BadRequest', `The parameter '${parameter}' does not say which table it is of: give '@odata.type' or '@odata.id'.`)
  if (id.kind === 'content-id') throw fail('UnknownContentId', `$${id.contentId}`)
  const table = schema.sets.get(id.entitySet)
  if (!table) throw fail('UnknownResource', id.entitySet)
  return table
}
