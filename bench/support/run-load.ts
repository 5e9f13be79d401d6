/** Starts the load generator in its own process and waits for its one line. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { LoadOrder, LoadResult } from './load.ts'

export async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(order))
  const line = await text(child.stdout)
  const result = JSON.parse(line) as LoadResult
  if (result.bad > 0) throw new Error(`${result.bad} of ${result.answered} answers were not 2xx`)
  return result
}

/** A request as it goes over the wire. */
export function requestText(method: string, path: string, body?: string, headers: { readonly [name: string]: string } = {}): string {
  const content = body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n${more.join('')}${content}\r\n${body ?? ''}`
}
