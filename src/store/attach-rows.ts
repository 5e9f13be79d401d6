/** What a create hangs on its new row: rows made with it (deep insert), and existing ones that it binds. */
import { assert } from '../base/assert.ts'
import type { Guid } from '../base/guid.ts'
import { rowMissing } from '../plan/row-address.ts'
import type { Reference, Value } from '../plan/value.ts'
import type { Attachment, WriteRow } from '../plan/write-plan.ts'
import type { Column } from '../schema/column.ts'
import type { ManyToMany, OneToMany } from '../schema/relationship.ts'
import { demandPairing } from './demand-write.ts'
import { findId, findRow } from './find-row.ts'
import { linkPair } from './link-pair.ts'
import { refusePair } from './role-rules.ts'
import { setOrdinary } from './update-row.ts'
import type { Work } from './write-work.ts'

type CreateChild = (plan: WriteRow, work: Work, given?: ReadonlyMap<Column, Value>) => Promise<Reference>

export async function attachAll(attachments: readonly Attachment[], parent: Reference, createChild: CreateChild, work: Work): Promise<void> {
  for (const one of attachments) await attach(one, parent, createChild, work)
}

async function attach(one: Attachment, parent: Reference, createChild: CreateChild, work: Work): Promise<void> {
  switch (one.kind) {
    case 'create-child':
      await createChild(one.child, work, new Map([[lookupOf(one.relationship, work), parent]]))
      return
    case 'bind-child': {
      const child = await findRow(one.child, work)
      if (!child) throw rowMissing(one.child)
      await setOrdinary(one.child.table, child, new Map([[lookupOf(one.relationship, work), parent]]), work)
      return
    }
    case 'create-linked': {
      const other = await createChild(one.other, work)
      return attachPair(one, parent, other.id, work)
    }
    case 'bind-linked': {
      const other = await findId(one.other, work)
      if (!other) throw rowMissing(one.other)
      return attachPair(one, parent, other, work)
    }
  }
}

async function attachPair(
  { relationship, side }: { readonly relationship: ManyToMany; readonly side: 1 | 2 },
  parent: Reference,
  other: Guid,
  work: Work,
): Promise<void> {
  const ids = side === 1 ? ([parent.id, other] as const) : ([other, parent.id] as const)
  await demandPairing(relationship, ids, work)
  await refusePair(relationship, ids, 'link', work)
  await linkPair(relationship, side, parent.id, other, work)
}

export function lookupOf({ referencingTable, referencingColumn }: OneToMany, work: Work): Column {
  const column = work.moment.schema.tables.get(referencingTable)?.columns.get(referencingColumn)
  assert(column, `there is no lookup ${referencingTable}.${referencingColumn}`)
  return column
}
