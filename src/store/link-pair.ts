/**
 * Rows of intersect tables: one for each pair of a many-to-many relationship. The row's id is made from the pair, so that a pair that is
 * linked again after it was unlinked is the same row to whoever follows the changes.
 */
import { assert } from '../base/assert.ts'
import { Guid } from '../base/guid.ts'
import { relationshipOf } from '../plan/navigation.ts'
import { fail } from '../protocol/errors.ts'
import type { Column } from '../schema/column.ts'
import type { ManyToMany } from '../schema/relationship.ts'
import type { Table } from '../schema/table.ts'
import { auditLink } from './audit-changes.ts'
import { name, sql } from './sql/sql.ts'
import { storedName } from './sql/storage-names.ts'
import { deleteRow, insertRow, insertTombstone } from './sql/write-row.ts'
import { asRefusal } from './unique-violation.ts'
import type { Work } from './write-work.ts'
import { knownColumn } from '../plan/find-column.ts'

const MOVED_AT_ONCE = 100

/** `side`: on which side of the relationship `row` stands. */
export async function linkPair(relationship: ManyToMany, side: 1 | 2, row: Guid, other: Guid, work: Work): Promise<void> {
  const table = intersectOf(relationship, work)
  const [id1, id2] = side === 1 ? [row, other] : [other, row]
  if ((await findPair(table, relationship, id1, id2, work)) !== undefined) throw fail('DuplicateRow')
  const values = new Map<Column, Guid>([
    [knownColumn(table, table.primaryIdColumn), Guid.fromName(`${relationship.schemaName} ${id1} ${id2}`)],
    [knownColumn(table, relationship.table1Column), id1],
    [knownColumn(table, relationship.table2Column), id2],
  ])
  try {
    await insertRow(work.tx, table, values)
  } catch (error) {
    throw asRefusal(table, error)
  }
  await auditLink(relationship, 'link', [id1, id2], work)
}

/** Fails where the two are not linked. */
export async function unlinkPair(relationship: ManyToMany, side: 1 | 2, row: Guid, other: Guid, work: Work): Promise<void> {
  const table = intersectOf(relationship, work)
  const [id1, id2] = side === 1 ? [row, other] : [other, row]
  const id = await findPair(table, relationship, id1, id2, work)
  if (id === undefined) throw fail('RowNotFound', table.logicalName, `${id1}, ${id2}`)
  await deletePair(table, id, work)
}

/** What was linked with `from` is linked with `to`; what is linked with it already stays so. */
export async function movePairs(relationship: ManyToMany, side: 1 | 2, from: Guid, to: Guid, work: Work): Promise<void> {
  const table = intersectOf(relationship, work)
  const [own, other] = side === 1 ? [relationship.table1Column, relationship.table2Column] : [relationship.table2Column, relationship.table1Column]
  for (;;) {
    // A pair that was moved is gone, so each page is the first.
    const pairs = await work.tx.all(
      sql`select ${name(table.primaryIdColumn)}, ${name(other)} from ${name(table.logicalName)} where ${name(own)} = ${from} limit ${MOVED_AT_ONCE}${work.tx.dialect.forDelete}`,
    )
    for (const pair of pairs) {
      const linked = pair[other] as Guid
      const [id1, id2] = side === 1 ? [to, linked] : [linked, to]
      await deletePair(table, pair[storedName(table.primaryIdColumn)] as Guid, work)
      if ((await findPair(table, relationship, id1, id2, work)) === undefined) await linkPair(relationship, side, to, linked, work)
    }
    if (pairs.length < MOVED_AT_ONCE) return
  }
}

export async function deletePair(table: Table, id: Guid, work: Work): Promise<void> {
  const relationship = work.tx.audits() ? relationshipOf(work.moment.schema, table) : undefined
  const ends = relationship && (await endsOf(table, relationship, id, work))
  if (!(await deleteRow(work.tx, table, id))) return
  await insertTombstone(work.tx, table, id, work.moment.now)
  if (relationship && ends) await auditLink(relationship, 'unlink', ends, work)
}

async function endsOf(table: Table, { table1Column, table2Column }: ManyToMany, id: Guid, work: Work): Promise<readonly [Guid, Guid] | undefined> {
  const [one, two] = [name(table1Column), name(table2Column)]
  const row = await work.tx.get(sql`select ${one} as one, ${two} as two from ${name(table.logicalName)} where ${name(table.primaryIdColumn)} = ${id}`)
  return row && [row.one as Guid, row.two as Guid]
}

async function findPair(table: Table, relationship: ManyToMany, id1: Guid, id2: Guid, work: Work): Promise<Guid | undefined> {
  const id = name(table.primaryIdColumn)
  const [column1, column2] = [name(relationship.table1Column), name(relationship.table2Column)]
  const row = await work.tx.get(sql`select ${id} from ${name(table.logicalName)} where ${column1} = ${id1} and ${column2} = ${id2}`)
  return row?.[storedName(table.primaryIdColumn)] as Guid | undefined
}

/** The relationship whose pairs the table of this name holds. Undefined: a database of an older program has no such table. */
export function pairsIn(intersect: string, { moment }: Pick<Work, 'moment'>): ManyToMany | undefined {
  const table = moment.schema.tables.get(intersect)
  return table && relationshipOf(moment.schema, table)
}

export function intersectOf({ intersectTable }: ManyToMany, work: Work): Table {
  const table = work.moment.schema.tables.get(intersectTable)
  assert(table, `there is no intersect table ${intersectTable}`)
  return table
}
