/**
 * One call of a webhook: a POST of the context, with the endpoint's own way to authenticate, and a signature of the body. Redirects are not
 * followed: what the endpoint's key is for stands behind its own URL alone.
 */
import { createHmac } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type DataverseError, fail } from '../protocol/errors.ts'
import { unescapeXml } from '../protocol/xml-text.ts'
import type { Payload } from './remote-context.ts'
import { AUTH_TYPES, type Endpoint, type StepContext } from './step.ts'

/** The documented time-out. */
export const WEBHOOK_MS = 60_000

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const OWN = /^(?:host|content-type|content-length|connection|transfer-encoding)$/i

/** What the endpoint answered, if it did. */
export type WebhookFailure = { readonly refusal: DataverseError; readonly status: number | undefined }

export function webhookHeaders(context: StepContext, { body, isCut }: Payload, { authValue }: Endpoint, jobId: string | undefined): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-request-id': context.operationId,
    'x-ms-dynamics-organization': context.organizationName,
    'x-ms-dynamics-entity-name': context.primaryEntityName,
    'x-ms-dynamics-request-name': context.messageName,
    'x-ms-correlation-request-id': context.correlationId,
    ...(isCut && { 'x-ms-dynamics-msg-size-exceeded': 'true' }),
    ...(authValue !== undefined && { 'x-tidemark-signature': `sha256=${createHmac('sha256', authValue).update(body).digest('hex')}` }),
    // The same at each attempt: who gets it twice can tell.
    ...(jobId !== undefined && { 'x-tidemark-delivery': jobId }),
  }
}

/** Undefined: it was taken. */
export async function postWebhook(
  endpoint: Endpoint,
  body: Buffer,
  headers: Record<string, string>,
  milliseconds: number,
): Promise<WebhookFailure | undefined> {
  let target: { readonly url: URL; readonly headers: Record<string, string> }
  try {
    target = authenticated(endpoint, headers)
  } catch (cause) {
    return { refusal: cause as DataverseError, status: 0 }
  }
  return new Promise((done) => {
    const send = target.url.protocol === 'https:' ? httpsRequest : httpRequest
    const timer = setTimeout(() => {
      done({ refusal: fail('WebhookTimedOut'), status: undefined })
      outgoing.destroy()
    }, milliseconds)
    const outgoing = send(target.url, { method: 'POST', headers: { ...target.headers, 'content-length': body.length }, agent: false }, (incoming) => {
      clearTimeout(timer)
      const status = incoming.statusCode ?? 0
      // Nobody reads what it says: its status is the answer.
      incoming.destroy()
      done(status >= 200 && status < 300 ? undefined : { refusal: fail('WebhookRefused', status), status })
    })
    outgoing.on('error', (cause) => {
      clearTimeout(timer)
      done({ refusal: fail('WebhookFailed', cause.message), status: undefined })
    })
    outgoing.end(body)
  })
}

function authenticated({ url: text, authType, authValue = '' }: Endpoint, headers: Record<string, string>) {
  const url = new URL(text)
  switch (authType) {
    case AUTH_TYPES.key:
      url.searchParams.set('code', authValue)
      return { url, headers }
    case AUTH_TYPES.headers: {
      const pairs = settingsOf(authValue, /\r?\n|,(?=\s*[^\s:,]+\s*:)/, ':')
      if (!pairs || pairs.some(([name, value]) => !NAME.test(name) || OWN.test(name) || /[\r\n\0]/.test(value))) throw fail('WebhookHeaders')
      return { url, headers: { ...headers, ...Object.fromEntries(pairs) } }
    }
    case AUTH_TYPES.query: {
      const pairs = settingsOf(authValue.replace(/^\?/, ''), /&|\r?\n/, '=')
      if (!pairs) throw fail('WebhookQuery')
      for (const [name, value] of pairs) url.searchParams.set(name, value)
      return { url, headers }
    }
    default:
      return { url, headers }
  }
}

const SETTING = /<setting\s+name\s*=\s*(["'])(.*?)\1\s+value\s*=\s*(["'])(.*?)\3\s*\/?>/gs

/** As the registration tool writes them, `<settings><setting name="k" value="v" /></settings>`, or a pair a line. Undefined: neither. */
function settingsOf(text: string, separator: RegExp, equals: string): readonly (readonly [string, string])[] | undefined {
  if (text.trimStart().startsWith('<')) {
    const pairs = [...text.matchAll(SETTING)].map(([, , name = '', , value = '']) => [unescapeXml(name) ?? name, unescapeXml(value) ?? value] as const)
    return pairs.length > 0 ? pairs : undefined
  }
  const lines = text.split(separator).filter((line) => line.trim() !== '')
  const pairs = lines.map((line) => {
    const at = line.indexOf(equals)
    return at < 1 ? undefined : ([line.slice(0, at).trim(), line.slice(at + 1).trim()] as const)
  })
  return pairs.length > 0 && pairs.every((pair) => pair !== undefined) ? pairs : undefined
}
