/** Starts the load generator in its own process and waits for its one line. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LoadOrder, LoadResult } from './load.ts'

const run = promisify(execFile)

export async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'load.ts'), JSON.stringify(order)], {
    maxBuffer: 1 << 24,
  })
  return JSON.parse(stdout) as LoadResult
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
