/** A keeper (keeper.ts) and the database it keeps, as seen from the process whose end ends both. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Socket } from 'node:net'
import type { ServerUser } from './server-user.ts'

const KEEPER = resolve(import.meta.dirname, 'keeper.ts')

export type Keeper = {
  /** Starts a program; none may be running. */
  readonly start: (command: readonly string[]) => Promise<Running>
  /** Ends what runs, and removes the folder. */
  readonly end: () => Promise<void>
}

export type Running = {
  readonly pid: number
  readonly hasEnded: () => boolean
  readonly ended: () => Promise<void>
}

export function startKeeper(folder: string, user: ServerUser): Keeper {
  const owner = user.uid === undefined ? [] : [String(user.uid), String(user.gid)]
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', KEEPER, folder, ...owner], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const exited = once(child, 'exit')
  // A test that has nothing left to do ends, though its database runs; unless it waits for news of it.
  const news = child.stdout as unknown as Socket
  child.unref()
  ;(child.stdin as unknown as Socket).unref()
  news.unref()

  function wait<T>(awaited: Promise<T>): Promise<T> {
    news.ref()
    return awaited.finally(() => news.unref())
  }

  let onStarted: (pid: number) => void = () => undefined
  let onEnded: () => void = () => undefined
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [word, pid] = line.split(' ')
    if (word === 'started') onStarted(Number(pid))
    else onEnded()
  })

  async function start(command: readonly string[]): Promise<Running> {
    let isOver = false
    const started = new Promise<number>((resolve) => {
      onStarted = resolve
    })
    const ended = new Promise<void>((resolve) => {
      onEnded = () => {
        isOver = true
        resolve()
      }
    })
    child.stdin.write(`${JSON.stringify(command)}\n`)
    return { pid: await wait(started), hasEnded: () => isOver, ended: () => wait(ended) }
  }

  async function end(): Promise<void> {
    child.ref()
    child.stdin.end()
    await exited
  }

  return { start, end }
}
