/** `serve`: the composition of a running server. Reads run here and in reader processes, writes in the writer thread. */
import { availableParallelism } from 'node:os'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { systemClock } from '../base/clock.ts'
import { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import { applyDiff } from '../schema/schema-diff.ts'
import type { Schema } from '../schema/schema.ts'
import type { App, OrganizationFacts } from '../server/app.ts'
import { openDoor } from '../server/auth/admit.ts'
import { authSettings } from '../server/auth/auth-settings.ts'
import type { Authentication } from '../server/auth/authentication.ts'
import { type CertificateFiles, readCertificate, watchCertificate } from '../server/certificate.ts'
import type { Config } from '../server/config.ts'
import { dispatcher } from '../server/dispatch.ts'
import { forwardedBy } from '../server/forwarded.ts'
import { limitRequests } from '../server/limit-requests.ts'
import { type Listener, listen, type ListenOptions } from '../server/listen.ts'
import { createMetrics } from '../server/metrics.ts'
import { collectWhenIdle } from './idle-collection.ts'
import { openControl } from './control-channel.ts'
import { authenticationOf, describeAccess } from './open-authentication.ts'
import { requestLog } from './request-log.ts'
import { openSqliteReads, type SqliteReads } from './sqlite-reads.ts'
import { openWriterChannel, type WriterChannel } from './writer-channel.ts'

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
  const file = databaseFile(config.data)
  const logger = pino({ level: config.logLevel }, logDestination)
  const log: App['log'] = (level, details, text) => logger[level](details, text)
  let schema: Schema | undefined
  let renew = () => {}
  let forgetCallers = () => {}
  const died = (cause: Error) => {
    logger.fatal({ err: cause }, 'the writer died; stopping')
    logDestination.flushSync()
    process.exit(1)
  }
  const writer = await openWriterChannel(
    {
      file,
      durability: config.durability,
      querySeconds: config.querySeconds,
      stepFolder: config.steps === undefined ? undefined : resolve(config.steps),
      stepSeconds: config.stepSeconds,
    },
    { committed: () => renew(), schemaChanged: (diff) => (schema = schema && applyDiff(schema, diff)), securityChanged: () => forgetCallers(), log, died },
  )
  const reads = openSqliteReads(file, config)
  renew = reads.renew
  schema = reads.loadSchema()
  const { caller, organization } = writer.opened
  const control = openControl(config.data, writer.users, log)
  let listener: Listener | undefined
  let authentication: Authentication | undefined
  try {
    const listeningUrl = () => listener?.url ?? `${certificate ? 'https' : 'http'}://${config.host}:${config.port}`
    authentication = await authenticationOf(config, { organizationId: organization.organizationId, readAll: reads.readAll, listeningUrl, log })
    forgetCallers = () => {
      reads.securityChanged()
      authentication?.usersChanged()
    }
    listener = await startListening(config, {
      writer,
      reads,
      schema: () => schema as Schema,
      caller,
      organization,
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
        control.close()
        return close(opened, writer, reads)
      },
    }
  } catch (cause) {
    control.close()
    authentication?.close()
    // The writer's thread would keep a process alive that nobody can reach.
    await writer.close()
    await reads.close()
    throw portProblem(cause, config)
  }
}

function certificateFiles({ tlsCertificate, tlsKey }: Config): CertificateFiles | undefined {
  return tlsCertificate !== undefined && tlsKey !== undefined ? { certificate: tlsCertificate, key: tlsKey } : undefined
}

// A write for each line took a fifth of a point read's time; lines wait for each other, but not long.
// Each write wakes another thread: one of 4 KB at a time took a tenth.
const logDestination = pino.destination({ sync: false, minLength: 32_768, maxWrite: 65_536, periodicFlush: 200 })

function databaseFile(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new Error(`the data folder ${folder} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  return join(folder, 'tidemark.db')
}

/** The usual ones in words; any other as it came. */
function portProblem(cause: unknown, { host, port }: Config): unknown {
  const code = (cause as { code?: string } | undefined)?.code
  if (code === 'EADDRINUSE') return new Error(`port ${port} of ${host} is in use by another program: choose another with --port`, { cause })
  if (code === 'EACCES') return new Error(`port ${port} of ${host} may not be listened on by this user: choose another with --port`, { cause })
  return cause
}

type Parts = {
  readonly writer: WriterChannel
  readonly reads: SqliteReads
  readonly schema: () => Schema
  readonly caller: Caller
  readonly organization: OrganizationFacts
  readonly authentication: Authentication | undefined
  readonly log: App['log']
} & Pick<ListenOptions, 'certificate' | 'forwarded' | 'logRequest'>

function startListening(config: Config, { writer, reads, schema, caller, organization, authentication, log, ...more }: Parts): Promise<Listener> {
  const metrics = createMetrics([
    { name: 'tidemark_writes_waiting', help: 'Write jobs handed to the writer and not yet answered.', read: writer.waiting },
    { name: 'tidemark_schema_version', help: 'Version of the schema in use.', read: () => schema().version },
    { name: 'process_resident_memory_bytes', help: 'Resident memory of the server process.', read: () => process.memoryUsage.rss() },
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
  const answer = dispatcher(app, metrics, writer, authentication !== undefined)
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
    dispatch: door?.dispatch ?? limited,
    refuseEarly: door?.refuseEarly,
  })
}

/** In order: no new requests, the answers in flight, the writer's queue and checkpoint, the readers. */
async function close(listener: Listener, writer: WriterChannel, reads: SqliteReads): Promise<void> {
  await listener.close()
  await writer.close()
  await reads.close()
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
