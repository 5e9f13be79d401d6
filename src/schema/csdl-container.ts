/** The entity container: what can be addressed by name, and to which set each navigation property leads. */
import { NAMESPACE } from '../protocol/names.ts'
import { changeTracking, filterFunctions, pagingOf } from './csdl-annotations.ts'
import { METADATA_SETS } from './csdl-metadata.ts'
import { importElement, OPERATIONS } from './csdl-operations.ts'
import type { RowType, RowTypes } from './csdl-row-type.ts'
import { element } from './xml.ts'

export function containerElement(types: RowTypes, annotated: boolean): string {
  return element('EntityContainer', { Name: 'System' }, [
    ...Object.entries(METADATA_SETS).map(([set, type]) => element('EntitySet', { Name: set, EntityType: `${NAMESPACE}.${type}` }, pagingOf('definitions'))),
    ...[...types.values()].map((type) => setElement(type, annotated)),
    ...OPERATIONS.map(importElement),
    filterFunctions(),
  ])
}

/**
 * `ownerid` has no binding: there is no set of principals. What an activity inherits has none either: the other side leads to
 * `activitypointers`, and a binding must be the same in both directions.
 */
function setElement({ table, navigations }: RowType, annotated: boolean): string {
  const bindings = navigations.flatMap((navigation) =>
    navigation.kind === 'owner' ? [] : [element('NavigationPropertyBinding', { Path: navigation.name, Target: navigation.target.entitySetName })],
  )
  const annotations = [...pagingOf('rows'), ...(annotated ? changeTracking(table) : [])]
  return element('EntitySet', { Name: table.entitySetName, EntityType: `${NAMESPACE}.${table.logicalName}` }, [...bindings, ...annotations])
}
