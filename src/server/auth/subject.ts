/**
 * Whom a verified token is about. A user is known by the directory's id of them (`oid`, else `sub`), an application that speaks for itself
 * by its client id (`appid`, `azp`, `client_id`). The client id of a token that an application got for a person says nothing about who calls:
 * it would give everybody who uses an application the rights of its own user.
 */
import { Guid } from '../../base/guid.ts'
import type { UserNames } from '../../store/find-caller.ts'

export type Claims = { readonly [name: string]: unknown }

export function subjectOf(claims: Claims): UserNames {
  const client = text(claims.appid) ?? text(claims.azp) ?? text(claims.client_id)
  return {
    objectId: guid(claims.oid) ?? guid(claims.sub),
    applicationId: client !== undefined && isOfApplication(claims, client) ? Guid.parse(client) : undefined,
  }
}

/** Entra ID: no `scp`, and the same `oid` and `sub`, or `idtyp`; RFC 9068: `sub` is the client; others leave `sub` out, or say the grant. */
function isOfApplication({ idtyp, gty, scp, sub, oid }: Claims, client: string): boolean {
  if (idtyp !== undefined) return idtyp === 'app'
  if (scp !== undefined) return false
  if (gty === 'client-credentials') return true
  return sub === undefined || sub === client || (oid !== undefined && sub === oid)
}

function text(claim: unknown): string | undefined {
  return typeof claim === 'string' ? claim : undefined
}

function guid(claim: unknown): Guid | undefined {
  return typeof claim === 'string' ? Guid.parse(claim) : undefined
}

/** Of this server's own tokens, which name the user themselves. Another server's that has the same name and keys would name others. */
export function ownSubjectOf({ oid, appid }: Claims): UserNames {
  return { userId: guid(oid), applicationId: guid(appid) }
}
