import { after, describe } from 'node:test'
import { sqliteEngine } from '../../src/store/test-engine.ts'
import { openPostgresEngine } from '../support/postgres/test-engine.ts'
import { registerAnswersContract } from './answers-contract.ts'
import { registerAssignContract } from './assign-contract.ts'
import { registerBulkContract } from './bulk-contract.ts'
import { registerCreateContract } from './create-contract.ts'
import { registerDeleteContract } from './delete-contract.ts'
import { registerEscalationContract } from './escalation-contract.ts'
import { registerLongNamesContract } from './long-names-contract.ts'
import { registerMovePrincipalContract } from './move-principal-contract.ts'
import { registerPurgeAuditsContract } from './purge-audits-contract.ts'
import { registerSecurityRowsContract } from './security-rows-contract.ts'
import { registerUpdateContract } from './update-contract.ts'
import { registerUpsertContract } from './upsert-contract.ts'

for (const engine of [sqliteEngine, openPostgresEngine()]) {
  describe(engine.name, () => {
    after(engine.close)
    registerUpsertContract(engine)
    registerCreateContract(engine)
    registerUpdateContract(engine)
    registerDeleteContract(engine)
    registerBulkContract(engine)
    registerAssignContract(engine)
    registerMovePrincipalContract(engine)
    registerSecurityRowsContract(engine)
    registerAnswersContract(engine)
    registerEscalationContract(engine)
    registerPurgeAuditsContract(engine)
    registerLongNamesContract(engine)
  })
}
