/**
 * `npm run bench` measures every figure, `npm run bench -- upsert start` some; the results are kept in `bench/results`, in a table for
 * people and as JSON. Figures that were not measured this time stay as they were.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './support/figure.ts'

const NAMES = [
  'get-by-key',
  'upsert',
  'upsert-multiple',
  'delta-page',
  'delta-cost',
  'start',
  'group-commit',
  'scan-interference',
  'key-build',
  'query-page',
  'deep-page',
  'plan-query',
  'row-rights',
  'postgres-requests',
  'postgres-bulk',
  'postgres-delta',
  'postgres-servers',
] as const
type Name = (typeof NAMES)[number]
type Measured = { readonly at: string; readonly figures: readonly Figure[] }
type Results = { readonly [name in Name]?: Measured }

const FOLDER = join(import.meta.dirname, 'results')
const JSON_FILE = join(FOLDER, 'latest.json')

async function main(asked: readonly string[]): Promise<void> {
  const unknown = asked.find((name) => !NAMES.includes(name as Name))
  if (unknown !== undefined) throw new Error(`there is no figure '${unknown}': ${NAMES.join(', ')}`)
  mkdirSync(FOLDER, { recursive: true })
  for (const name of asked.length > 0 ? (asked as readonly Name[]) : NAMES) {
    process.stdout.write(`\n${name}\n`)
    const { measure } = (await import(`./${name}.ts`)) as { measure: () => Promise<readonly Figure[]> }
    const figures = await measure()
    for (const one of figures)
      process.stdout.write(`  ${one.isMet ? 'met   ' : 'MISSED'} ${one.ratio} (${one.target})  ${one.figure}: ${one.measured}, limit ${one.limit}\n`)
    keep({ ...kept(), [name]: { at: new Date().toISOString(), figures } })
  }
}

function kept(): Results {
  try {
    return JSON.parse(readFileSync(JSON_FILE, 'utf8')) as Results
  } catch {
    return {}
  }
}

function keep(results: Results): void {
  writeFileSync(JSON_FILE, `${JSON.stringify(results, undefined, 2)}\n`)
  writeFileSync(join(FOLDER, 'latest.md'), format(results))
}

function format(results: Results): string {
  const lines = NAMES.flatMap((name) => (results[name]?.figures ?? []).map((one) => row(one, name)))
  const machine = `${cpus().length} cores, Node.js ${process.versions.node}`
  return `# Figures

Written by \`npm run bench\`. Both sides of a ratio are measured by turns in one run; medians. ${machine}.

| figure | measured | limit in the same run | ratio | target | met | bench |
|---|---|---|---|---|---|---|
${lines.join('\n')}
`
}

function row({ figure, measured, limit, ratio, target, isMet }: Figure, name: Name): string {
  return `| ${[figure, measured, limit, ratio, target, isMet ? 'yes' : 'no', `\`${name}\``].join(' | ')} |`
}

await main(process.argv.slice(2))
