import { after, describe } from 'node:test'
import { sqliteEngine } from '../../src/store/test-engine.ts'
import { openPostgresEngine } from '../support/postgres/test-engine.ts'
import { registerChangesContract } from './changes-contract.ts'

for (const engine of [sqliteEngine, openPostgresEngine()]) {
  describe(engine.name, () => {
    after(engine.close)
    registerChangesContract(engine)
  })
}
