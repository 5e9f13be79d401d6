import { after, describe } from 'node:test'
import { sqliteEngine } from '../../src/store/test-engine.ts'
import { openPostgresEngine } from '../support/postgres/test-engine.ts'
import { registerExpandContract } from './expand-contract.ts'
import { registerFetchFilterContract } from './fetch-filter-contract.ts'
import { registerFilterContract } from './filter-contract.ts'
import { registerFilterRelatedContract } from './filter-related-contract.ts'
import { registerFilterWordsContract } from './filter-words-contract.ts'
import { registerOrderContract } from './order-contract.ts'
import { registerResultsContract } from './results-contract.ts'
import { registerRowsContract } from './rows-contract.ts'
import { registerStandardTablesContract } from './standard-tables-contract.ts'

for (const engine of [sqliteEngine, openPostgresEngine()]) {
  describe(engine.name, () => {
    after(engine.close)
    registerRowsContract(engine)
    registerExpandContract(engine)
    registerFilterContract(engine)
    registerFilterWordsContract(engine)
    registerFilterRelatedContract(engine)
    registerFetchFilterContract(engine)
    registerOrderContract(engine)
    registerResultsContract(engine)
    registerStandardTablesContract(engine)
  })
}
