/**
 * A row named in a body or in `$id`: `/contacts(emailaddress1='a@b.c')`, `accounts(6f0c…)`, an absolute URL, or `$1` in a batch.
 * Many clients write these unencoded, so a `%` that is no escape stays. Host and version are not compared: behind a proxy they differ.
 */
import { DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { isIdentifier } from './identifier.ts'
import { type KeyPredicate, parseKeyPredicate } from './key-predicate.ts'
import { decodeLeniently } from './percent.ts'
import { formatResourcePath } from './resource-path.ts'
import type { RowReference } from './row-json.ts'

const CONTENT_ID = /^\/?\$([\w.~-]+)$/
const SERVICE_ROOT = /^(?:https?:\/\/[^/?#]+)?\/api\/data\/v\d+\.\d+\//i

/** `serviceRoot` is needed only where the service does not stand under `/api/data/v9.2/`. */
export function parseRowReference(text: string, serviceRoot?: string): RowReference {
  const contentId = CONTENT_ID.exec(text)?.[1]
  if (contentId !== undefined) return { kind: 'content-id', contentId }
  const path = decodeLeniently(withoutRoot(text.trim(), serviceRoot))
  const open = path.indexOf('(')
  const entitySet = path.slice(path.startsWith('/') ? 1 : 0, open)
  if (open === -1 || !path.endsWith(')') || !isIdentifier(entitySet)) throw notAReference(text)
  return { kind: 'row', entitySet, predicate: parsePredicate(path.slice(open + 1, -1), text) }
}

/** The inverse: `/contacts(emailaddress1='a%40b.c')`, or `$1`. */
export function formatRowReference(reference: RowReference): string {
  if (reference.kind === 'content-id') return `$${reference.contentId}`
  return `/${formatResourcePath([{ name: reference.entitySet, predicate: reference.predicate }])}`
}

function withoutRoot(text: string, serviceRoot: string | undefined): string {
  if (serviceRoot && text.startsWith(serviceRoot)) return text.slice(serviceRoot.length)
  const root = SERVICE_ROOT.exec(text)
  return root ? text.slice(root[0].length) : text
}

function parsePredicate(text: string, whole: string): KeyPredicate {
  const predicate = readPredicate(text, whole)
  const values = predicate.kind === 'id' ? [predicate.value] : predicate.parts.map((part) => part.value)
  // A body has no parameter aliases, and `accounts()` names no row.
  if (values.length === 0 || values.some((value) => value.kind === 'alias')) throw notAReference(whole)
  return predicate
}

function readPredicate(text: string, whole: string): KeyPredicate {
  try {
    return parseKeyPredicate(text)
  } catch (error) {
    throw error instanceof DataverseError ? notAReference(whole) : error
  }
}

function notAReference(text: string): DataverseError {
  return fail('BadRequest', `'${excerpt(text)}' does not name a row; send for example accounts(<id>) or /accounts(accountnumber='A1').`)
}
