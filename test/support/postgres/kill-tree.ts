/** Kills a PostgreSQL with all its processes as a crash of the machine would: none of them gets to do anything about it. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

type Process = { readonly pid: number; readonly parent: number; readonly isGone: boolean }

export async function killTree(pid: number): Promise<void> {
  // Stopped, it starts no more children while they are counted.
  process.kill(pid, 'SIGSTOP')
  const children = listProcesses().flatMap((entry) => (entry.parent === pid ? [entry.pid] : []))
  for (const each of [pid, ...children]) killNow(each)
  while (listProcesses().some((entry) => children.includes(entry.pid) && !entry.isGone)) await sleep(5)
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function listProcesses(): readonly Process[] {
  if (existsSync('/proc/self/stat')) return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(name) : []))
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, state = '']) => ({ pid: Number(pid), parent: Number(parent), isGone: state.startsWith('Z') }))
}

/** `12 (a name) S 1 …`; a name may hold brackets. */
function readProcess(pid: string): readonly Process[] {
  try {
    const [state, parent] = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '').split(' ')
    return [{ pid: Number(pid), parent: Number(parent), isGone: state === 'Z' }]
  } catch {
    return []
  }
}
