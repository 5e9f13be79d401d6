/** For tests: requests in short, planned and run as the server does it. `await write.patch("accounts(accountnumber='A1')", { name: 'A' })`. */
import { Guid } from '../base/guid.ts'
import { bindAddress } from '../plan/bind-address.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import type { WritePlan } from '../plan/plan.ts'
import { type BulkAction, planBulk } from '../plan/plan-bulk.ts'
import { planAddReference, planRemoveReference, planSetReference } from '../plan/plan-references.ts'
import { planCreate, planDelete, planUpdate } from '../plan/plan-write.ts'
import type { RowAddress } from '../plan/row-address.ts'
import type { Precondition } from '../protocol/precondition.ts'
import { type JsonValue, parseRowBody } from '../protocol/row-json.ts'
import { parseRowReference } from '../protocol/row-reference.ts'
import type { Table } from '../schema/table.ts'
import { runWrite } from './run-write.ts'
import { sql } from './sql/sql.ts'
import type { TestStore } from './test-transaction.ts'

type Json = { readonly [name: string]: JsonValue }
export type Writes = ReturnType<typeof writesOn>

const chance = { newId: Guid.next }
const NONE: Precondition = { kind: 'none' }

export function writesOn(store: TestStore) {
  const { schema } = store.moment
  // As the store does it: what throws leaves nothing behind.
  const run = async (plan: WritePlan): Promise<WriteOutcome> => {
    await store.tx.run(sql`savepoint request`)
    try {
      const outcome = await runWrite(plan, store.tx, store.moment)
      await store.tx.run(sql`release request`)
      return outcome
    } catch (error) {
      await store.tx.run(sql`rollback to request`)
      await store.tx.run(sql`release request`)
      throw error
    }
  }
  const setOf = (name: string): Table => {
    const table = schema.sets.get(name)
    if (!table) throw new Error(`bug: there is no set ${name}`)
    return table
  }
  const address = (url: string): RowAddress => {
    const reference = parseRowReference(url)
    if (reference.kind !== 'row') throw new Error(`bug: ${url} is no row`)
    return bindAddress(setOf(reference.entitySet), reference.predicate, new Map())
  }
  return {
    run,
    address,
    /** Gives the new row's id. */
    create: async (set: string, body: Json): Promise<Guid> => {
      const outcome = await run(planCreate(setOf(set), parseRowBody(body, set), undefined, schema, chance))
      if (outcome.kind !== 'created') throw new Error(`bug: a create gave ${outcome.kind}`)
      return outcome.id
    },
    patch: (url: string, body: Json, precondition = NONE): Promise<WriteOutcome> =>
      run(planUpdate(address(url), parseRowBody(body, 'set'), precondition, undefined, schema, chance)),
    remove: (url: string, precondition = NONE): Promise<WriteOutcome> => run(planDelete(address(url), precondition)),
    link: (url: string, navigation: string, other: string) => run(planAddReference(address(url), navigation, parseRowReference(other), schema)),
    setReference: (url: string, navigation: string, other: string) => run(planSetReference(address(url), navigation, parseRowReference(other), schema, chance)),
    unlink: (url: string, navigation: string, other?: string) =>
      run(planRemoveReference(address(url), navigation, other === undefined ? undefined : parseRowReference(other), schema, chance)),
    bulk: (action: BulkAction, set: string, targets: readonly Json[], deleteMultiple = false) => {
      const table = setOf(set)
      const bodies = targets.map((target) => parseRowBody({ '@odata.type': `Microsoft.Dynamics.CRM.${table.logicalName}`, ...target }, set))
      return run(planBulk(action, table, bodies, deleteMultiple, schema, chance))
    },
  }
}
