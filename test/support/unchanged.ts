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
  let deltaLinks = await Promise.all(sets.map((set) => openLink(api, set)))
  let counts = await countAll(api, links)
  let stamp: string = expectStatus(await api.get('RetrieveMetadataChanges'), 200).body.ServerVersionStamp
  async function expectUnchanged(what: string): Promise<void> {
    const deltas = (await Promise.all(deltaLinks.map((link) => api.get(link)))).map((answer) => expectStatus(answer, 200).body)
    const [counted, definitions] = [await countAll(api, links), await changedDefinitions(api, stamp)]
    const earlier = counts
    deltaLinks = deltas.map((delta) => delta['@odata.deltaLink'])
    counts = counted
    stamp = definitions.ServerVersionStamp
    assert.deepEqual(
      deltas.flatMap((delta) => delta.value),
      [],
      `${what} changed rows`,
    )
    assert.deepEqual(counted, earlier, `${what} changed links`)
    assert.deepEqual(definitions.EntityMetadata, [], `${what} changed definitions`)
  }
  return { expectUnchanged }
}

async function changedDefinitions(api: Api, stamp: string) {
  const query = { Properties: { AllProperties: false, PropertyNames: ['LogicalName'] } }
  return expectStatus(
    await api.get(`RetrieveMetadataChanges(Query=@p1,ClientVersionStamp=@p2)?@p1=${JSON.stringify(query)}&@p2='${encodeURIComponent(stamp)}'`),
    200,
  ).body
}

async function openLink(api: Api, set: string): Promise<string> {
  let page = expectStatus(await api.get(set, { Prefer: 'odata.track-changes' }), 200).body
  while (page['@odata.nextLink']) page = expectStatus(await api.get(page['@odata.nextLink']), 200).body
  return page['@odata.deltaLink']
}

const countAll = (api: Api, sets: readonly string[]) => Promise.all(sets.map(async (set) => expectStatus(await api.get(`${set}/$count`), 200).text))
