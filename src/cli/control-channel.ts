/**
 * How the command line reaches a running server: a socket in the data folder, in a folder that only its owner may enter. Whoever may read the
 * database may use it, and nobody else. One line of JSON in, one line out. Not on Windows, whose pipes know no folders.
 */
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { UserCommand, UserResult } from './user-commands.ts'

const MAX_LINE = 64 * 1024
const PATIENCE_MS = 30_000
// sun_path of the smallest system.
const MAX_PATH_BYTES = 103

export type Control = { readonly close: () => void }

function socketOf(dataFolder: string): string {
  return join(dataFolder, 'control', 'socket')
}

type Log = (level: 'warn', details: object, text: string) => void

/** Only with the lock of the database: what lies there was left by a server that was killed. */
export function openControl(dataFolder: string, run: (command: UserCommand) => Promise<UserResult>, log: Log): Control {
  const path = socketOf(dataFolder)
  if (process.platform === 'win32' || Buffer.byteLength(path) > MAX_PATH_BYTES) return { close: () => {} }
  mkdirSync(join(dataFolder, 'control'), { recursive: true, mode: 0o700 })
  chmodSync(join(dataFolder, 'control'), 0o700)
  rmSync(path, { force: true })
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    readLine(socket, MAX_LINE).then(
      async (line) => socket.end(`${JSON.stringify(await answer(line, run))}\n`),
      () => socket.destroy(),
    )
  })
  // The server serves without it: users are then made while it is stopped.
  server.on('error', (cause) => log('warn', { err: String(cause) }, 'the command line cannot reach this server'))
  server.listen(path)
  server.unref()
  return {
    close: () => {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}

async function answer(line: string, run: (command: UserCommand) => Promise<UserResult>): Promise<UserResult> {
  try {
    return await run(JSON.parse(line) as UserCommand)
  } catch (cause) {
    return { kind: 'problem', reason: cause instanceof Error ? cause.message : String(cause) }
  }
}

/** Undefined: no server listens there. */
export async function askServer(dataFolder: string, command: UserCommand): Promise<UserResult | undefined> {
  const path = socketOf(dataFolder)
  if (process.platform === 'win32' || Buffer.byteLength(path) > MAX_PATH_BYTES) return undefined
  const socket = await new Promise<Socket | undefined>((done, failed) => {
    const connecting = connect(path)
    connecting.once('connect', () => done(connecting))
    connecting.once('error', (cause: NodeJS.ErrnoException) => (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED' ? done(undefined) : failed(cause)))
  })
  if (!socket) return undefined
  try {
    socket.write(`${JSON.stringify(command)}\n`)
    return JSON.parse(await readLine(socket)) as UserResult
  } finally {
    socket.destroy()
  }
}

function readLine(socket: Socket, maxLength = Number.POSITIVE_INFINITY): Promise<string> {
  return new Promise((done, failed) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.setTimeout(PATIENCE_MS, () => failed(new Error('the server does not answer')))
    socket.on('data', (piece: string) => {
      text += piece
      const end = text.indexOf('\n')
      if (end >= 0) done(text.slice(0, end))
      else if (text.length > maxLength) failed(new Error('the line is too long'))
    })
    socket.once('error', failed)
    socket.once('close', () => failed(new Error('the connection was closed before the answer')))
  })
}
