/**
 * What a step reads and writes with: Web API requests, sent to the thread that writes and answered by it. A synchronous step's are part of
 * the write that it belongs to; an asynchronous step's stand each for itself.
 */
import type { ServiceError } from './step-messages.ts'
import type { ServiceAnswer, ServiceRequest } from './step.ts'

export type Row = { readonly [member: string]: unknown }

export type RequestOptions = { readonly headers?: { readonly [name: string]: string }; readonly body?: unknown }

export type Service = {
  /** Any request: `request('POST', 'accounts', { body: { name: 'Litware' } })`. A refusal is thrown. */
  readonly request: (
    method: string,
    path: string,
    options?: RequestOptions,
  ) => Promise<{ readonly status: number; readonly headers: Row; readonly body: unknown }>
  readonly retrieve: (set: string, id: string, columns?: readonly string[]) => Promise<Row>
  /** `retrieveMultiple("accounts?$filter=name eq 'Litware'")`: one page. */
  readonly retrieveMultiple: (query: string) => Promise<readonly Row[]>
  /** The new row's id. */
  readonly create: (set: string, row: Row) => Promise<string>
  readonly update: (set: string, id: string, changes: Row) => Promise<void>
  readonly delete: (set: string, id: string) => Promise<void>
  /** The same with all rights, not as the caller. */
  readonly system: Omit<Service, 'system'>
}

/** A request of a step's that was refused. */
export class ServiceRefusal extends Error {
  readonly refusal: ServiceError
  readonly code: string
  readonly status: number
  constructor(refusal: ServiceError) {
    super(refusal.message)
    this.name = 'ServiceRefusal'
    this.refusal = refusal
    this.code = refusal.code
    this.status = refusal.status
  }
}

export type Send = (request: ServiceRequest) => Promise<ServiceAnswer>

export function serviceOf(send: Send): Service {
  return { ...requestsOf(send, false), system: requestsOf(send, true) }
}

function requestsOf(send: Send, asSystem: boolean): Omit<Service, 'system'> {
  const request: Service['request'] = async (method, path, { headers = {}, body } = {}) => {
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = { method: method.toUpperCase(), path, headers: { ...json, ...lowerCase(headers) }, body: textOf(body), asSystem }
    const answer = await send(sent)
    return { status: answer.status, headers: answer.headers, body: answer.body === '' ? undefined : JSON.parse(answer.body) }
  }
  return {
    request,
    retrieve: async (set, id, columns) => {
      const { body } = await request('GET', `${set}(${id})${columns ? `?$select=${columns.join(',')}` : ''}`)
      return body as Row
    },
    retrieveMultiple: async (query) => ((await request('GET', query)).body as { readonly value: readonly Row[] }).value,
    create: async (set, row) => {
      const { headers } = await request('POST', set, { body: row })
      return /\(([0-9a-f-]{36})\)$/i.exec(String(headers['odata-entityid']))?.[1] ?? ''
    },
    update: async (set, id, changes) => {
      await request('PATCH', `${set}(${id})`, { headers: { 'If-Match': '*' }, body: changes })
    },
    delete: async (set, id) => {
      await request('DELETE', `${set}(${id})`)
    },
  }
}

function textOf(body: unknown): string | undefined {
  if (body === undefined || typeof body === 'string') return body
  return JSON.stringify(body)
}

function lowerCase(headers: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
