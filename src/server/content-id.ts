/**
 * References inside a change set: `$1` in a URL, in `@odata.bind` and in `@odata.id` stands for the row that part 1 created or addressed.
 * They are replaced before parsing, in the raw URL and at those places of the JSON body alone.
 */
import { fail } from '../protocol/errors.ts'
import type { HttpRequest } from './http-message.ts'
import { parseServiceUrl } from './service-url.ts'

/** Content-ID → path behind the service root: `accounts(6f0c…)`. */
export type ContentIds = Map<string, string>

export function replaceContentIds(request: HttpRequest, known: ReadonlyMap<string, string>): HttpRequest {
  const url = replaceInUrl(request, known)
  const body = typeof request.body === 'string' && request.body.includes('"$') ? replaceInBody(request.body, known) : request.body
  return url === request.url && body === request.body ? request : { ...request, url, body }
}

function lookUp(id: string, known: ReadonlyMap<string, string>): string {
  const path = known.get(id)
  if (path === undefined) throw fail('UnknownContentId', `$${id}`)
  return path
}

function replaceInUrl(request: HttpRequest, known: ReadonlyMap<string, string>): string {
  const service = parseServiceUrl('', request.url)
  const reference = service && /^(?:\$|%24)([^/?()]+)/.exec(service.path)
  if (!service || !reference || isSystemResource(reference[0])) return request.url
  const rest = service.path.slice(reference[0].length)
  return `${service.apiRoot}/${lookUp(reference[1] ?? '', known)}${rest}${service.query && `?${service.query}`}`
}

function isSystemResource(name: string): boolean {
  return name === '$metadata' || name === '$batch' || name === '$count'
}

function replaceInBody(body: string, known: ReadonlyMap<string, string>): string {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    // Broken JSON is refused where bodies are parsed, with a better word.
    return body
  }
  return containsReference(parsed) ? replaceMembers(body, known) : body
}

function containsReference(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(containsReference)
  return Object.entries(value).some(([name, member]) => (isReferenceMember(name) ? referenceTexts(member).length > 0 : containsReference(member)))
}

function isReferenceMember(name: string): boolean {
  return name.endsWith('@odata.bind') || name === '@odata.id'
}

function referenceTexts(member: unknown): readonly string[] {
  return (Array.isArray(member) ? member : [member]).filter((text) => typeof text === 'string' && text.startsWith('$'))
}

// On the text, not on the parsed tree: writing the tree back would round long numbers.
// Any other string is matched too, as a whole: begun again at each escaped quote inside, a text of 80 KB would take seconds.
const MEMBER = /("[^"\\]*(?:\\.[^"\\]*)*@odata\.(?:bind|id)"\s*:\s*)("[^"\\]*(?:\\.[^"\\]*)*"|\[[^\]]*\])|"[^"\\]*(?:\\.[^"\\]*)*"/g

function replaceMembers(body: string, known: ReadonlyMap<string, string>): string {
  return body.replace(MEMBER, (whole: string, name?: string, value = '') => {
    if (name === undefined) return whole
    const replaced = value.replace(/"\$([^"/]+)((?:\/[^"]*)?)"/g, (_text: string, id: string, rest: string) => JSON.stringify(`${lookUp(id, known)}${rest}`))
    return name + replaced
  })
}
