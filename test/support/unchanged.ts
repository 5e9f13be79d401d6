/** Whether anything has changed: no row of the tables that are tracked, no link, no definition. Seen as a client sees it. */
import assert from 'node:assert/strict'
import { type Api, expectStatus } from './api.ts'

export type Watch = { readonly expectUnchanged: (what: string) => Promise<void> }

/** `sets`: of tracked tables. `links`: of intersect tables, which are counted. */
export async function watch(api: Api, sets: readonly string[], links: readonly string[] = []): Promise<Watch> {
  const deltaLinks = await Promise.all(sets.map((set) => openLink(api, set)))
  const counts = await countAll(api, links)
  const { ServerVersionStamp: stamp } = expectStatus(await api.get('RetrieveMetadataChanges'), 200).body
  const definitions = `RetrieveMetadataChanges(Query=@p1,ClientVersionStamp=@p2)?@p1={"Properties":{"AllProperties":false,"PropertyNames":["LogicalName"]}}&@p2='${encodeURIComponent(stamp)}'`
  async function expectUnchanged(what: string): Promise<void> {
    const changes = (await Promise.all(deltaLinks.map((link) => api.get(link)))).flatMap((answer) => expectStatus(answer, 200).body.value)
    assert.deepEqual(changes, [], `${what} changed rows`)
    assert.deepEqual(await countAll(api, links), counts, `${what} changed links`)
    assert.deepEqual(expectStatus(await api.get(definitions), 200).body.EntityMetadata, [], `${what} changed definitions`)
  }
  return { expectUnchanged }
}

async function openLink(api: Api, set: string): Promise<string> {
  let page = expectStatus(await api.get(set, { Prefer: 'odata.track-changes' }), 200).body
  while (page['@odata.nextLink']) page = expectStatus(await api.get(page['@odata.nextLink']), 200).body
  return page['@odata.deltaLink']
}

const countAll = (api: Api, sets: readonly string[]) => Promise.all(sets.map(async (set) => expectStatus(await api.get(`${set}/$count`), 200).text))
