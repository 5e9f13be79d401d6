/** An alternate key as `EntityKeyMetadata` (sync.md 1.7). Remembered by key: its status changes only by an edit, which makes a new one. */
import type { AlternateKey, Table } from '../table.ts'
import { labelJson } from './label-json.ts'
import { managedProperty, type MetadataObject } from './metadata-object.ts'

const made = new WeakMap<AlternateKey, MetadataObject>()

export function keyMetadata(table: Table, key: AlternateKey): MetadataObject {
  const known = made.get(key)
  if (known) return known
  const json = render(table, key)
  made.set(key, json)
  return json
}

function render(table: Table, key: AlternateKey): MetadataObject {
  // Keys are made by clients, also those on standard tables.
  const owner = { metadataId: key.metadataId, isCustom: true }
  return {
    MetadataId: key.metadataId,
    HasChanged: null,
    KeyAttributes: key.columns,
    LogicalName: key.logicalName,
    SchemaName: key.schemaName,
    EntityLogicalName: table.logicalName,
    EntityKeyIndexStatus: key.status,
    AsyncJob: key.jobId ?? null,
    IsManaged: false,
    IntroducedVersion: '1.0.0.0',
    IsExportKey: false,
    IsSynchronous: false,
    DisplayName: labelJson(key.displayName, owner, 'DisplayName'),
    IsCustomizable: managedProperty(true, true, 'iscustomizable'),
  }
}
