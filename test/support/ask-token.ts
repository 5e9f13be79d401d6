/** A token for an application, as OAuth libraries ask for it. */
import { type Answer, exchange } from './api.ts'
import type { Client } from './command.ts'

type Shown = Pick<Client, 'clientId' | 'secret'>

export async function askToken(
  server: string,
  { clientId, secret }: Shown,
  more: { readonly [name: string]: string } = {},
  path = '/oauth2/v2.0/token',
): Promise<Answer> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope: `${server}/.default`, ...more })
  return exchange('POST', server + path, { raw: form.toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
}

/** Fails where none is given. */
export async function tokenOf(server: string, client: Shown): Promise<string> {
  const { status, body, text } = await askToken(server, client)
  if (status !== 200) throw new Error(`no token: ${status} ${text}`)
  return body.access_token
}

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
