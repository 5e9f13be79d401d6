/**
 * A load generator that costs little, so that the server is what is measured: raw sockets, requests made beforehand, answers only framed.
 * Runs as a process of its own: takes its order as JSON on standard input
 * (`{"port":4000,"connections":64,"seconds":5,"requests":["GET / HTTP/1.1\r\n…"]}`) and prints one JSON line.
 */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

export type LoadOrder = {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Sent in this order, again and again, unless `once`. */
  readonly requests: readonly string[]
  /** Each request goes out once: the load ends with them, or with the time. */
  readonly once?: boolean
  /** Between an answer and the connection's next request: a load that does not fill the machine. */
  readonly pauseMs?: number
}
/** Rates a second, times in milliseconds. */
export type LoadResult = {
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly bad: number
  readonly answered: number
}

const READ_BYTES = 1 << 18
const NOTHING: Buffer = Buffer.alloc(0)
/** Of `HTTP/1.1 200`: where its first digit stands. */
const STATUS_CLASS = 9
const SUCCESS = 0x32

async function load({ port, connections, seconds, requests, once = false, pauseMs = 0 }: LoadOrder): Promise<LoadResult> {
  const frames = requests.map((request) => Buffer.from(request))
  const times: number[] = []
  let bad = 0
  let next = 0
  const started = performance.now()
  const until = started + seconds * 1000
  await Promise.all(Array.from({ length: connections }, () => drive()))
  const elapsed = (performance.now() - started) / 1000
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { rate: times.length / elapsed, p50: at(0.5), p99: at(0.99), max: times.at(-1) ?? 0, bad, answered: times.length }

  function drive(): Promise<void> {
    return new Promise((done, failed) => {
      let sent = 0
      let head = NOTHING
      let missing = 0
      // One buffer for all reads: to allocate 64 KB for each took more of the machine than the server's own writes of large answers.
      const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: Buffer.allocUnsafe(READ_BYTES), callback: onRead } })
      const send = () => {
        if (performance.now() >= until || (once && next >= frames.length)) return socket.end()
        sent = performance.now()
        socket.write(frames[next++ % frames.length] as Buffer)
      }
      const answered = () => {
        if (head[STATUS_CLASS] !== SUCCESS) bad++
        head = NOTHING
        times.push(performance.now() - sent)
        if (pauseMs > 0) setTimeout(send, pauseMs)
        else send()
      }
      socket.on('connect', send)
      socket.on('error', failed)
      socket.on('close', () => done())

      function onRead(length: number, buffer: Uint8Array): boolean {
        if (missing > 0) missing -= length
        else {
          head = Buffer.concat([head, buffer.subarray(0, length)])
          const whole = answerLength(head)
          if (whole === undefined) return true
          missing = whole - head.length
        }
        if (missing === 0) answered()
        return true
      }
    })
  }
}

/** Of head and body; undefined while the head is incomplete. */
function answerLength(buffer: Buffer): number | undefined {
  const end = buffer.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = buffer.toString('latin1', 0, end)
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  return end + 4 + Number(length ?? 0)
}

process.stdout.write(`${JSON.stringify(await load(JSON.parse(await text(process.stdin)) as LoadOrder))}\n`)
