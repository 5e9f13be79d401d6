/** An OpenID Connect issuer on loopback, as far as a server that verifies tokens sees one: its discovery document and its keys. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose'

export type Claims = { readonly [claim: string]: unknown }

export type FakeIssuer = {
  readonly url: string
  /** Good for the audience, now and for ten minutes, unless the claims or the header say otherwise; undefined leaves a claim out. */
  readonly sign: (claims: Claims, header?: { readonly alg?: string; readonly kid?: string }) => Promise<string>
  /** The public key as a text, which an attacker would take for a shared secret. */
  readonly publicKey: () => Promise<string>
  /** A new key in the place of the old one. */
  readonly rotate: () => Promise<void>
  /** How often its keys were asked for. */
  readonly asked: () => number
  /** Whether it answers at all. */
  readonly answer: (isAnswering: boolean) => void
  readonly stop: () => Promise<void>
}

export async function startIssuer(audience: () => string, alg = 'RS256'): Promise<FakeIssuer> {
  let key = await makeKey(alg)
  let asked = 0
  let isAnswering = true
  const server = createServer((request, response) => {
    const isDiscovery = request.url === '/.well-known/openid-configuration'
    if (!isDiscovery) asked++
    if (!isAnswering) return void response.writeHead(503).end()
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(isDiscovery ? { issuer: url, jwks_uri: `${url}/keys`, authorization_endpoint: `${url}/authorize` } : { keys: [key.published] }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function sign(claims: Claims, header = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const all: Claims = { iss: url, aud: audience(), iat: now, nbf: now, exp: now + 600, ...claims }
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    return new SignJWT(given).setProtectedHeader({ alg, kid: key.published.kid as string, ...header }).sign(key.secret)
  }

  return {
    url,
    sign,
    publicKey: () => exportSPKI(key.open),
    rotate: async () => {
      key = await makeKey(alg)
    },
    asked: () => asked,
    answer: (now) => {
      isAnswering = now
    },
    stop: () => new Promise((done) => server.close(() => done())),
  }
}

type Key = { readonly secret: CryptoKey; readonly open: CryptoKey; readonly published: JWK }

async function makeKey(alg: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  return { secret: privateKey, open: publicKey, published: { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) } }
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Put together by hand, as no library would. */
export function unsignedToken(claims: Claims): string {
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`
}
