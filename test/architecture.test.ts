/** The borders between folders (ARCHITECTURE.md), the naming rules, and the size of files, held by reading every source file. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../src')

/** Which folders a folder may import besides itself; whether it may import `node:*`. */
const BORDERS: { readonly [folder: string]: { readonly may: readonly string[]; readonly node: boolean } } = {
  base: { may: [], node: false },
  protocol: { may: ['base'], node: false },
  schema: { may: ['base', 'protocol'], node: false },
  plan: { may: ['base', 'protocol', 'schema'], node: false },
  store: { may: ['base', 'protocol', 'schema', 'plan'], node: true },
  steps: { may: ['base', 'protocol', 'schema', 'plan', 'store'], node: true },
  server: { may: ['base', 'protocol', 'schema', 'plan', 'store'], node: true },
  cli: { may: ['base', 'protocol', 'schema', 'plan', 'store', 'steps', 'server'], node: true },
}

const BANNED_NAMES = /(^|\/)(util|utils|helpers|common|misc|manager|service|types|interfaces|index)\.ts$/
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const sources = files.filter((file) => !file.endsWith('.test.ts') && !file.endsWith('test-schema.ts'))

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/^(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm)].map((match) => match[1] ?? '')
}

test('the test reads the source at all', () => {
  assert.ok(sources.length > 80, `only ${sources.length} files found`)
  assert.ok(sources.some((file) => importsOf(file).length > 3))
})

test('every folder imports only what its border allows', () => {
  const broken: string[] = []
  for (const file of sources) {
    const folder = file.split('/')[0] ?? ''
    const border = BORDERS[folder]
    if (!border) {
      broken.push(`${file}: folder ${folder} has no border`)
      continue
    }
    for (const name of importsOf(file)) {
      if (name.startsWith('node:')) {
        if (!border.node) broken.push(`${file} imports ${name}`)
        continue
      }
      if (!name.startsWith('.')) {
        if (!border.node) broken.push(`${file} imports the package ${name}`)
        continue
      }
      const target = relative(root, resolve(root, dirname(file), name)).split('/')[0] ?? ''
      if (target !== folder && !border.may.includes(target)) broken.push(`${file} imports ${name}`)
    }
  }
  assert.deepEqual(broken, [])
})

test('planning has no async', () => {
  const broken = sources.filter(
    (file) => file.startsWith('plan/') && /\basync\b|\bawait\b|Promise</.test(readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')),
  )
  assert.deepEqual(broken, [])
})

test('imports name the file that defines', () => {
  const broken = sources.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith('.') && !name.endsWith('.ts'))
      .map((name) => `${file}: ${name}`),
  )
  assert.deepEqual(broken, [])
})

test('no file has a name that says nothing, and none is above 300 lines', () => {
  assert.deepEqual(
    files.filter((file) => BANNED_NAMES.test(file)),
    [],
  )
  const long = sources.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 301)
  assert.deepEqual(long, [])
})

test('there are no default exports', () => {
  assert.deepEqual(
    sources.filter((file) => /^export default/m.test(readFileSync(join(root, file), 'utf8'))),
    [],
  )
})
