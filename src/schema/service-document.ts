/**
 * The service document: `{"@odata.context":"{api}/$metadata","value":[{"name":"accounts","kind":"EntitySet","url":"accounts"}]}`.
 * Every entity set of `$metadata`, those of definitions with them: CSDL lists a set unless it says otherwise, and Power Query
 * offers `GlobalOptionSetDefinitions` to its users from here.
 */
import { METADATA_SETS } from './csdl-metadata.ts'
import type { Schema } from './schema.ts'

/** `apiRoot` without a slash at its end: `http://host/api/data/v9.2`. */
export function serviceDocument(schema: Schema, apiRoot: string): string {
  const sets = [...Object.keys(METADATA_SETS), ...schema.sets.keys()].sort()
  return JSON.stringify({ '@odata.context': `${apiRoot}/$metadata`, value: sets.map((name) => ({ name, kind: 'EntitySet', url: name })) })
}
