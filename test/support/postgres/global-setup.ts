/**
 * For `node --test --test-global-setup`: one PostgreSQL for all test files of a run, where none is given; and where servers run on it, a database
 * in which one has started before, which is copied for each further server: its tables and first rows take longer to write than to copy.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../start-server.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { freshDatabase, type TestDatabase } from './test-database.ts'

let cluster: Cluster | undefined
let template: TestDatabase | undefined

export async function globalSetup(): Promise<void> {
  try {
    if (!process.env.TIDEMARK_TEST_POSTGRES) {
      cluster = await startCluster()
      process.env.TIDEMARK_TEST_POSTGRES = cluster.url
    }
    if (process.env.TIDEMARK_TEST_ENGINE === 'postgres') {
      template = await makeTemplate()
      process.env.TIDEMARK_TEST_TEMPLATE = template.name
    }
  } catch (error) {
    // The tests that need it fail by themselves; the others can do without.
    console.error(error)
  }
}

export async function globalTeardown(): Promise<void> {
  await template?.drop()
  await cluster?.[Symbol.asyncDispose]()
}

async function makeTemplate(): Promise<TestDatabase> {
  const database = await freshDatabase()
  const data = mkdtempSync(join(tmpdir(), 'tidemark-'))
  try {
    await using server = await startServer({ data, database: database.url })
    await server.stop()
    return database
  } catch (error) {
    await database.drop()
    throw error
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}
