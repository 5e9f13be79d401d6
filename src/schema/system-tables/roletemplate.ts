/**
 * What a standard security role is made from: the same id in every organization, so that programs know System Administrator whatever
 * name the role has been given. Follows the published table reference, page `roletemplate`.
 */
import { guid, string, type TableSeed } from './seed.ts'

const NEEDED = { filledBy: 'server', required: 'SystemRequired' } as const

export const roletemplate: TableSeed = {
  schemaName: 'RoleTemplate',
  displayName: 'Role Template',
  displayCollectionName: 'Role Templates',
  collectionSchemaName: 'RoleTemplates',
  entitySetName: 'roletemplates',
  ownership: 'none',
  objectTypeCode: 1037,
  primaryId: 'roletemplateid',
  primaryName: 'name',
  columns: [string('Name', '', 100, NEEDED), guid('RoleTemplateId', '', NEEDED)],
  relationships: [],
}
