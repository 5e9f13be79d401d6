/**
 * The server's own issuer, for people without one: a discovery document, the public keys, and tokens for application users by their client
 * secret. At the root and below a tenant, any tenant: clients write one into the path.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { Guid } from '../../base/guid.ts'
import type { HttpRequest, HttpResponse } from '../http-message.ts'
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.ts'
import { ownSubjectOf } from './subject.ts'
import type { TokenIssuer } from './token-issuer.ts'
import { tokenEndpoint, type TokenEndpointOptions } from './token-endpoint.ts'

export type OwnIssuer = {
  readonly find: () => Promise<TokenIssuer>
  readonly authorizationUri: () => string
  /** Undefined: the path is none of its own. */
  readonly serve: (request: HttpRequest) => Promise<HttpResponse> | HttpResponse | undefined
}

export type OwnIssuerOptions = TokenEndpointOptions & { readonly organizationId: Guid; readonly keys: SigningKeys }

const DISCOVERY = /^\/(?:[\w.-]+\/)?(?:v2\.0\/)?\.well-known\/openid-configuration$/
const KEYS = /^\/(?:[\w.-]+\/)?discovery\/v2\.0\/keys$/
const TOKEN = /^\/(?:[\w.-]+\/)?oauth2\/(?:v2\.0\/)?token$/

export function isIssuerPath(path: string): boolean {
  return DISCOVERY.test(path) || KEYS.test(path) || TOKEN.test(path)
}

export function ownIssuer(options: OwnIssuerOptions): OwnIssuer {
  const { publicUrl, organizationId, keys } = options
  const authorizationUri = () => `${publicUrl()}/${organizationId}/oauth2/authorize`
  const issueToken = tokenEndpoint(options)
  let verifying: { readonly from: JSONWebKeySet; readonly key: JWTVerifyGetKey } | undefined

  const findKey: JWTVerifyGetKey = async (header, token) => {
    try {
      return await published()(header, token)
    } catch (cause) {
      if (!keys.fresh || !(cause instanceof errors.JWKSNoMatchingKey)) throw cause
      await keys.fresh()
      return published()(header, token)
    }
  }

  function published(): JWTVerifyGetKey {
    const from = keys.published()
    if (verifying?.from !== from) verifying = { from, key: createLocalJWKSet(from) }
    return verifying.key
  }

  function discovery() {
    const url = publicUrl()
    return {
      issuer: url,
      token_endpoint: `${url}/oauth2/v2.0/token`,
      jwks_uri: `${url}/discovery/v2.0/keys`,
      // Nobody signs in here: libraries refuse a document without one.
      authorization_endpoint: authorizationUri(),
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      grant_types_supported: ['client_credentials'],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [SIGNING_ALGORITHM],
      scopes_supported: [`${url}/.default`],
    }
  }

  function serve(request: HttpRequest): Promise<HttpResponse> | HttpResponse | undefined {
    const path = request.url.split('?', 1)[0] ?? ''
    if (TOKEN.test(path)) return issueToken(request)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (isRead && DISCOVERY.test(path)) return json(discovery())
    if (isRead && KEYS.test(path)) return json(keys.published())
    return undefined
  }

  return {
    find: async () => ({ name: publicUrl(), key: findKey, subjectOf: ownSubjectOf, authorizationUri: authorizationUri() }),
    authorizationUri,
    serve,
  }
}

function json(value: object): HttpResponse {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) }
}
