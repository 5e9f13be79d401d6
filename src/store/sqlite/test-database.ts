/** For tests of the store on SQLite: a folder that goes away with its test, a small schema, plain rows in it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fold } from '../../base/fold.ts'
import { Guid } from '../../base/guid.ts'
import { testKey, testTable } from '../../plan/test-schema.ts'
import { Schema } from '../../schema/schema.ts'
import type { AlternateKey, KeyStatus, Table } from '../../schema/table.ts'
import { name, sql } from '../sql/sql.ts'
import type { Job, WriteTransaction } from '../write-lane.ts'
import { openWriter, runAlone, type Writer, type WriterOptions } from './writer.ts'

const text = { type: 'string', maxLength: 100, format: 'Text' } as const

/** `part`: a primary name, a code (the key's column), a number. */
export function partTable(keys: readonly AlternateKey[] = []): Table {
  return testTable('part', { name: text, code: text, size: { type: 'integer', min: 0, max: 1_000_000, format: 'None' } }, { keys })
}

export function partSchema(version: number, status?: KeyStatus): Schema {
  return Schema.of(version, { tables: [partTable(status ? [testKey('bycode', ['code'], status)] : [])], relationships: [], choices: [] })
}

/** Removed after the test, once what is open in it has been closed. */
export function tempFolder(test: TestContext, close: () => void | Promise<void> = () => {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-'))
  test.after(async () => {
    await close()
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** Tests do not wait for the disk. */
export async function openParts(path: string, options: WriterOptions = {}): Promise<Writer> {
  const writer = openWriter(path, { durability: 'normal', ...options })
  if (writer.schema().tables.size === 0) await runOne(writer, (tx) => tx.changeSchema(partSchema(1), [{ kind: 'create-table', table: partTable() }]))
  return writer
}

/** A group of one; throws what the job threw. */
export function runOne<T>(writer: Writer, job: Job<T>): Promise<T> {
  return runAlone(writer)(job)
}

/** As the write path does: with the folded name, and the folded code where there is a column for it. */
export async function insertPart(transaction: WriteTransaction, title: string, code: string | null, isFolded = false): Promise<Guid> {
  const id = Guid.next()
  const version = transaction.nextVersion()
  const shadow = isFolded ? [sql`, ${name('code$fold')}`, sql`, ${code === null ? null : fold(code)}`] : [sql``, sql``]
  await transaction.run(
    sql`insert into part (partid, name, name$fold, code, versionnumber${shadow[0] ?? sql``}) values (${id}, ${title}, ${fold(title)}, ${code}, ${version}${shadow[1] ?? sql``})`,
  )
  return id
}

export async function countParts(writer: Writer): Promise<number> {
  return runOne(writer, async (tx) => Number((await tx.get(sql`select count(*) as n from part`))?.n))
}
