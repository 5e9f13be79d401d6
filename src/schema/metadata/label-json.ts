/**
 * Labels on the wire: `{"LocalizedLabels":[{"Label":"Account","LanguageCode":1033,…}],"UserLocalizedLabel":{…}}`.
 * Everybody's language is the base language; where a label has no text in it, the first there is.
 */
import { fail } from '../../protocol/errors.ts'
import type { JsonValue } from '../../protocol/row-json.ts'
import { BASE_LANGUAGE, type Label } from '../label.ts'
import { asObject } from './metadata-body.ts'
import { exactDigits, isMetadataList, isMetadataObject, type MetadataObject, type MetadataValue, partId } from './metadata-object.ts'

/** Whose label it is: its own id is made from this. */
export type LabelOwner = { readonly metadataId: string; readonly isCustom: boolean }

export const NO_LABEL: MetadataObject = { LocalizedLabels: [], UserLocalizedLabel: null }

export function labelJson(label: Label | undefined, owner: LabelOwner, part: string): MetadataObject {
  const labels = Object.entries(label ?? {}).map(([language, text]) => ({
    Label: text,
    LanguageCode: Number(language),
    IsManaged: !owner.isCustom,
    MetadataId: partId(owner.metadataId, `${part} ${language}`),
    HasChanged: null,
  }))
  if (labels.length === 0) return NO_LABEL
  return { LocalizedLabels: labels, UserLocalizedLabel: userLabel(labels) ?? null }
}

/** A copy with the labels of these languages alone, however deep they stand (`LabelLanguages`, `LabelQuery`). */
export function keepLanguages<T extends MetadataValue>(value: T, languages: ReadonlySet<number>): T {
  if (isMetadataList(value)) return value.map((item) => keepLanguages(item, languages)) as unknown as T
  if (!isMetadataObject(value) || exactDigits(value) !== undefined) return value
  const labels = value.LocalizedLabels
  if (isMetadataList(labels)) {
    const kept = labels.filter((one) => isMetadataObject(one) && languages.has(one.LanguageCode as number))
    return { ...(value as MetadataObject), LocalizedLabels: kept, UserLocalizedLabel: userLabel(kept) ?? null } as unknown as T
  }
  const entries = Object.entries(value as MetadataObject).map(([name, member]) => [name, keepLanguages(member, languages)])
  return Object.fromEntries(entries) as T
}

/** With or without `UserLocalizedLabel`; `undefined` where the member is missing or null. `member` is only named in errors. */
export function parseLabel(json: JsonValue | undefined, member: string): Label | undefined {
  if (json === undefined || json === null) return undefined
  const body = asObject(json)
  const list = body && (body.LocalizedLabels ?? [])
  if (!Array.isArray(list)) throw malformed(member)
  const label: { [language: number]: string } = {}
  for (const one of list.length > 0 ? list : [body?.UserLocalizedLabel ?? null]) {
    if (one !== null) addText(label, one, member)
  }
  return label
}

/** .NET clients send an empty label as `{"LanguageCode":0}`. */
function addText(label: { [language: number]: string }, json: JsonValue, member: string): void {
  const body = asObject(json)
  if (!body) throw malformed(member)
  const { Label: text = null, LanguageCode: language = null } = body
  if (text === null) return
  if (typeof text !== 'string' || typeof language !== 'number' || !Number.isInteger(language) || language < 1 || language > 0xffff) throw malformed(member)
  label[language] = text
}

function malformed(member: string): Error {
  return fail('InvalidMetadata', `The member '${member}' must be a label: {"LocalizedLabels":[{"Label":"text","LanguageCode":${BASE_LANGUAGE}}]}.`)
}

function userLabel(labels: readonly MetadataValue[]): MetadataValue | undefined {
  return labels.find((one) => isMetadataObject(one) && one.LanguageCode === BASE_LANGUAGE) ?? labels[0]
}
