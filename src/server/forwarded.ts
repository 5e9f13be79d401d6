/**
 * Behind a proxy: what the client asked for, and from where, as the proxy tells. Only a connection that comes from a configured address is
 * believed. Each proxy adds its entry at the end of the list, so the list is read from there, as far as the entries were added by trusted ones;
 * what stands before was written by the client and may be a lie. `Forwarded` (RFC 7239) counts where no `X-Forwarded-` header is there.
 */
import { BlockList, isIP } from 'node:net'

export type Forwarded = {
  readonly scheme: 'http' | 'https' | undefined
  readonly host: string | undefined
  /** The client's address. */
  readonly address: string | undefined
}

type HeaderValues = { readonly [name: string]: string | undefined }
type Hop = { readonly for: string | undefined; readonly proto: string | undefined; readonly host: string | undefined }

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** `addresses`: IP addresses and networks such as `10.0.0.0/8`. Throws a plain error. */
export function forwardedBy(addresses: readonly string[]): (peer: string | undefined, headers: HeaderValues) => Forwarded | undefined {
  const isTrusted = trustedAddresses(addresses)
  return (peer, headers) => {
    if (!isTrusted(peer)) return undefined
    const hops = hopsOf(headers)
    // The last entry was written by the proxy that is connected to us; the one before it by the client of that proxy, if that is one of ours too.
    let index = hops.length - 1
    while (index > 0 && isTrusted(hops[index]?.for)) index--
    const hop = hops[index]
    const scheme = hop?.proto?.toLowerCase()
    return {
      scheme: scheme === 'http' || scheme === 'https' ? scheme : undefined,
      host: hop?.host !== undefined && HOST.test(hop.host) ? hop.host : undefined,
      address: hop?.for ?? peer,
    }
  }
}

function trustedAddresses(addresses: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const address of addresses) {
    const [ip = '', prefix] = address.split('/')
    const family = familyOf(ip)
    const bits = prefix === undefined ? undefined : Number(prefix)
    const isValid = family !== undefined && (bits === undefined || (/^\d{1,3}$/.test(prefix ?? '') && bits <= (family === 'ipv4' ? 32 : 128)))
    if (!isValid) throw new Error(`--trusted-proxies: ${address} is no IP address and no network`)
    if (bits === undefined) list.addAddress(ip, family)
    else list.addSubnet(ip, bits, family)
  }
  return (address) => {
    // A socket that takes both kinds shows IPv4 addresses as IPv6.
    const plain = address?.replace(/^::ffff:(?=\d+\.)/i, '')
    const family = plain === undefined ? undefined : familyOf(plain)
    return plain !== undefined && family !== undefined && list.check(plain, family)
  }
}

function familyOf(ip: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(ip)
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined
}

function hopsOf(headers: HeaderValues): readonly Hop[] {
  const [addresses, schemes, hosts] = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'].map((name) => listOf(headers[name]))
  if (addresses?.length || schemes?.length || hosts?.length) {
    const count = Math.max(addresses?.length ?? 0, 1)
    // A proxy that replaces a header has one value for all hops: it holds for each of them.
    const at = (list: readonly string[] | undefined, index: number) => (list?.length === count ? list[index] : list?.at(-1))
    return Array.from({ length: count }, (_, index) => ({ for: bareAddress(addresses?.[index]), proto: at(schemes, index), host: at(hosts, index) }))
  }
  return listOf(headers.forwarded).map(parseHop)
}

function listOf(header: string | undefined): string[] {
  return header === undefined ? [] : header.split(',').map((item) => item.trim())
}

/** `for="[2001:db8::1]:4711";proto=https;host=data.example.com` */
function parseHop(element: string): Hop {
  const pairs = new Map<string, string>()
  for (const pair of element.split(';')) {
    const [name = '', ...rest] = pair.split('=')
    pairs.set(
      name.trim().toLowerCase(),
      rest
        .join('=')
        .trim()
        .replace(/^"(.*)"$/s, '$1'),
    )
  }
  return { for: bareAddress(pairs.get('for')), proto: pairs.get('proto'), host: pairs.get('host') }
}

/** Without a port. What is no address (`unknown`, `_hidden`) names nobody. */
function bareAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(text)?.[1] ?? text
  return isIP(bare) === 0 ? undefined : bare
}
