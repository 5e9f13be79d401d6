/** `npm run test:postgres`: the tests of what clients see, with servers whose rows are in PostgreSQL; or only the files named after `--`. */
import { spawnSync } from 'node:child_process'

const named = process.argv.slice(2)

const { status } = spawnSync(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-global-setup=test/support/postgres/global-setup.ts',
    '--test-concurrency=2',
    '--test-timeout=300000',
    ...(named.length > 0 ? named : ['test/{conformance,sdk,postgres}/**/*.test.ts']),
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, TIDEMARK_TEST_ENGINE: 'postgres' },
  },
)
process.exitCode = status ?? 1
