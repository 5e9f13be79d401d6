/** Reading with change tracking, and following delta links, as a client that keeps a copy does. */
import assert from 'node:assert/strict'
import { type Answer, type Api, expectStatus } from './api.ts'

// biome-ignore lint/suspicious/noExplicitAny: rows of every table
export type Entry = any

export const TRACK = { Prefer: 'odata.track-changes' }

/** All pages of an answer, the first of which is given. Only the last has a delta link, all others have a next link. */
export async function readAll(api: Api, first: Answer): Promise<{ readonly pages: readonly Entry[][]; readonly deltaLink: string }> {
  const pages: Entry[][] = []
  for (let answer = first; ; ) {
    const { value, '@odata.nextLink': nextLink, '@odata.deltaLink': deltaLink } = expectStatus(answer, 200).body
    pages.push(value)
    assert.ok(pages.length < 10_000, 'the next links do not end')
    assert.equal(nextLink === undefined, deltaLink !== undefined, 'a page has either a next link or a delta link')
    if (deltaLink !== undefined) return { pages, deltaLink }
    answer = await api.get(nextLink)
  }
}

/** The delta link that a first read of a set ends with. */
export async function track(api: Api, path: string): Promise<string> {
  return (await readAll(api, await api.get(path, TRACK))).deltaLink
}

/** What has changed, in order, and the link to ask with the next time. */
export async function changesSince(api: Api, deltaLink: string): Promise<{ readonly entries: readonly Entry[]; readonly deltaLink: string }> {
  const { pages, deltaLink: next } = await readAll(api, await api.get(deltaLink))
  return { entries: pages.flat(), deltaLink: next }
}

export const isDeleted = (entry: Entry): boolean => 'reason' in entry

/** A link as a form encoder makes it again from its decoded parameters; empty ones are lost on the way. */
export function rebuilt(link: string): string {
  const [path = '', query = ''] = link.split('?')
  const parameters = [...new URLSearchParams(query)].filter(([, value]) => value !== '')
  return `${path}?${new URLSearchParams(parameters)}`
}

/** The same link with this parameter alone. */
export function onlyParameter(link: string, name: string): string {
  const [path = '', query = ''] = link.split('?')
  const value = new URLSearchParams(query).get(name)
  assert.ok(value, `${link} has no ${name}`)
  return `${path}?${new URLSearchParams({ [name]: value })}`
}

export const tokenOf = (link: string): string => new URLSearchParams(link.slice(link.indexOf('?'))).get('$deltatoken') ?? ''
