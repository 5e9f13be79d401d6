/**
 * An entry of a row's history as `AuditDetail`: old and new values as members of two rows, the other row of a relationship, a share. A value of a
 * secured column is left out for whoever may not read the column, and with it what is derived from it.
 */
import { parseReference } from '../store/audit-text.ts'
import { formatAccessMask, rightsIn } from '../plan/access-mask.ts'
import type { ChangedAttribute } from '../plan/audit-data.ts'
import { columnMasks } from '../plan/column-rights.ts'
import type { AuditEntry } from '../plan/outcome.ts'
import type { Rights } from '../plan/rights.ts'
import type { Reference } from '../plan/value.ts'
import { matchesAnnotation } from '../protocol/annotations.ts'
import { ASSOCIATED_NAVIGATION_PROPERTY, FORMATTED_VALUE, LOOKUP_LOGICAL_NAME, NAMESPACE } from '../protocol/names.ts'
import { type Column, isLookup, wireName } from '../schema/column.ts'
import { optionsOf } from '../schema/column-options.ts'
import { Label } from '../schema/label.ts'
import { exactInteger } from '../schema/metadata/metadata-object.ts'
import { DEPTHS } from '../schema/privilege-depth.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'

export type DetailScope = { readonly schema: Schema; readonly rights: Rights; readonly annotations: string | undefined }

/** `only`: the one column that was asked for. */
export function auditDetail({ table: tableName, data }: AuditEntry, scope: DetailScope, only?: string): object {
  const type = `#${NAMESPACE}.${tableName}`
  if ('relationshipName' in data) {
    const { relationshipName, targetRecords } = data
    return { '@odata.type': typed('RelationshipAuditDetail'), RelationshipName: relationshipName, TargetRecords: targetRecords.map((one) => rowOf(one, scope)) }
  }
  if ('principal' in data) {
    const { principal, oldPrivileges, newPrivileges } = data
    return {
      '@odata.type': typed('ShareAuditDetail'),
      OldPrivileges: formatAccessMask(rightsIn(oldPrivileges)),
      NewPrivileges: formatAccessMask(rightsIn(newPrivileges)),
      Principal: { '@odata.type': `#${NAMESPACE}.${principal.table}`, ownerid: principal.id },
    }
  }
  if ('oldRolePrivileges' in data) {
    const privileges = (held: typeof data.oldRolePrivileges) =>
      held.map(({ id, mask }) => ({ PrivilegeId: id, Depth: DEPTHS.find((one) => one.mask === mask)?.member }))
    return {
      '@odata.type': typed('RolePrivilegeAuditDetail'),
      OldRolePrivileges: privileges(data.oldRolePrivileges),
      NewRolePrivileges: privileges(data.newRolePrivileges),
      InvalidNewPrivileges: [],
    }
  }
  const changed = 'changedAttributes' in data ? data.changedAttributes.filter(({ logicalName }) => only === undefined || logicalName === only) : []
  return attributeDetail(type, scope.schema.tables.get(tableName), changed, scope)
}

function attributeDetail(type: string, table: Table | undefined, changed: readonly ChangedAttribute[], scope: DetailScope): object {
  const masks = table ? columnMasks(scope.rights, table, scope.schema) : new Map<Column, unknown>()
  const gone = changed.filter(({ logicalName }) => !table?.columns.has(logicalName)).map(({ logicalName }) => logicalName)
  const side = (which: 'oldValue' | 'newValue') => {
    const members = changed.flatMap((change): (readonly [string, unknown])[] => {
      const column = table?.columns.get(change.logicalName)
      const text = change[which]
      return !table || !column || text === null || masks.has(column) ? [] : membersOf(table, column, text, scope)
    })
    return { '@odata.type': type, ...Object.fromEntries(members) }
  }
  return {
    '@odata.type': typed('AttributeAuditDetail'),
    InvalidNewValueAttributes: [],
    LocLabelLanguageCode: 0,
    DeletedAttributes: { Count: gone.length, Keys: gone.map((_, index) => index), Values: gone },
    OldValue: side('oldValue'),
    NewValue: side('newValue'),
  }
}

function typed(name: string): string {
  return `#${NAMESPACE}.${name}`
}

function rowOf({ table, id }: Reference, { schema }: DetailScope): object {
  return { '@odata.type': `#${NAMESPACE}.${table}`, [schema.tables.get(table)?.primaryIdColumn ?? `${table}id`]: id }
}

/** The value as a row shows it, behind its annotations. */
function membersOf(table: Table, column: Column, text: string, scope: DetailScope): (readonly [string, unknown])[] {
  const name = wireName(column)
  const asked = (annotation: string, value: string | undefined) =>
    value !== undefined && matchesAnnotation(scope.annotations, annotation) ? [[`${name}@${annotation}`, value] as const] : []
  if (!isLookup(column)) return [...asked(FORMATTED_VALUE, labelOf(column, text, scope.schema)), [name, wireValue(column, text)]]
  const { table: target, id } = parseReference(text)
  return [...asked(ASSOCIATED_NAVIGATION_PROPERTY, navigationOf(table, column, target, scope.schema)), ...asked(LOOKUP_LOGICAL_NAME, target), [name, id]]
}

/** Of choices, and of true and false; other values say enough. */
function labelOf(column: Column, text: string, schema: Schema): string | undefined {
  if (column.type === 'boolean') return Label.text(text === 'True' ? column.trueLabel : column.falseLabel)
  if (column.type !== 'choice' && column.type !== 'state' && column.type !== 'status') return undefined
  const option = optionsOf(column, schema).find(({ value }) => String(value) === text)
  return option && Label.text(option.label)
}

function navigationOf(table: Table, column: Column, target: string, schema: Schema): string | undefined {
  if (column.type === 'owner') return column.logicalName
  const relationships = schema.referencing.get(table.logicalName) ?? []
  return relationships.find((one) => one.referencingColumn === column.logicalName && one.referencedTable === target)?.referencingNavigation
}

/** A column of another type may have had the name before: what is no number stays a text. */
function wireValue(column: Column, text: string): unknown {
  switch (column.type) {
    case 'boolean':
      return text === 'True'
    case 'integer':
    case 'choice':
    case 'state':
    case 'status':
    case 'bigint':
    case 'money':
    case 'decimal':
    case 'double':
      return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text) ? exactInteger(text) : text
    default:
      return text
  }
}
