/** `odata.include-annotations` → which annotations stand before a row's columns: labels of choices, names and tables behind lookups. */
import { matchesAnnotation } from '../protocol/annotations.ts'
import { ASSOCIATED_NAVIGATION_PROPERTY, ATTRIBUTE_NAME, FORMATTED_VALUE, LOOKUP_LOGICAL_NAME } from '../protocol/names.ts'
import type { RowAnnotations } from './read-plan.ts'

export const NO_ANNOTATIONS: RowAnnotations = { formattedValues: false, associatedNavigation: false, lookupTable: false, attributeName: false }
const ALL_ANNOTATIONS: RowAnnotations = { formattedValues: true, associatedNavigation: true, lookupTable: true, attributeName: true }

/** `list` is what stands in the quotes of the preference; `timeZone`: the caller's. */
export function rowAnnotations(list: string | undefined, timeZone = 'UTC'): RowAnnotations {
  const wanted = wantedOf(list)
  return timeZone === 'UTC' || !wanted.formattedValues ? wanted : { ...wanted, timeZone }
}

function wantedOf(list: string | undefined): RowAnnotations {
  if (list === undefined) return NO_ANNOTATIONS
  if (list === '*') return ALL_ANNOTATIONS
  return {
    formattedValues: matchesAnnotation(list, FORMATTED_VALUE),
    associatedNavigation: matchesAnnotation(list, ASSOCIATED_NAVIGATION_PROPERTY),
    lookupTable: matchesAnnotation(list, LOOKUP_LOGICAL_NAME),
    attributeName: matchesAnnotation(list, ATTRIBUTE_NAME),
  }
}

export function hasAnnotations(annotations: RowAnnotations): boolean {
  return annotations.formattedValues || annotations.associatedNavigation || annotations.lookupTable
}
