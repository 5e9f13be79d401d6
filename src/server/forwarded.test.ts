import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forwardedBy } from './forwarded.ts'

const PROXY = '10.0.0.1'
const CLIENT = '203.0.113.7'
const tell = forwardedBy(['10.0.0.0/8', '::1', '2001:db8::/32'])
const x = (address: string, proto?: string, host?: string) => ({ 'x-forwarded-for': address, 'x-forwarded-proto': proto, 'x-forwarded-host': host })

test('a proxy that is trusted tells scheme, host and address', () => {
  assert.deepEqual(tell(PROXY, x(CLIENT, 'https', 'data.example.com')), { scheme: 'https', host: 'data.example.com', address: CLIENT })
  assert.deepEqual(tell('::ffff:10.0.0.1', { forwarded: `for=${CLIENT};proto=https;host=data.example.com:8443` }), {
    ...{ scheme: 'https', host: 'data.example.com:8443', address: CLIENT },
  })
  assert.equal(tell('::1', { forwarded: 'for="[2001:db9::7]:4711";proto=HTTPS' })?.address, '2001:db9::7')
  assert.deepEqual(tell(PROXY, {}), { scheme: undefined, host: undefined, address: PROXY })
})

test('nobody else is believed', () => {
  for (const peer of [CLIENT, '11.0.0.1', '::2', undefined, '']) assert.equal(tell(peer, x('1.2.3.4', 'https', 'evil.example')), undefined)
})

test('what the client wrote before the proxy’s entry is not believed', () => {
  assert.deepEqual(tell(PROXY, x(`1.2.3.4, ${CLIENT}`, 'https, http', 'evil.example, data.example.com')), {
    ...{ scheme: 'http', host: 'data.example.com', address: CLIENT },
  })
  // An address of ours in the client's own entry does not make it one of ours.
  assert.equal(tell(PROXY, x(`10.9.9.9, ${CLIENT}`))?.address, CLIENT)
  assert.equal(tell(PROXY, { forwarded: `for=1.2.3.4;host=evil.example, for=${CLIENT};host=data.example.com` })?.host, 'data.example.com')
})

test('behind two proxies the first one’s entry counts', () => {
  assert.deepEqual(tell(PROXY, x(`${CLIENT}, 10.0.0.2`, 'https, http', 'data.example.com, inner')), {
    ...{ scheme: 'https', host: 'data.example.com', address: CLIENT },
  })
  assert.equal(tell(PROXY, x(`${CLIENT}, 10.0.0.2`, 'https'))?.scheme, 'https')
})

test('X-Forwarded beats Forwarded, which a client can write where the proxy knows the other only', () => {
  assert.equal(tell(PROXY, { ...x(CLIENT, 'https'), forwarded: 'host=evil.example;for=1.2.3.4' })?.host, undefined)
})

test('what is no scheme, host or address is left out', () => {
  assert.deepEqual(tell(PROXY, x('unknown', 'javascript', 'a b"<script>')), { scheme: undefined, host: undefined, address: PROXY })
})

test('what is no address and no network is refused at the start', () => {
  for (const bad of ['proxy.example', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '::/129', '']) assert.throws(() => forwardedBy([bad]), /trusted-proxies/)
})
