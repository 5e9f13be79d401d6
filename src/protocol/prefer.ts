/** The `Prefer` header: `return=representation,odata.include-annotations="*",odata.maxpagesize=50`. */

export type Preferences = {
  readonly returns: 'representation' | 'minimal' | undefined
  /** The list inside the quotes as sent: `*`, `Microsoft.Dynamics.CRM.*,OData.Community.Display.V1.FormattedValue`. */
  readonly includeAnnotations: string | undefined
  /** 1…5000 */
  readonly maxPageSize: number | undefined
  readonly trackChanges: boolean
  readonly continueOnError: boolean
  /** `tidemark.delete-multiple`, an extension: DeleteMultiple on a standard table. */
  readonly deleteMultiple: boolean
}

/** Rows on a page, also where none or a larger size is asked for: Dataverse's own limit, so that a client tuned to this server does not break there. */
export const MAX_PAGE_SIZE = 5000

const NONE: Preferences = {
  returns: undefined,
  includeAnnotations: undefined,
  maxPageSize: undefined,
  trackChanges: false,
  continueOnError: false,
  deleteMultiple: false,
}

/** Repeated header lines come joined by commas. The first of a name counts, names unknown here are ignored, as RFC 7240 has it. */
export function parsePrefer(header: string | undefined): Preferences {
  if (header === undefined || header === '') return NONE
  const values = new Map<string, string>()
  for (const item of splitUnquoted(header, ',')) {
    const [preference = ''] = splitUnquoted(item, ';')
    const equals = preference.indexOf('=')
    const name = (equals === -1 ? preference : preference.slice(0, equals)).trim().toLowerCase()
    if (!values.has(name)) values.set(name, equals === -1 ? '' : unquote(preference.slice(equals + 1).trim()))
  }
  const returns = values.get('return')
  return {
    returns: returns === 'representation' || returns === 'minimal' ? returns : undefined,
    includeAnnotations: values.get('odata.include-annotations'),
    maxPageSize: parsePageSize(values.get('odata.maxpagesize')),
    trackChanges: isOn(values.get('odata.track-changes')),
    continueOnError: isOn(values.get('odata.continue-on-error')),
    deleteMultiple: isOn(values.get('tidemark.delete-multiple')),
  }
}

/** `Preference-Applied`: what was honoured; `undefined` where nothing was. */
export function formatPreferenceApplied(applied: Partial<Preferences>): string | undefined {
  const items: string[] = []
  if (applied.returns) items.push(`return=${applied.returns}`)
  if (applied.trackChanges) items.push('odata.track-changes')
  if (applied.maxPageSize !== undefined) items.push(`odata.maxpagesize=${applied.maxPageSize}`)
  if (applied.includeAnnotations !== undefined) items.push(`odata.include-annotations=${quote(applied.includeAnnotations)}`)
  if (applied.continueOnError) items.push('odata.continue-on-error')
  if (applied.deleteMultiple) items.push('tidemark.delete-multiple')
  return items.length === 0 ? undefined : items.join(',')
}

function parsePageSize(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined
  const size = Number(text)
  return size < 1 ? undefined : Math.min(size, MAX_PAGE_SIZE)
}

/** OData 4.0 gives these no value, later versions `=true`. */
function isOn(value: string | undefined): boolean {
  return value === '' || value === 'true'
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text
  return text.slice(1, text.length > 1 && text.endsWith('"') ? -1 : undefined).replace(/\\(.)/g, '$1')
}

/** Cuts at a separator outside double quotes. */
function splitUnquoted(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator)
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '"') isQuoted = !isQuoted
    else if (char === '\\' && isQuoted) at++
    else if (char === separator && !isQuoted) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}
