/**
 * PostgreSQL as an engine: reads and writes run in this thread, each on a connection of its own. Any number of servers may stand at one database;
 * before a request is planned each asks whether another has changed the schema or the rights.
 */
import { resolve } from 'node:path'
import type { HttpResponse } from '../server/http-message.ts'
import type { Config } from '../server/config.ts'
import type { ChangeSetResult } from '../server/app.ts'
import { contendForLeadership, type LeaderLock } from '../store/postgres/leadership.ts'
import { openReplicas } from '../store/postgres/replicas.ts'
import { startProblem } from '../store/postgres/start-problem.ts'
import { openPostgresStore, readableOf } from '../store/postgres/store.ts'
import type { Leadership } from './background.ts'
import type { Engine, EngineEvents } from './engine.ts'
import { firstStart } from './first-start.ts'
import { openSharedKeys, type SharedKeys } from './postgres-keys.ts'
import { openPostgresReads } from './postgres-reads.ts'
import { openReplicaReads } from './replica-reads.ts'
import type { UserResult } from './user-commands.ts'
import { openWriteService } from './write-service.ts'
import { watchLongWriters } from './watch-long-writers.ts'

export async function openPostgresEngine(config: Config, { log, securityChanged }: EngineEvents): Promise<Engine> {
  const { database = '', connections, querySeconds, answerMegabytes, durability } = config
  let keys: SharedKeys | undefined
  let heard = { schemaChanged: () => {}, securityChanged: () => {} }
  const store = await openPostgresStore({
    url: database,
    connections,
    querySeconds,
    answerBytes: Math.ceil(answerMegabytes * 1024 * 1024),
    durability,
    events: {
      schemaChanged: () => heard.schemaChanged(),
      securityChanged: () => heard.securityChanged(),
      keysChanged: () => keys?.outdated(),
    },
    log,
  })
  let lock: LeaderLock | undefined
  const leadership: Leadership = {
    watch: (events) => {
      lock = contendForLeadership(store.url, 'tidemark leader', events)
    },
  }
  try {
    const { lane, known, reads: pool } = store
    const start = await firstStart(lane.runAlone).catch((cause) => {
      throw startProblem(cause, store.url())
    })
    const service = await openWriteService({
      lane,
      schema: () => known.now().schema,
      start,
      steps: { folder: config.steps === undefined ? undefined : resolve(config.steps), seconds: config.stepSeconds },
      upkeep: store.upkeep,
      openReads: () => ({ readable: (signal) => readableOf(pool, signal), close: async () => {} }),
      leadership,
      log,
    })
    const replicas =
      config.readReplicas.length > 0
        ? openReplicas({
            urls: config.readReplicas,
            stalenessSeconds: config.replicaStaleness,
            connections,
            querySeconds,
            primary: pool,
            life: store.durable.life,
          })
        : undefined
    const replicaReads = replicas && openReplicaReads(replicas)
    const reads = openPostgresReads(store, replicaReads?.run)
    heard = {
      schemaChanged: service.schemaChanged,
      securityChanged: () => {
        reads.securityChanged()
        securityChanged()
      },
    }
    const longWriters = watchLongWriters(pool, log)
    service.begin()
    return {
      opened: start,
      schema: () => known.now().schema,
      writes: {
        write: (request) => service.answer({ kind: 'request', request }) as Promise<HttpResponse>,
        changeSet: (requests, contentIds) => service.answer({ kind: 'change-set', requests, contentIds }) as Promise<ChangeSetResult>,
        users: (command) => service.answer({ kind: 'users', command }) as Promise<UserResult>,
        waiting: lane.running,
      },
      reads,
      openKeys: async (keyEvents) => (keys = await openSharedKeys(store, keyEvents)),
      fresh: async () => {
        await store.fresh()
        await keys?.settled()
      },
      metrics: [
        ...longWriters.metrics,
        ...(replicaReads?.metrics ?? []),
        { name: 'tidemark_writes_begun_again', help: 'Writes that met another one and were done again.', read: lane.retries },
        { name: 'tidemark_leader', help: '1 where this server does the background work of all at the database.', read: () => (lock?.isHeld() ? 1 : 0) },
      ],
      close: async () => {
        longWriters.close()
        await service.close()
        await lock?.close()
        await replicas?.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}
