/**
 * `Merge` → a plan: of two rows for one thing, the target stays and the subordinate gives way to it.
 * `{"Target":{…},"Subordinate":{…},"UpdateContent":{"@odata.type":"Microsoft.Dynamics.CRM.account","fax":"1"},"PerformParentingChecks":false}`
 * What the target shall take over stands in `UpdateContent`; nothing else of the two rows is read.
 */
import { fail } from '../protocol/errors.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import type { Schema } from '../schema/schema.ts'
import { flagOf } from '../schema/metadata/metadata-body.ts'
import { actionBody } from './action-body.ts'
import { bindEntity, parseEntity } from './bind-entity.ts'
import type { Chance } from './bind-row.ts'
import { planAddressed } from './plan-write.ts'
import type { RowAddress } from './row-address.ts'
import type { Merge, WriteRow } from './write-plan.ts'

/** Of the original's four (`lead` and `incident` belong to its applications), those that are here, with the lookup to their parent. */
const PARENTS: { readonly [table: string]: string } = { account: 'parentaccountid', contact: 'parentcustomerid' }

const PARAMETERS: readonly string[] = ['Target', 'Subordinate', 'UpdateContent', 'PerformParentingChecks']

export function planMerge(json: JsonValue | undefined, schema: Schema, chance: Chance): Merge {
  const body = actionBody(json, 'Merge', PARAMETERS)
  const target = bindEntity(body.Target, 'Target', schema)
  const subordinate = bindEntity(body.Subordinate, 'Subordinate', schema)
  const { table } = target
  const parent = Object.hasOwn(PARENTS, table.logicalName) ? table.columns.get(PARENTS[table.logicalName] ?? '') : undefined
  if (!parent) throw fail('MessageNotSupported', 'Merge', table.logicalName)
  if (subordinate.table !== table)
    throw fail('InvalidArgument', `A row of '${subordinate.table.logicalName}' cannot be merged into a row of '${table.logicalName}'.`)
  const checksParent = flagOf(body, 'PerformParentingChecks') ?? false
  return { kind: 'merge', table, target, subordinate, update: planContent(body.UpdateContent ?? undefined, target, schema, chance), parent, checksParent }
}

/** Without content the target is written too: it is not what it was, and whoever follows the changes hears of it. */
function planContent(json: JsonValue | undefined, target: RowAddress, schema: Schema, chance: Chance): WriteRow {
  const content = json === undefined ? { members: [] } : parseEntity(json, 'UpdateContent')
  if (content.members.length > 0 && content.type === undefined) throw fail('BadPayload', target.table.entitySetName, "'UpdateContent' needs '@odata.type'.")
  return planAddressed(target, content, 'update', { kind: 'none' }, undefined, schema, chance)
}
