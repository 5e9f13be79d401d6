/**
 * `$metadata`: the schema as a CSDL 4.0 document, shaped as Dataverse's (webapi.md 1.2). A client that reads it knows every type this
 * server can answer with, so nothing may be named here that is not declared here. Pure and uncached: the caller keeps it by schema.
 */
import { NAMESPACE } from '../protocol/names.ts'
import { alternateKeyAnnotation, referenceElements } from './csdl-annotations.ts'
import { containerElement } from './csdl-container.ts'
import { baseTypeElements, rowTypeElement } from './csdl-entity-type.ts'
import { METADATA_TYPES } from './csdl-metadata.ts'
import { type EntityDeclaration, typeElement } from './csdl-notation.ts'
import { OPERATION_TYPES } from './csdl-operation-values.ts'
import { BOUND_OPERATIONS, boundElements, bulkWriteElements, OPERATIONS, operationElement } from './csdl-operations.ts'
import { QUERY_TYPES } from './csdl-query-types.ts'
import { SECURITY_TYPES } from './csdl-security-operations.ts'
import { AUDIT_TYPES } from './csdl-audit-operations.ts'
import { SHARE_TYPES } from './csdl-share-operations.ts'
import { rowTypesOf } from './csdl-row-type.ts'
import type { Schema } from './schema.ts'
import { element } from './xml.ts'

/** `annotations`: with `?annotations=true`, or where the client prefers to have all of them. */
export function csdl(schema: Schema, options: { readonly annotations: boolean }): string {
  const types = rowTypesOf(schema)
  const contents = [
    ...baseTypeElements(),
    ...[...types.values()].map((type) => rowTypeElement(type, types, options.annotations)),
    ...[...METADATA_TYPES, ...OPERATION_TYPES, ...AUDIT_TYPES, ...SECURITY_TYPES, ...SHARE_TYPES, ...QUERY_TYPES].map((type) =>
      typeElement(type, definitionKey),
    ),
    ...OPERATIONS.map((operation) => operationElement(operation)),
    ...BOUND_OPERATIONS.flatMap((operation) => boundElements(operation, schema.tables)),
    ...[...schema.tables.values()].flatMap(bulkWriteElements),
    containerElement(types, options.annotations),
  ]
  const body = element('Schema', { Namespace: NAMESPACE, Alias: 'mscrm', xmlns: 'http://docs.oasis-open.org/odata/ns/edm' }, contents)
  const edmx = { Version: '4.0', 'xmlns:edmx': 'http://docs.oasis-open.org/odata/ns/edmx' }
  return `<?xml version="1.0" encoding="utf-8"?>\n${element('edmx:Edmx', edmx, [...referenceElements(), element('edmx:DataServices', {}, [body])])}\n`
}

function definitionKey({ alternateKey }: EntityDeclaration): string[] {
  return alternateKeyAnnotation(alternateKey ? [[alternateKey]] : [])
}
