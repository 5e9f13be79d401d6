/**
 * Text shown to people, by language code: `{ 1033: 'Account' }`.
 * The server's base language is 1033 (English, United States), as on a new Dataverse organization.
 */
export type Label = { readonly [languageCode: number]: string }

export const BASE_LANGUAGE = 1033

export const Label = {
  of: (text: string): Label => ({ [BASE_LANGUAGE]: text }),
  /** The base language's text, else any there is, else ''. */
  text: (label: Label | undefined): string => label?.[BASE_LANGUAGE] ?? Object.values(label ?? {})[0] ?? '',
}
