/**
 * One line of the log for each request, as pino writes it: `{"level":30,"time":…,"pid":…,"hostname":…,"requestId":"…","method":"GET",…,"msg":"request"}`.
 * Put together here, because it is the only line of the hot path: pino took a twentieth of a point read's time for it.
 */
import { hostname } from 'node:os'
import type { RequestEntry } from '../server/listen.ts'

// pino's number for it.
const INFO = 30

export function requestLog(write: (line: string) => void): (entry: RequestEntry) => void {
  const source = `"pid":${process.pid},"hostname":${JSON.stringify(hostname())}`
  let lines = ''
  const flush = () => {
    write(lines)
    lines = ''
  }
  return ({ requestId, clientRequestId, method, url, status, seconds, callerId, address }) => {
    const client = clientRequestId === undefined ? '' : `"clientRequestId":${JSON.stringify(clientRequestId)},`
    const caller = address === undefined ? '' : `"address":${JSON.stringify(address)},${callerId === undefined ? '' : `"caller":"${callerId}",`}`
    const what = `"requestId":"${requestId}",${client}${caller}"method":"${method}","url":${JSON.stringify(url)},"status":${status},"ms":${Math.round(seconds * 1e5) / 100}`
    // The lines of one turn of the event loop go together: to hand each over took a tenth of a point read's time.
    if (lines === '') setImmediate(flush)
    lines += `{"level":${INFO},"time":${Date.now()},${source},${what},"msg":"request"}\n`
  }
}
