/** What others make of `$metadata`: the OASIS converter in strict mode, the odata2ts generator, TypeScript, and our own strict reader. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { METADATA_SETS } from '../../src/plan/metadata-path.ts'
import { METADATA_OPERATIONS } from '../../src/plan/plan-metadata-action.ts'
import { csdl } from '../../src/schema/csdl.ts'
import { everything } from '../../src/schema/csdl-sample.ts'
import { standard } from '../../src/schema/edit-sample.ts'
import { Schema } from '../../src/schema/schema.ts'
import { OPERATION_NAMES } from '../../src/server/operations.ts'
import { validateCsdl } from '../support/validate-csdl.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const plain = csdl(everything, { annotations: false })
const documents = {
  plain,
  annotated: csdl(everything, { annotations: true }),
  standard: csdl(standard, { annotations: true }),
  'without any table': csdl(Schema.of(1, { tables: [], relationships: [], choices: [] }), { annotations: true }),
}

for (const [name, xml] of Object.entries(documents)) {
  test(`the document is sound: ${name}`, () => {
    const xmlToJson: (xml: string, options: { strict: boolean }) => object = createRequire(import.meta.url)('odata-csdl').xml2json
    assert.equal('$EntityContainer' in xmlToJson(xml, { strict: true }), true)
    assert.deepEqual(validateCsdl(xml), [])
  })
}

/** One thing broken at a time: a validator that accepts everything would prove nothing. */
const BREAKS: readonly (readonly [what: string, from: string | RegExp, to: string, complaint: RegExp])[] = [
  ['a type that is not there', 'Type="mscrm.Label"', 'Type="mscrm.Lable"', /no type of values/],
  ['a navigation property to a value', 'Type="mscrm.account" Partner', 'Type="mscrm.Label" Partner', /no entity type/],
  ['a partner that is not there', 'Partner="new_UsedBy"', 'Partner="new_Nothing"', /partner new_Nothing .* not declared/],
  ['a partner of another relationship', 'Partner="new_UsedBy"', 'Partner="new_ParentId"', /has another partner/],
  ['a key that may be null', /(<Property Name="new_widgetid" Type="Edm.Guid") Nullable="false"/, '$1', /may be null/],
  ['a key that is not there', '<PropertyRef Name="new_widgetid"/>', '<PropertyRef Name="new_other"/>', /key new_other/],
  ['a constraint on nothing', 'Property="_new_accountid_value" R', 'Property="_new_nothing_value" R', /not declared/],
  ['a constraint between types', /(Name="_new_accountid_value" Type=)"Edm.Guid"/, '$1"Edm.String"', /ties Edm.String to Edm.Guid/],
  ['a binding to no set', 'Path="new_AccountId" Target="accounts"', 'Path="new_AccountId" Target="nothings"', /no set/],
  ['a binding to a set of others', 'Path="new_AccountId" Target="accounts"', 'Path="new_AccountId" Target="contacts"', /which holds/],
  ['a binding of no navigation', 'Path="new_AccountId" Target="accounts"', 'Path="new_name" Target="accounts"', /no navigation property/],
  ['a property that is inherited', /(Name="new_call"[^>]*>\n<Property) Name="importsequencenumber"/, '$1 Name="subject"', /inherited already/],
  ['two names that camel case makes one', '<Property Name="new_count"', '<Property Name="newCODE"', /new_code have one name|newCODE and/],
  [
    'two overloads for one set',
    /Name="UpdateMultiple"( IsBound="true">\n<Parameter Name="entityset" Type="Collection\(mscrm\.new_widget\)")/,
    'Name="CreateMultiple"$1',
    /cannot be told apart/,
  ],
  ['a set of contained things', '<NavigationProperty Name="new_UsedBy"', '<NavigationProperty ContainsTarget="true" Name="new_UsedBy"', /is contained/],
  ['an import of nothing', 'Function="Microsoft.Dynamics.CRM.WhoAmI"', 'Function="Microsoft.Dynamics.CRM.WhoIsIt"', /no unbound/],
  ['a set of no type', 'EntityType="Microsoft.Dynamics.CRM.new_widget"', 'EntityType="Microsoft.Dynamics.CRM.new_gadget"', /no entity type/],
  ['a set that is there twice', '<EntitySet Name="new_rules"', '<EntitySet Name="new_widgets"', /set name collides/],
  ['a base that is not there', 'Name="new_rule" BaseType="mscrm.crmbaseentity"', 'Name="new_rule" BaseType="mscrm.nothing"', /not declared/],
  ['an alternate key on nothing', 'PropertyPath="new_code"', 'PropertyPath="new_cod"', /alternate key/],
]

