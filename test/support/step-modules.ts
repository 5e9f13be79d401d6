/** Modules of steps for a test's server: written to a folder of their own, with a file in which they note what they are told. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type StepModules = {
  readonly folder: string
  /** What steps have noted since the last time, a line each, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests note things of every shape
  readonly noted: () => readonly any[]
  readonly remove: () => void
}

/** `bodies`: of functions that are given `register`, `note` and `InvalidPluginExecutionException`, by file name. */
export function makeStepModules(bodies: { readonly [file: string]: string }): StepModules {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-steps-'))
  const notes = join(folder, 'notes.txt')
  writeFileSync(notes, '')
  let read = 0
  for (const [file, body] of Object.entries(bodies)) {
    const text = `import { appendFileSync } from 'node:fs'
const note = (thing) => appendFileSync(${JSON.stringify(notes)}, JSON.stringify(thing) + '\\n')
export default ({ register, InvalidPluginExecutionException }) => {\n${body}\n}\n`
    writeFileSync(join(folder, file), text)
  }
  function noted() {
    const lines = readFileSync(notes, 'utf8').split('\n').filter(Boolean)
    const fresh = lines.slice(read)
    read = lines.length
    return fresh.map((line) => JSON.parse(line))
  }
  return { folder, noted, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Asks until there is an answer. */
export async function until<T>(ask: () => Promise<T | undefined> | T | undefined, milliseconds = 15_000): Promise<T> {
  const end = performance.now() + milliseconds
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error('it does not come about')
    await new Promise((done) => setTimeout(done, 10))
  }
}
