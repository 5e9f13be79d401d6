/** `serve`: the composition of a running server, whichever engine keeps its data. */
import { availableParallelism } from 'node:os'
import { pino } from 'pino'
import { systemClock } from '../base/clock.ts'
import { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import type { App } from '../server/app.ts'
import { openDoor } from '../server/auth/admit.ts'
import { authSettings } from '../server/auth/auth-settings.ts'
import type { Authentication } from '../server/auth/authentication.ts'
import { type CertificateFiles, readCertificate, watchCertificate } from '../server/certificate.ts'
import { type Config, isPostgres } from '../server/config.ts'
import { dispatcher } from '../server/dispatch.ts'
import { forwardedBy } from '../server/forwarded.ts'
import { limitRequests } from '../server/limit-requests.ts'
import { type Listener, listen, type ListenOptions } from '../server/listen.ts'
import { createMetrics } from '../server/metrics.ts'
import { openControl } from './control-channel.ts'
import type { Engine, EngineEvents } from './engine.ts'
import { freshFirst } from './fresh-first.ts'
import { collectWhenIdle } from './idle-collection.ts'
import { authenticationOf, describeAccess } from './open-authentication.ts'
import { requestLog } from './request-log.ts'
import { makeFolder, openSqliteEngine } from './sqlite-engine.ts'

export type RunningServer = { readonly url: string; readonly close: () => Promise<void> }

/** Runs until a signal stops it. */
export async function serve(config: Config): Promise<void> {
  const server = await startServing(config)
  // For people and for scripts that start a server on a free port: plain, whatever the log level.
  process.stdout.write(`Tidemark is listening on ${server.url}/api/data/v9.2/\n${describeAccess(config)}\n`)
  stopOnSignals(server)
}

export async function startServing(config: Config): Promise<RunningServer> {
  // Before anything is opened: what does not fit together is said at once.
  authSettings(config)
  const files = certificateFiles(config)
  const certificate = files && readCertificate(files)
  const forwarded = config.trustedProxies.length > 0 ? forwardedBy(config.trustedProxies) : undefined
  const logger = pino({ level: config.logLevel }, logDestination)
  const log: App['log'] = (level, details, text) => logger[level](details, text)
  let authentication: Authentication | undefined
  const died = (cause: Error) => {
    logger.fatal({ err: cause }, 'the writer died; stopping')
    logDestination.flushSync()
    process.exit(1)
  }
  makeFolder(config.data)
  const engine = await openEngine(config, { securityChanged: () => authentication?.usersChanged(), log, died })
  // Where others may write as well, the command line writes by itself.
  const control = engine.fresh ? undefined : openControl(config.data, engine.writes.users, log)
  let listener: Listener | undefined
  try {
    const listeningUrl = () => listener?.url ?? `${certificate ? 'https' : 'http'}://${config.host}:${config.port}`
    const { organizationId } = engine.opened.organization
    authentication = await authenticationOf(config, { organizationId, readAll: engine.reads.readAll, openKeys: engine.openKeys, listeningUrl, log })
    listener = await startListening(config, {
      engine,
      authentication,
      certificate,
      forwarded,
      log,
      logRequest: logger.isLevelEnabled('info') ? requestLog((line) => logDestination.write(line)) : () => {},
    })
    collectWhenIdle()
    void authentication?.warmUp()
    const endWatch = files ? watchCertificate(files, listener.useCertificate, log) : () => {}
    const opened = listener
    return {
      url: opened.url,
      close: () => {
        endWatch()
        authentication?.close()
        control?.close()
        return close(opened, engine)
      },
    }
  } catch (cause) {
    control?.close()
    authentication?.close()
    // What it has open would keep a process alive that nobody can reach.
    await engine.close()
    throw portProblem(cause, config)
  }
}

function certificateFiles({ tlsCertificate, tlsKey }: Config): CertificateFiles | undefined {
  return tlsCertificate !== undefined && tlsKey !== undefined ? { certificate: tlsCertificate, key: tlsKey } : undefined
}

// A write for each line took a fifth of a point read's time; lines wait for each other, but not long.
// Each write wakes another thread: one of 4 KB at a time took a tenth.
const logDestination = pino.destination({ sync: false, minLength: 32_768, maxWrite: 65_536, periodicFlush: 200 })

async function openEngine(config: Config, events: EngineEvents): Promise<Engine> {
  if (config.database === undefined || !isPostgres(config.database)) return openSqliteEngine(config, events)
  // Its driver is loaded where it is needed.
  const { openPostgresEngine } = await import('./postgres-engine.ts')
  return openPostgresEngine(config, events)
}

/** The usual ones in words; any other as it came. */
function portProblem(cause: unknown, { host, port }: Config): unknown {
  const code = (cause as { code?: string } | undefined)?.code
  if (code === 'EADDRINUSE') return new Error(`port ${port} of ${host} is in use by another program: choose another with --port`, { cause })
  if (code === 'EACCES') return new Error(`port ${port} of ${host} may not be listened on by this user: choose another with --port`, { cause })
  return cause
}

type Parts = {
  readonly engine: Engine
  readonly authentication: Authentication | undefined
  readonly log: App['log']
} & Pick<ListenOptions, 'certificate' | 'forwarded' | 'logRequest'>

function startListening(config: Config, { engine, authentication, log, ...more }: Parts): Promise<Listener> {
  const { schema, reads, writes } = engine
  const { caller, organization } = engine.opened
  const metrics = createMetrics([
    { name: 'tidemark_writes_waiting', help: 'Write jobs begun or waiting, and not yet answered.', read: writes.waiting },
    { name: 'tidemark_schema_version', help: 'Version of the schema in use.', read: () => schema().version },
    { name: 'process_resident_memory_bytes', help: 'Resident memory of the server process.', read: () => process.memoryUsage.rss() },
    ...(engine.metrics ?? []),
  ])
  const appOf = (own: Caller): App => ({
    schema,
    caller: own,
    rightsOf: (principal) => reads.rightsOf(principal, schema()),
    as: async (asked) => appOf(await reads.caller(asked, schema(), organization.organizationId)),
    organization,
    clock: systemClock,
    newId: Guid.next,
    read: (plan, links) => reads.read(plan, links, schema(), own.rights),
    calendar: () => reads.calendar(own),
    metadataHistory: reads.metadataHistory,
    log,
  })
  const app = appOf(caller)
  const answer = dispatcher(app, metrics, writes, authentication !== undefined)
  const { limits } = config
  const limited = limits ? limitRequests(limits, { userOf: ({ callerId }) => callerId ?? caller.userId, now: () => performance.now() }, answer) : answer
  const door = authentication && openDoor(authentication, limited, log)
  return listen({
    ...more,
    host: config.host,
    port: config.port,
    allowedOrigins: new Set(config.corsOrigins),
    // Reads beyond the cores only queue; writes gather in groups and gain from a few more.
    dopHint: Math.max(4, availableParallelism() * 2),
    metrics,
    log,
    ...freshFirst(engine.fresh, { dispatch: door?.dispatch ?? limited, refuseEarly: door?.refuseEarly }, log),
  })
}

/** In order: no new requests, the answers in flight, what is being written, the readers. */
async function close(listener: Listener, engine: Engine): Promise<void> {
  await listener.close()
  await engine.close()
  logDestination.flushSync()
}

function stopOnSignals(server: RunningServer): void {
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    server.close().then(
      () => process.exit(0),
      (cause) => {
        process.stderr.write(`tidemark: did not stop cleanly: ${String(cause)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
