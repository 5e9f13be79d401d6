/**
 * `npm run demo`: the example of Dataverse's data synchronization page. An account, its contact, region and owner are known by external
 * identifiers alone. Once in seven requests, once in one; then the change arrives at a reader through its delta link.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Config } from '../server/config.ts'
import { type DemoApi, demoApi } from './demo-api.ts'
import { setUp } from './demo-setup.ts'
import { startServing } from './serve.ts'

const ROUNDS = 25
const out = (line = '') => process.stdout.write(`${line}\n`)

async function main(): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'tidemark-demo-'))
  const server = await startServing(Config.parse({ port: 0, data, logLevel: 'error' }))
  try {
    out(`A server of its own at ${server.url}, in a folder that is removed at the end.`)
    const root = `${server.url}/api/data/v9.2`
    await setUp(demoApi(root))
    await show(root)
  } finally {
    await server.close()
    rmSync(data, { recursive: true, force: true })
  }
}

async function show(root: string): Promise<void> {
  const reader = demoApi(root)
  const columns = '$select=accountnumber,name,_primarycontactid_value,_new_regionid_value,_ownerid_value,statecode'
  const first = await reader.send('GET', `accounts?${columns}`, undefined, { Prefer: 'odata.track-changes' })
  await inOneCall(demoApi(root), 'warm-up')
  await inSevenCalls(demoApi(root), 'warm-up')
  const seven = await timed(root, inSevenCalls)
  const one = await timed(root, inOneCall)
  out()
  out('                         seven calls      one call')
  out(`requests              ${column(String(seven.requests))}${column(String(one.requests))}`)
  out(`median time           ${column(`${seven.ms.toFixed(2)} ms`)}${column(`${one.ms.toFixed(2)} ms`)}`)
  out(`transactions          ${column('3')}${column('1')}`)
  out()
  out('The one call:')
  out("  PATCH accounts(accountnumber='ABC123')   If-Match: *")
  for (const [name, value] of Object.entries(ONE_BODY('Contoso'))) out(`    ${name}: ${JSON.stringify(value)}`)
  const changes = await reader.send('GET', first['@odata.deltaLink'])
  out()
  out(`A reader that follows the delta link sees ${changes.value.length} changed row, in its final state:`)
  for (const [name, value] of Object.entries(changes.value[0] ?? {})) out(`    ${name}: ${JSON.stringify(value)}`)
}

const column = (text: string) => text.padStart(14)

async function timed(root: string, update: (api: DemoApi, name: string) => Promise<void>): Promise<{ requests: number; ms: number }> {
  const api = demoApi(root)
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    await update(api, `Contoso ${round}`)
    times.push(performance.now() - started)
  }
  return { requests: api.requests() / ROUNDS, ms: times.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0 }
}

/** What it takes where a row can be named by its id alone: look everything up, then update, set the state, assign. */
async function inSevenCalls(api: DemoApi, name: string): Promise<void> {
  const idOf = async (set: string, id: string, filter: string) =>
    (await api.send('GET', `${set}?$select=${id}&$filter=${encodeURIComponent(filter)}`)).value[0][id]
  const account = await idOf('accounts', 'accountid', "accountnumber eq 'ABC123'")
  const contact = await idOf('contacts', 'contactid', "emailaddress1 eq 'contact@company.com'")
  const region = await idOf('new_regions', 'new_regionid', "new_code eq 'NW'")
  const user = await idOf('systemusers', 'systemuserid', "internalemailaddress eq 'user@mycompany.com'")
  const row = `accounts(${account})`
  await api.send('PATCH', row, { statecode: 0, statuscode: 1 }, { 'If-Match': '*' })
  await api.send(
    'PATCH',
    row,
    { name, 'primarycontactid@odata.bind': `/contacts(${contact})`, 'new_RegionId@odata.bind': `/new_regions(${region})` },
    { 'If-Match': '*' },
  )
  await api.send('PATCH', row, { 'ownerid@odata.bind': `/systemusers(${user})` }, { 'If-Match': '*' })
}

const ONE_BODY = (name: string) => ({
  name,
  'primarycontactid@odata.bind': "/contacts(emailaddress1='contact@company.com')",
  'new_RegionId@odata.bind': "/new_regions(new_code='NW')",
  'ownerid@odata.bind': "/systemusers(internalemailaddress='user@mycompany.com')",
  statecode: 0,
  statuscode: 1,
})

async function inOneCall(api: DemoApi, name: string): Promise<void> {
  await api.send('PATCH', "accounts(accountnumber='ABC123')", ONE_BODY(name), { 'If-Match': '*' })
}

main().catch((cause: unknown) => {
  process.stderr.write(`demo: ${cause instanceof Error ? cause.message : String(cause)}\n`)
  process.exitCode = 1
})
