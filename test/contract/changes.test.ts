import { sqliteEngine } from '../../src/store/test-engine.ts'
import { openPostgresEngine } from '../support/postgres/test-engine.ts'
import { registerChangesContract } from './changes-contract.ts'

registerChangesContract(sqliteEngine)
registerChangesContract(openPostgresEngine())
