/** For `node --test --test-global-setup`: one PostgreSQL for all test files of a run, where none is given. */
import { type Cluster, startCluster } from './cluster.ts'

let cluster: Cluster | undefined

export async function globalSetup(): Promise<void> {
  if (process.env.TIDEMARK_TEST_POSTGRES) return
  try {
    cluster = await startCluster()
    process.env.TIDEMARK_TEST_POSTGRES = cluster.url
  } catch (error) {
    // The tests that need it fail by themselves; the others can do without.
    console.error(error)
  }
}

export async function globalTeardown(): Promise<void> {
  await cluster?.[Symbol.asyncDispose]()
}
