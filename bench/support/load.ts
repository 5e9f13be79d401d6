/**
 * A load generator that costs little, so that the server is what is measured: raw sockets, requests made beforehand, answers only framed.
 * Runs as a process of its own: `load.ts '{"port":4000,"connections":64,"seconds":5,"requests":["GET / HTTP/1.1\r\n…"]}'` prints one JSON line.
 */
import { connect } from 'node:net'

export type LoadOrder = { readonly port: number; readonly connections: number; readonly seconds: number; readonly requests: readonly string[] }
/** Rates a second, times in milliseconds. */
export type LoadResult = { readonly rate: number; readonly p50: number; readonly p99: number; readonly bad: number; readonly answered: number }

export async function load({ port, connections, seconds, requests }: LoadOrder): Promise<LoadResult> {
  const frames = requests.map((text) => Buffer.from(text))
  const times: number[] = []
  let bad = 0
  let next = 0
  const started = performance.now()
  const until = started + seconds * 1000
  await Promise.all(Array.from({ length: connections }, () => drive()))
  const elapsed = (performance.now() - started) / 1000
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { rate: times.length / elapsed, p50: at(0.5), p99: at(0.99), bad, answered: times.length }

  function drive(): Promise<void> {
    return new Promise((done, failed) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      let sent = 0
      let rest: Buffer = Buffer.alloc(0)
      const send = () => {
        if (performance.now() >= until) return socket.end()
        sent = performance.now()
        socket.write(frames[next++ % frames.length] as Buffer)
      }
      socket.on('connect', send)
      socket.on('error', failed)
      socket.on('close', () => done())
      socket.on('data', (chunk: Buffer) => {
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
        const length = answerLength(rest)
        if (length === undefined || rest.length < length) return
        if (rest[9] !== 0x32) bad++
        times.push(performance.now() - sent)
        rest = rest.subarray(length)
        send()
      })
    })
  }
}

/** Of head and body; undefined while the head is incomplete. */
function answerLength(buffer: Buffer): number | undefined {
  const end = buffer.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = buffer.latin1Slice(0, end)
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  return end + 4 + Number(length ?? 0)
}

if (process.argv[2] !== undefined) process.stdout.write(`${JSON.stringify(await load(JSON.parse(process.argv[2]) as LoadOrder))}\n`)
