/**
 * Vocabulary annotations. Always written: alternate keys, and what a client may not ask for. Only on request
 * (`?annotations=true`): descriptions, what is computed or read-only, which tables track changes (webapi.md 1.2).
 */
import { type Column, isLookup, wireName } from './column.ts'
import { Label } from './label.ts'
import type { Table } from './table.ts'
import { element } from './xml.ts'

/** The prefixes under which the vocabularies are known; annotations name their terms in full. */
const VOCABULARIES = {
  Keys: 'OData.Community.Keys.V1',
  Display: 'OData.Community.Display.V1',
  Core: 'Org.OData.Core.V1',
  Capabilities: 'Org.OData.Capabilities.V1',
} as const

export function referenceElements(): string[] {
  return Object.entries(VOCABULARIES).map(([alias, namespace]) =>
    element('edmx:Reference', { Uri: `http://vocabularies.odata.org/${namespace}.xml` }, [element('edmx:Include', { Namespace: namespace, Alias: alias })]),
  )
}

/** Only active keys address rows. A lookup stands in a key predicate under its `_x_value` name. */
export function alternateKeys(table: Table): string[] {
  const keys = table.keys.flatMap((key) => {
    const columns = key.columns.map((name) => table.columns.get(name)).filter((column) => column?.isValidForRead)
    const isUsable = key.status === 'Active' && columns.length === key.columns.length
    return isUsable ? [columns.flatMap((column) => (column ? [wireName(column)] : []))] : []
  })
  return alternateKeyAnnotation(keys)
}

export function alternateKeyAnnotation(keys: readonly (readonly string[])[]): string[] {
  if (keys.length === 0) return []
  const records = keys.map((properties) =>
    record(`${VOCABULARIES.Keys}.AlternateKey`, [element('PropertyValue', { Property: 'Key' }, [collection(properties.map(propertyRef))])]),
  )
  return [element('Annotation', { Term: `${VOCABULARIES.Keys}.AlternateKeys` }, [collection(records)])]
}

function propertyRef(property: string): string {
  const alias = element('PropertyValue', { Property: 'Alias', String: property })
  return record(`${VOCABULARIES.Keys}.PropertyRef`, [alias, element('PropertyValue', { Property: 'Name', PropertyPath: property })])
}

/** Rows are paged by skip tokens alone; definitions come all in one answer. */
export function pagingOf(set: 'rows' | 'definitions'): string[] {
  const supported = (term: string, value: boolean) => element('Annotation', { Term: `${VOCABULARIES.Capabilities}.${term}`, Bool: String(value) })
  return [supported('SkipSupported', false), supported('TopSupported', set === 'rows')]
}

/** Of the container: a client that knows it will not fold `tolower` or `year` into its queries. */
export function filterFunctions(): string {
  // `<String>` would be an element with text: the collection's constants are the one thing in CSDL that cannot be an attribute.
  const names = ['contains', 'endswith', 'startswith'].map((name) => `<String>${name}</String>`)
  return element('Annotation', { Term: `${VOCABULARIES.Capabilities}.FilterFunctions` }, [collection(names)])
}

/** Only these tables answer `odata.track-changes`. A delta takes neither filter nor expansion, and the vocabulary wants both said. */
export function changeTracking(table: Table): string[] {
  if (!table.tracksChanges) return []
  const values = [
    element('PropertyValue', { Property: 'Supported', Bool: 'true' }),
    element('PropertyValue', { Property: 'FilterableProperties' }, [collection([])]),
    element('PropertyValue', { Property: 'ExpandableProperties' }, [collection([])]),
  ]
  return [element('Annotation', { Term: `${VOCABULARIES.Capabilities}.ChangeTracking` }, [record(`${VOCABULARIES.Capabilities}.ChangeTrackingType`, values)])]
}

export function tableAnnotations(table: Table): string[] {
  return description(table.description ?? table.displayName)
}

/** A lookup is written through its navigation property: its `_x_value` is read-only whatever the column is. */
export function columnAnnotations(column: Column): string[] {
  const about = description(column.description ?? column.displayName)
  const isReadOnly = isLookup(column) || (!column.isValidForCreate && !column.isValidForUpdate)
  if (!isReadOnly) return about
  const read = `<EnumMember>${VOCABULARIES.Core}.PermissionType/Read</EnumMember>`
  return [
    ...about,
    element('Annotation', { Term: `${VOCABULARIES.Core}.Computed`, Bool: 'true' }),
    element('Annotation', { Term: `${VOCABULARIES.Core}.Permissions` }, [read]),
  ]
}

function description(label: Label): string[] {
  const text = Label.text(label)
  return text === '' ? [] : [element('Annotation', { Term: `${VOCABULARIES.Core}.Description`, String: text })]
}

function record(type: string, values: readonly string[]): string {
  return element('Record', { Type: type }, values)
}

function collection(items: readonly string[]): string {
  return element('Collection', {}, items)
}
