/** For the contract suites of writing: a lane of an empty database of its own, and the upkeep beside it, on either engine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { partSchema, partTable } from '../../src/store/sqlite/test-database.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { readKnown } from '../../src/store/postgres/known-state.ts'
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/store.ts'
import { buildKeyIndex } from '../../src/store/sqlite/build-key.ts'
import { openInlineReader } from '../../src/store/sqlite/inline.ts'
import { purge } from '../../src/store/sqlite/purge.ts'
import { openWriteLane } from '../../src/store/sqlite/write-lane.ts'
import { openWriter } from '../../src/store/sqlite/writer.ts'
import type { Upkeep } from '../../src/store/upkeep.ts'
import type { RunJob, WriteLane } from '../../src/store/write-lane.ts'
import { freshDatabase, type TestDatabase } from './postgres/test-database.ts'

export type TestLane = WriteLane & {
  readonly upkeep: Upkeep
  /** As another process finds it. */
  readonly loadSchema: () => Promise<Schema>
  readonly close: () => Promise<void>
}

export type LaneEngine = { readonly name: string; readonly open: () => Promise<TestLane>; readonly close: () => Promise<void> }

export const sqliteLanes: LaneEngine = {
  name: 'sqlite',
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-'))
    const path = join(folder, 'a.db')
    const writer = openWriter(path, { durability: 'normal' })
    const lane = openWriteLane(writer, () => {})
    async function loadSchema(): Promise<Schema> {
      const reader = openInlineReader(path)
      try {
        return reader.loadSchema()
      } finally {
        reader.close()
      }
    }
    async function close(): Promise<void> {
      await lane.idle()
      writer.close()
      rmSync(folder, { recursive: true, force: true })
    }
    await makeParts(lane.run)
    return { ...lane, upkeep: { buildKey: buildKeyIndex, purge }, loadSchema, close }
  },
  close: async () => {},
}

/** Each a copy of the database that the first was opened in. */
export function openPostgresLanes(): LaneEngine {
  let template: Promise<TestDatabase> | undefined

  async function makeTemplate(): Promise<TestDatabase> {
    const database = await freshDatabase()
    const store = await openStore(database)
    await store.close()
    return database
  }
  return {
    name: 'postgres',
    open: async () => {
      template ??= makeTemplate()
      const database = await freshDatabase((await template).name)
      const store = await openStore(database)
      await makeParts(store.lane.run)
      return {
        ...store.lane,
        upkeep: store.upkeep,
        loadSchema: async () => (await store.reads.use(readKnown)).schema,
        close: async () => {
          await store.close()
          await database.drop()
        },
      }
    },
    close: async () => {
      await (await template)?.drop()
    },
  }
}

function openStore({ url }: TestDatabase): Promise<PostgresStore> {
  const nothing = () => {}
  const events = { schemaChanged: nothing, securityChanged: nothing, keysChanged: nothing }
  return openPostgresStore({ url, connections: 6, querySeconds: 5, answerBytes: 1e6, durability: 'full', events, log: nothing })
}

async function makeParts(run: RunJob): Promise<void> {
  await run((tx) => tx.changeSchema(partSchema(1), [{ kind: 'create-table', table: partTable() }]))
}
