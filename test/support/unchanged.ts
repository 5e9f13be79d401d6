/** Whether anything has changed: no row of the tables that are tracked, no link, no definition. Seen as a client sees it. */
import assert from 'node:assert/strict'
import { type Api, expectStatus } from './api.ts'

export type Watch = {
  readonly expectUnchanged: (what: string) => Promise<void>
  /** What has changed until now is none of the watch's business. */
  readonly catchUp: () => Promise<void>
}

/** `sets`: of tracked tables. `links`: of intersect tables, which are counted. What was found once is not found again. */
export async function watch(api: Api, sets: readonly string[], links: readonly string[] = []): Promise<Watch> {
  let seen = { deltaLinks: await Promise.all(sets.map((set) => openLink(api, set))), counts: await countAll(api, links), stamp: await stampOf(api) }

  async function look() {
    const deltas = await Promise.all(seen.deltaLinks.map((link) => drain(api, link)))
    const definitions = await changedDefinitions(api, seen.stamp)
    const earlier = seen
    seen = { deltaLinks: deltas.map(({ link }) => link), counts: await countAll(api, links), stamp: definitions.ServerVersionStamp }
    return { rows: deltas.flatMap(({ rows }) => rows), counts: seen.counts, earlierCounts: earlier.counts, definitions: definitions.EntityMetadata }
  }

  async function expectUnchanged(what: string): Promise<void> {
    const { rows, counts, earlierCounts, definitions } = await look()
    assert.deepEqual(rows, [], `${what} changed rows`)
    assert.deepEqual(counts, earlierCounts, `${what} changed links`)
    assert.deepEqual(definitions, [], `${what} changed definitions`)
  }

  return { expectUnchanged, catchUp: async () => void (await look()) }
}

async function stampOf(api: Api): Promise<string> {
  return expectStatus(await api.get('RetrieveMetadataChanges'), 200).body.ServerVersionStamp
}

async function changedDefinitions(api: Api, stamp: string) {
  const query = JSON.stringify({ Properties: { AllProperties: false, PropertyNames: ['LogicalName'] } })
  return expectStatus(await api.get(`RetrieveMetadataChanges(Query=@p1,ClientVersionStamp=@p2)?@p1=${query}&@p2='${encodeURIComponent(stamp)}'`), 200).body
}

async function openLink(api: Api, set: string): Promise<string> {
  return (await drain(api, set, { Prefer: 'odata.track-changes' })).link
}

async function drain(api: Api, first: string, headers = {}): Promise<{ readonly rows: readonly unknown[]; readonly link: string }> {
  const rows: unknown[] = []
  for (let url = first; ; ) {
    const page = expectStatus(await api.get(url, headers), 200).body
    rows.push(...page.value)
    if (page['@odata.deltaLink']) return { rows, link: page['@odata.deltaLink'] }
    url = page['@odata.nextLink']
  }
}

const countAll = (api: Api, sets: readonly string[]) => Promise.all(sets.map(async (set) => expectStatus(await api.get(`${set}/$count`), 200).text))
