/**
 * One reader process, seen from the server: started, asked one thing at a time, killed or ended.
 * It ends with its input, so it does not outlive the server; while it is inside a statement it cannot see that, hence its limit of
 * processor time: `ulimit -t` of the shell that becomes the process. Windows ends a process with its parent by itself.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { dirname, extname, join } from 'node:path'
import { fail } from '../../protocol/errors.ts'
import { EngineError, type Page } from '../sql/connection.ts'
import { frameParser, type Pieces, slice } from './frame-parser.ts'
import { formatFrame, type PageHead, type ReaderAnswer, type ReaderRequest } from './frames.ts'

export type Reader = {
  /** Rejects with `ReaderEnded` when the process ends before it has answered, with an EngineError or Error when the query failed. */
  readonly ask: (request: ReaderRequest) => Promise<readonly Page[]>
  /** Resident bytes at its last answer. */
  readonly memory: () => number
  readonly whenReady: Promise<void>
  readonly whenEnded: Promise<void>
  readonly kill: () => void
  /** Closes its input: it ends when it has answered. */
  readonly end: () => void
}

export class ReaderEnded extends Error {}

const ENTRY = join(import.meta.dirname, `reader-process${extname(import.meta.filename)}`)
// A page's texts live for milliseconds: with generations of 8 MB a page of 5,000 rows of 1 KB took a fifth longer, with 1 MB two fifths.
const FLAGS = ['--max-semi-space-size=16', '--disable-warning=ExperimentalWarning']

/** What one process may take: seconds of processor time in its life, and bytes of one answer. */
export type ReaderLimits = { readonly processorSeconds: number; readonly answerBytes: number }

export function startReader(path: string, limits: ReaderLimits): Reader {
  const child = launch(path, limits)
  const ready = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let pending: PromiseWithResolvers<readonly Page[]> | undefined
  let hasEnded = false
  let memory = 0

  function onEnd(reason: string): void {
    if (hasEnded) return
    hasEnded = true
    pending?.reject(new ReaderEnded(`a reader process ended: ${reason}`))
    ready.resolve()
    ended.resolve()
  }
  function onAnswer(head: ReaderAnswer, body: Pieces): void {
    memory = head.memory
    if (head.kind === 'ready') {
      ready.resolve()
      return
    }
    const asked = pending
    pending = undefined
    if (head.kind === 'pages') asked?.resolve(pagesOf(head.pages, body))
    else if (head.failure === 'tooLarge') asked?.reject(fail('AnswerTooLarge', limits.answerBytes))
    else asked?.reject(head.failure ? new EngineError(head.failure, undefined, new Error(head.message)) : new Error(head.message))
  }
  function ask(request: ReaderRequest): Promise<readonly Page[]> {
    pending = Promise.withResolvers()
    if (hasEnded) pending.reject(new ReaderEnded('the reader process has ended'))
    else child.stdin?.write(Buffer.concat(formatFrame(request)))
    return pending.promise
  }
  child.on('error', (error) => onEnd(error.message))
  // Not `exit`: its last answer may still be on the way.
  child.on('close', (code, signal) => onEnd(signal ?? `code ${code}`))
  // A write to a process that has just died: its exit tells the same.
  child.stdin?.on('error', () => {})
  child.stdout?.on('data', frameParser(onAnswer))
  return {
    ask,
    memory: () => memory,
    whenReady: ready.promise,
    whenEnded: ended.promise,
    kill: () => child.kill('SIGKILL'),
    end: () => child.stdin?.end(),
  }
}

function launch(path: string, { processorSeconds, answerBytes }: ReaderLimits): ChildProcess {
  const command = [process.execPath, ...FLAGS, ENTRY, path, String(answerBytes)]
  const limited = ['-c', 'ulimit -t "$1"; shift; exec "$@"', 'sh', String(processorSeconds), ...command]
  const [file, args] = process.platform === 'win32' ? [command[0] ?? '', command.slice(1)] : ['/bin/sh', limited]
  // Beside the data, not in a folder where others may write: what lies there is run.
  const cache = join(dirname(path), 'compiled')
  return spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { NODE_COMPILE_CACHE: cache, ...process.env }, windowsHide: true })
}

/** Cuts the body's pieces where one page ends and the next begins. */
function pagesOf(heads: readonly PageHead[], body: Pieces): readonly Page[] {
  let offset = 0
  return heads.map(({ length, ...page }) => {
    offset += length
    return { ...page, json: slice(body, offset - length, offset) }
  })
}
