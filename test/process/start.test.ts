/** Starting the server where it cannot run: it ends by itself, with one line that says why. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runJson } from '../support/command.ts'
import { servesPostgres } from '../support/postgres/database-of-folder.ts'
import { startServer } from '../support/start-server.ts'

const skip = servesPostgres && 'it is about SQLite’s file'

test('a port that is taken, a folder that is taken and a file in the way end the start with one clear line', { skip }, async () => {
  await using first = await startServer()
  const { port } = new URL(first.url)
  const inTheWay = join(first.data, 'tidemark.db')
  for (const [options, text] of [
    [{ args: ['--port', port] }, `port ${port} of 127.0.0.1 is in use`],
    [{ data: first.data }, `${inTheWay} is in use by another running server`],
    [{ data: inTheWay }, `the data folder ${inTheWay} cannot be made`],
  ] as const) {
    await assert.rejects(startServer(options), (error: Error) => {
      assert.match(error.message, /ended with [1-9]/)
      assert.ok(error.message.includes(text), error.message)
      assert.equal(error.message.trim().split('\n').length, 2, error.message)
      return true
    })
  }
})

test('what is no database is refused by its name and left alone', { skip }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'tidemark-'))
  const file = join(data, 'tidemark.db')
  writeFileSync(file, 'some other file\n'.repeat(500))
  await assert.rejects(startServer({ data }), (error: Error) =>
    error.message.includes(`The database ${file} cannot be opened for writing: file is not a database.`),
  )
  assert.equal(readFileSync(file, 'utf8'), 'some other file\n'.repeat(500))
  rmSync(data, { recursive: true })
})

test('a database file may stand anywhere; the command line finds the server that has it open, and the file without one', { skip }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'tidemark-'))
  const file = join(data, 'elsewhere', 'rows.db')
  const place = ['--data', join(data, 'own'), '--database', `sqlite:${file}`]
  const named = async () => (await runJson('user', 'list', ...place)).map(({ name }: { readonly name: string }) => name)
  {
    await using server = await startServer({ data: join(data, 'own'), args: ['--database', `sqlite:${file}`] })
    await runJson('user', 'add', ...place, '--name', 'Reader')
    assert.ok((await named()).includes('Reader'))
    const { value } = await (await fetch(`${server.api}/systemusers?$filter=fullname eq 'Reader'`)).json()
    assert.equal(value.length, 1)
    await server.stop()
  }
  assert.ok((await named()).includes('Reader'))
  assert.ok(existsSync(file) && !existsSync(join(data, 'own', 'tidemark.db')))
  rmSync(data, { recursive: true })
})

test('a database that is none of the two kinds is refused by name', async () => {
  await assert.rejects(startServer({ args: ['--database', 'mysql://localhost/rows'] }), /--database <url>: it is sqlite:<file> or postgres:/)
})
