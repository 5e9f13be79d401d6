import { after, describe } from 'node:test'
import { openPostgresLanes, sqliteLanes } from '../support/lanes.ts'
import { registerKeysContract } from './keys-contract.ts'
import { registerLaneContract } from './lane-contract.ts'
import { registerPurgeContract } from './purge-contract.ts'

for (const engine of [sqliteLanes, openPostgresLanes()]) {
  describe(engine.name, () => {
    after(engine.close)
    registerLaneContract(engine)
    registerKeysContract(engine)
    registerPurgeContract(engine)
  })
}
