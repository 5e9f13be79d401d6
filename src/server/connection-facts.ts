/** What the connection tells about a request: under which URL it reached us, which is what links begin with, and where it comes from. */
import type { IncomingMessage } from 'node:http'
import type { Forwarded } from './forwarded.ts'
import type { HttpRequest } from './http-message.ts'

export type Reached = {
  /** Of the server itself; a proxy in front of it may speak the other. */
  readonly scheme: 'http' | 'https'
  readonly forwarded?: ((peer: string | undefined, headers: HttpRequest['headers']) => Forwarded | undefined) | undefined
}

export function connectionFacts(
  { scheme, forwarded }: Reached,
  raw: IncomingMessage,
  headers: HttpRequest['headers'],
): Pick<HttpRequest, 'origin' | 'address'> {
  const peer = raw.socket.remoteAddress
  const told = forwarded?.(peer, headers)
  return { origin: `${told?.scheme ?? scheme}://${told?.host ?? headers.host ?? ''}`, address: told?.address ?? peer }
}
