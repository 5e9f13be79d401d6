/**
 * The pipeline: parse → plan → run → respond. The same for a request from the network, a part of a batch and a job of the writer.
 * Each phase sees the product of the one before it and nothing older.
 */
import { parsePrefer } from '../protocol/prefer.ts'
import type { Schema } from '../schema/schema.ts'
import { planRead } from '../plan/plan-read.ts'
import { type App, calendarFor, queryContext } from './app.ts'
import { askedCaller } from './asked-caller.ts'
import { serveDocument } from './documents.ts'
import { handleMetadata, isMetadataRequest } from './handle-metadata.ts'
import { handleWrite } from './handle-write.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { isBoundOperation, isOperation, runBoundOperation, runOperation } from './operations.ts'
import { isForEngine } from '../store/write-lane.ts'
import { keptPlan } from './kept-plans.ts'
import { type ParsedRequest, parseRequest } from './parse-request.ts'
import { isBug, logBug, respondError } from './respond-error.ts'
import { respondRead } from './respond-read.ts'
import { withStoredQuery } from './stored-query.ts'

export async function handle(app: App, request: HttpRequest): Promise<HttpResponse> {
  try {
    const asked = askedCaller(request, app)
    return await route(asked ? await app.as(asked) : app, parseRequest(request))
  } catch (thrown) {
    if (app.writes && isForEngine(thrown)) throw thrown
    logBug(app.log, thrown, { requestId: request.requestId, url: request.url })
    return respondError(thrown, request.requestId, parsePrefer(request.headers.prefer).includeAnnotations)
  }
}

function route(app: App, request: ParsedRequest): Promise<HttpResponse> | HttpResponse {
  const [first] = request.segments
  if (!first || first.name === '$metadata') return serveDocument(app, request)
  if (isOperation(first.name)) return runOperation(app, request)
  if (isMetadataRequest(first.name)) return handleMetadata(app, request)
  if (isBoundOperation(request, app.schema())) return runBoundOperation(app, request)
  if (request.method === 'GET') return handleRead(app, request)
  return handleWrite(app, request)
}

/** How long the news of an edit may take from the writer to here. */
const NEWS_MS = 20

async function handleRead(app: App, request: ParsedRequest): Promise<HttpResponse> {
  const schema = app.schema()
  try {
    return await read(app, request, schema)
  } catch (thrown) {
    if (!isBug(thrown)) throw thrown
    // Planned just before an edit that took away what it reads: planned again with the schema as it is now.
    await new Promise((done) => setTimeout(done, NEWS_MS))
    if (app.schema() === schema) throw thrown
    return read(app, request, app.schema())
  }
}

async function read(app: App, request: ParsedRequest, schema: Schema): Promise<HttpResponse> {
  const context = queryContext(app, schema, await calendarFor(app, request))
  const isOfOneRow = request.segments[0]?.predicate !== undefined
  const plan = isOfOneRow ? planRead(request, context) : keptPlan(request, context, (planning) => planRead(request, planning))
  if (plan.kind === 'find-query') return read(app, withStoredQuery(request, plan, await app.read(plan.row, request)), schema)
  const outcome = await app.read(plan, request)
  return respondRead(plan, outcome, { request, now: app.clock.now(), schemaVersion: schema.version })
}
