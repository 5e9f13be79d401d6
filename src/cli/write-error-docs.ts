/**
 * Writes `docs/errors.md` from the catalogue: `npm run docs:errors`. The text of an entry is called with its own parameters' names,
 * so that the table shows `account With Id = …` as `{table} With Id = {id} Does Not Exist`.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ERRORS } from '../protocol/error-catalogue.ts'
import type { Refusal } from '../protocol/errors.ts'

export const ERROR_DOCS = resolve(import.meta.dirname, '../../docs/errors.md')

const INTRODUCTION = `# Errors

Every refusal of Tidemark, in the form of the original: \`{ "error": { "code": "0x…", "message": "…" } }\`.
**Name** is ours: it is what the source code throws. **Status**, **code** and **text** are Dataverse's; the number is the code as a signed
32-bit integer, as the .NET SDK writes it. **Source** is the page that documents the code or shows the answer. Where it is
[compatibility](compatibility.md), the original documents no code for the case, and this one is our choice.

<!-- Written by \`npm run docs:errors\` from src/protocol/error-catalogue.ts; do not edit. -->

| Name | Status | Code | Text | Source |
| --- | --- | --- | --- | --- |
`

export function errorDocs(): string {
  const entries: readonly (readonly [string, Refusal])[] = Object.entries(ERRORS)
  const rows = entries.map(([name, entry]) => rowOf(name, entry))
  const sources = [...new Set(entries.map(([, entry]) => entry.source))].sort()
  const links = sources.map((source) => `[${pageOf(source)}]: ${linkTo(source)}`)
  return `${INTRODUCTION}${rows.join('\n')}\n\n${links.join('\n')}\n`
}

/** The text with `{name}` for each argument. */
export function textWithPlaceholders(text: Refusal['text']): string {
  const parameters = /^\(([^)]*)\)/.exec(text.toString())?.[1] ?? ''
  const names = parameters.split(',').map((name) => name.trim())
  // A list of one prints as its item, so it stands for a text, a number or a list alike.
  return String(text(...names.map((name) => [`{${name}}`])))
}

/** `0x8006088a` → -2147088246. */
export function signedCode(code: string): number {
  return Number(code) | 0
}

function rowOf(name: string, { status, code, text, source }: Refusal): string {
  const shown = textWithPlaceholders(text).replaceAll('|', '\\|')
  return `| ${name} | ${status} | \`${code}\` \`${signedCode(code)}\` | \`${shown}\` | [${pageOf(source)}] |`
}

function pageOf(source: string): string {
  return source.replace(/\.md$/, '').split('/').at(-1) ?? ''
}

function linkTo(source: string): string {
  return source.startsWith('docs/') ? source.slice('docs/'.length) : `https://${source}`
}

if (import.meta.main) writeFileSync(ERROR_DOCS, errorDocs())
