/** `npm run test:long`: the tests that try to break a promise, for as long as it takes (about half an hour): many kills, long races, 100,000 requests and more. */
import { spawnSync } from 'node:child_process'

const { status } = spawnSync(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-global-setup=test/support/postgres/global-setup.ts',
    '--test-timeout=3600000',
    'test/process/*.test.ts',
    'test/postgres/*.test.ts',
    'test/conformance/{rights-matrix,unreached-rows,unseen-rows}.test.ts',
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, TIDEMARK_TEST_LONG: '1' },
  },
)
process.exitCode = status ?? 1