for (const [what, from, to, complaint] of BREAKS) {
  test(`our reader finds ${what}`, () => {
    const broken = documents.plain.replace(from, to)
    assert.notEqual(broken, documents.plain)
    const complaints = validateCsdl(broken)
    assert.ok(
      complaints.some((one) => complaint.test(one)),
      complaints.join('\n') || 'no complaint',
    )
  })
}

test('every operation and every set of definitions that the server answers is declared', () => {
  for (const name of METADATA_OPERATIONS) assert.match(plain, new RegExp(`<(Function|Action)Import Name="${name}"`), name)
  for (const name of METADATA_SETS) assert.match(plain, new RegExp(`<EntitySet Name="${name}"`), name)
  for (const name of OPERATION_NAMES) assert.match(plain, new RegExp(`<(Function|Action)Import Name="${name}"`), name)
})

/** Models, query objects and services. The configuration takes the number alone; by a name it makes models, and says nothing. */
const EVERYTHING = 3

/** With one file for each type: its default, one file for all, takes twenty times as long. */
async function generate(xml: string, directory: string, more: string): Promise<string> {
  const output = join(directory, 'generated')
  await mkdir(output)
  await writeFile(join(directory, 'metadata.xml'), xml)
  await writeFile(join(directory, 'tsconfig.json'), '{"compilerOptions":{}}')
  const service = `{ source: 'metadata.xml', output: 'generated', mode: ${EVERYTHING} }`
  await writeFile(
    join(directory, 'odata2ts.config.cjs'),
    `module.exports = { bundledFileGeneration: false, emitMode: 'ts', ${more} services: { tidemark: ${service} } }\n`,
  )
  const cli = join(root, 'node_modules/@odata2ts/odata2ts/lib/run-cli.js')
  const { stdout } = await run(process.execPath, ['--import', join(root, 'test/support/odata2ts-typescript.ts'), cli], { cwd: directory })
  assert.match(stdout, /Successfully finished!/)
  return output
}

const tsconfig = JSON.stringify({
  compilerOptions: {
    target: 'esnext',
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    lib: ['esnext', 'dom'],
  },
  include: ['generated'],
})

async function sourcesOf(directory: string): Promise<string> {
  const files = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith('.ts'))
  return (await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')))).join('\n')
}

for (const [what, more] of [
  ['names as they are', ''],
  ['names in camel case', 'allowRenaming: true,'],
] as const) {
  test(`odata2ts makes a client of it that compiles, ${what}`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-csdl-'))
    try {
      const text = await sourcesOf(await generate(plain, directory, more))
      const names =
        more === '' ? ['new_widget', 'systemuser', 'EntityMetadata', 'WhoAmIResponse'] : ['NewWidget', 'Systemuser', 'EntityMetadata', 'WhoAmIResponse']
      for (const name of names) assert.match(text, new RegExp(`export interface ${name}\\b`), name)
      assert.match(text, more === '' ? /new_CustomerId_account\?: account \| null/ : /newCustomerIdAccount\?: Account \| null/)
      assert.match(text, more === '' ? /export class accountService</ : /export class AccountService</)
      await writeFile(join(directory, 'tsconfig.json'), tsconfig)
      await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
      await run(join(root, 'node_modules/.bin/tsc'), ['-p', directory])
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
}
