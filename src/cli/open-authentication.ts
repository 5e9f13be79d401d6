/** Puts together what tells callers apart, by the settings: nothing where authentication is off. */
import { systemClock } from '../base/clock.ts'
import type { Guid } from '../base/guid.ts'
import { authSettings } from '../server/auth/auth-settings.ts'
import { type Authentication, openAuthentication } from '../server/auth/authentication.ts'
import type { KeyEvents } from '../server/auth/signing-keys.ts'
import type { App } from '../server/app.ts'
import type { Config } from '../server/config.ts'
import type { Ask } from '../store/sql/connection.ts'
import type { Engine } from './engine.ts'

export type CallerSources = {
  readonly organizationId: Guid
  readonly readAll: Ask
  readonly openKeys: Engine['openKeys']
  readonly listeningUrl: () => string
  readonly log: App['log']
}

/** Throws a plain error where the settings do not fit together. */
export async function authenticationOf(config: Config, sources: CallerSources): Promise<Authentication | undefined> {
  const settings = authSettings(config)
  if (!settings) return undefined
  let authentication: Authentication | undefined
  const events: KeyEvents = {
    changed: () => authentication?.keysChanged(),
    failed: (cause) => sources.log('error', { err: String(cause) }, 'the signing keys stay as they were'),
  }
  const keys = settings.hasOwnIssuer ? await sources.openKeys(events) : undefined
  authentication = openAuthentication({ ...sources, settings, keys, clock: systemClock })
  return authentication
}

/** For the person who starts the server. */
export function describeAccess({ auth, issuers, publicUrl }: Config): string {
  if (auth === 'none') return 'No authentication is configured: every caller is the administrator, loopback only.'
  const from = [...(auth === 'local' ? ['this server'] : []), ...issuers].join(', ')
  return `Callers need a token of: ${from}.${publicUrl?.startsWith('http:') ? ' Tokens travel unencrypted: --public-url is http.' : ''}`
}
