/**
 * The parent of a test's PostgreSQL, so that none outlives its tests: it waits for its standard input to close, which happens however the tests end,
 * kill -9 included, and then ends the database and removes its folder.
 *
 * `node keeper.ts <folder> <uid> <gid>`, the last two left out where its own user will do. A line on standard input is the program to start with its
 * arguments, as a JSON list; on standard output it says `started <pid>` and `ended`. It has a session of its own, out of reach of a Ctrl+C.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const PATIENCE_MS = 5_000

const [folder = '', uid, gid] = process.argv.slice(2)
const user = uid === undefined ? {} : { uid: Number(uid), gid: Number(gid) }
const log = openSync(join(folder, 'postgres.log'), 'a')
let server: ChildProcess | undefined

function start(line: string): void {
  const [program, ...args] = JSON.parse(line)
  const started = spawn(program, args, { ...user, cwd: folder, stdio: ['ignore', log, log] })
  server = started
  started.once('exit', () => {
    server = undefined
    say('ended')
  })
  say(`started ${started.pid}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function end(): void {
  const clear = () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    process.exit()
  }
  if (server === undefined) clear()
  else {
    server.once('exit', clear)
    // An immediate shutdown: nothing in there is worth a checkpoint.
    server.kill('SIGQUIT')
    setTimeout(() => server?.kill('SIGKILL'), PATIENCE_MS)
  }
}

// There may be nobody left to listen.
process.stdout.on('error', () => undefined)
createInterface({ input: process.stdin }).on('line', start).once('close', end)
