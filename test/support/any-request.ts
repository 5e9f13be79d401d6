/**
 * Requests that a server might see. Each begins as one that makes sense: a path of some kind, options and a body that suit it. Then one or the other
 * of its words is replaced by one that does not, and now and then its text is damaged.
 * What would take the ground from under the others (deleting their definitions, touching users and units) is turned into a read.
 */
import fc from 'fast-check'

export type AnyRequest = {
  readonly method: string
  readonly path: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string | Uint8Array | undefined
}

/** Rows that are there. */
export type Ground = { readonly part: string; readonly account: string; readonly contact: string }

const CRM = 'Microsoft.Dynamics.CRM'
const NOBODY = '00000000-0000-0000-0000-00000000dead'
const MOMENT = '2026-01-01T00:00:00Z'

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values)
/** `weight` times as often the first as the second. */
const mostly = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>, weight = 10) => fc.oneof({ arbitrary: usual, weight }, { arbitrary: other, weight: 1 })
const some = <T>(item: fc.Arbitrary<T>, maxLength: number) => fc.array(item, { maxLength, size: 'max' })

export function anyRequest(ground: Ground): fc.Arbitrary<AnyRequest> {
  const parts = {
    path: anyPath(ground),
    readOptions: anyReadOptions(ground),
    writeOptions: mostly(oneOf('', '$select=new_number', 'tag=x'), anyReadOptions(ground)),
    bodies: anyBodies(ground),
    method: anyMethod,
    headers: anyHeaders,
    damage: anyDamage(8),
    bodyDamage: anyDamage(8),
  }
  return fc.record(parts).map((one) => {
    const method = one.method === 'usual' ? one.path.method : one.method
    const isRead = method === 'GET' || method === 'HEAD'
    const options = isRead ? one.readOptions : one.writeOptions
    const path = damaged(encode(joined(one.path.text, options)), one.damage)
    const body = isRead || method === 'DELETE' ? undefined : damagedBody(one.bodies[one.path.body], one.bodyDamage)
    const type = one.path.body === 'batch' ? { 'Content-Type': 'multipart/mixed; boundary=b' } : {}
    return { method: isHarmless(method, path) && isSendable(method, path) ? method : 'GET', path, headers: { ...type, ...one.headers }, body }
  })
}

function joined(path: string, options: string): string {
  return options === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${options}`
}

const anyMethod = mostly(oneOf('usual'), oneOf('GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'SEARCH'), 12)

function isHarmless(method: string, url: string): boolean {
  if (method === 'GET' || method === 'HEAD') return true
  if (/systemusers|businessunits|organizations|teams|roles|currencies/i.test(url)) return false
  return method !== 'DELETE' || !/Definitions/i.test(url)
}

/** What is no HTTP is answered without regard to its method: a HEAD client does not expect the body. */
function isSendable(method: string, path: string): boolean {
  return method !== 'HEAD' || /^[!-~]*$/.test(path)
}

// Paths, each with the method and the kind of body that it is for

type Shape = { readonly text: string; readonly method: string; readonly body: keyof Bodies }

function anyPath(ground: Ground): fc.Arbitrary<Shape> {
  const { contact, account } = ground
  const shapes = (method: string, body: Shape['body'], texts: fc.Arbitrary<string>) => texts.map((text): Shape => ({ text, method, body }))
  const row = anyRow(ground)
  const member = (names: fc.Arbitrary<string>) => fc.tuple(row, names).map((parts) => parts.join('/'))
  const columns = mostly(oneOf('new_number', 'new_stock', 'new_price', 'new_day', 'new_sold'), oneOf('new_partid', 'createdon', 'statecode', '_new_makerid_value', 'nothing', 'new_MakerId', ''), 5)
  const wild = fc.tuple(oneOf(...SETS, 'nothings', 'New_Parts', 'new_part', '$all', '..', 'accounts(', "'"), mostly(oneOf(''), row.map((text) => text.slice(text.indexOf('('))), 2), mostly(oneOf(''), oneOf('/$count', '/$ref', '/$value', '/nothing', '/Attributes', '/new_number'), 3)).map((parts) => parts.join(''))
  return fc.oneof(
    { arbitrary: shapes('GET', 'row', oneOf('new_parts', 'new_parts', 'accounts', 'contacts', 'systemusers', 'new_parts/$count')), weight: 8 },
    { arbitrary: shapes('GET', 'row', row), weight: 4 },
    { arbitrary: shapes('GET', 'row', member(oneOf('new_number', 'new_number/$value', 'new_MakerId', 'new_part_contact', 'new_MakerId/$ref', 'new_part_contact/$ref', 'new_part_contact/$count', 'ownerid', 'createdon', 'new_MakerId/primarycontactid', 'nothing'))), weight: 3 },
    { arbitrary: shapes('POST', 'row', oneOf('new_parts')), weight: 5 },
    { arbitrary: shapes('PATCH', 'row', row), weight: 6 },
    { arbitrary: shapes('DELETE', 'row', row), weight: 2 },
    { arbitrary: shapes('PUT', 'value', member(columns)), weight: 2 },
    { arbitrary: shapes('DELETE', 'value', member(columns)), weight: 1 },
    { arbitrary: shapes('POST', 'reference', member(oneOf('new_part_contact/$ref', 'new_MakerId/$ref'))), weight: 2 },
    { arbitrary: shapes('PUT', 'reference', member(oneOf('new_MakerId/$ref', 'new_part_contact/$ref'))), weight: 2 },
    { arbitrary: shapes('DELETE', 'reference', member(oneOf(`new_part_contact(${contact})/$ref`, `new_part_contact/$ref?$id=contacts(${contact})`, 'new_MakerId/$ref', `new_MakerId(${account})/$ref`))), weight: 1 },
    { arbitrary: shapes('POST', 'targets', oneOf(...['Create', 'Update', 'Upsert', 'Delete', 'Nothing'].map((verb) => `new_parts/${CRM}.${verb}Multiple`))), weight: 4 },
    { arbitrary: shapes('POST', 'batch', oneOf('$batch')), weight: 3 },
    { arbitrary: shapes('GET', 'definition', oneOf(...DEFINITIONS)), weight: 3 },
    { arbitrary: shapes('POST', 'definition', oneOf('EntityDefinitions', "EntityDefinitions(LogicalName='new_part')/Attributes", "EntityDefinitions(LogicalName='new_part')/Keys", 'RelationshipDefinitions', 'GlobalOptionSetDefinitions', 'InsertOptionValue', 'UpdateOptionValue', 'PublishXml', 'CreateCustomerRelationships', 'ReactivateEntityKey')), weight: 1 },
    { arbitrary: shapes('PUT', 'definition', oneOf("EntityDefinitions(LogicalName='new_part')", "EntityDefinitions(LogicalName='new_part')/Attributes(LogicalName='new_number')", "RelationshipDefinitions(SchemaName='new_part_contact')")), weight: 1 },
    { arbitrary: shapes('GET', 'row', oneOf(...FUNCTIONS)), weight: 2 },
    { arbitrary: fc.tuple(wild, oneOf('GET', 'POST', 'PATCH', 'PUT', 'DELETE')).map(([text, method]): Shape => ({ text, method, body: 'row' })), weight: 3 },
  )
}

const SETS = ['new_parts', 'accounts', 'contacts', 'tasks', 'activitypointers', 'sdkmessagefilters', 'EntityDefinitions', 'RelationshipDefinitions', 'WhoAmI', '$metadata', '$batch', '']
const DEFINITIONS = ['EntityDefinitions', "EntityDefinitions(LogicalName='new_part')", "EntityDefinitions(LogicalName='new_part')/Attributes", "EntityDefinitions(LogicalName='new_part')/Keys", `EntityDefinitions(LogicalName='new_part')/Attributes/${CRM}.StringAttributeMetadata`, `EntityDefinitions(LogicalName='new_part')/Attributes(LogicalName='new_grade')/${CRM}.PicklistAttributeMetadata/OptionSet`, "EntityDefinitions(LogicalName='new_part')/DisplayName", "RelationshipDefinitions(SchemaName='new_part_contact')", 'RelationshipDefinitions', 'GlobalOptionSetDefinitions', "EntityDefinitions(LogicalName='nothing')"]
const FUNCTIONS = ['WhoAmI', 'WhoAmI()', 'RetrieveVersion', 'RetrieveTotalRecordCount(EntityNames=["account"])', 'RetrieveTotalRecordCount(EntityNames=@p1)?@p1=["new_part"]', "RetrieveCurrentOrganization(AccessType='Default')", 'RetrieveMetadataChanges(Query=@p1)?@p1={"Properties":{"AllProperties":true}}', 'RetrieveMetadataChanges(Query=@p1)?@p1={"Criteria":{"Conditions":[{}]}}', 'WhoAmI(x=1)', '', '$metadata?annotations=true']

function anyRow({ part, account, contact }: Ground): fc.Arbitrary<string> {
  const good = oneOf(`new_parts(${part})`, "new_parts(new_number='P-1')", "new_parts(new_number='P-2')", "new_parts(new_number='P-3')", `new_parts(new_partid=${part})`, `new_parts({${part.toUpperCase()}})`, `accounts(${account})`, `contacts(${contact})`)
  const bad = oneOf(`new_parts(${NOBODY})`, 'new_parts()', 'new_parts(@k)', 'new_parts(new_number=@k)', 'new_parts(new_number=5)', 'new_parts(new_stock=1)', "new_parts(new_number='a',new_stock=1)", "new_parts(new_number='')", 'new_parts(1)', 'new_parts(null)', 'new_parts(new_number=null)', `new_parts('${part}')`, `new_parts(${part},${part})`, "new_parts(new_number='O''Neil')", "new_parts(new_number='%2F')", `new_parts(${account})`)
  return mostly(good, bad, 5)
}

// Options

const anyColumn = mostly(oneOf('new_number', 'new_stock', 'new_price', 'new_sold', 'new_day', 'new_grade', 'createdon', 'statecode', 'new_partid', '_new_makerid_value', 'versionnumber', 'new_name'), oneOf('nothing', 'new_MakerId', 'New_Number', 'new_part_contact/lastname', 'ownerid', '_ownerid_value', '$it', 'new_number/x', '', "'a'", '5'), 15)

function anyFilter({ part }: Ground): fc.Arbitrary<string> {
  const good = oneOf("new_number eq 'P-1'", "new_number ne 'x'", 'new_number eq null', 'new_stock gt 5', 'new_stock in (1,2,3)', 'new_price le 1.5', 'new_sold eq true', 'new_day ge 2026-01-01', `createdon lt ${MOMENT}`, `new_partid eq ${part}`, `_new_makerid_value eq ${part}`, "contains(new_number,'-')", "startswith(new_number,'P')", "endswith(new_name,'x')", 'statecode eq 0', "new_MakerId/name eq 'Maker'", "new_MakerId/primarycontactid/lastname ne 'x'", 'new_grade eq 1', 'new_number eq new_name', "new_number in ('a','b')")
  const literal = fc.oneof(oneOf("'a'", '5', '1.5', 'null', 'true', '2026-01-01', MOMENT, part, '@k', "''", "'%25'", "'[_]'", '-0', '1e308', '1e-400', '99999999999999999999', '-9223372036854775808', "'O''Neil'", `${CRM}.X'Y'`, 'NaN', 'INF', '2026-13-45', '0001-01-01', "'😀'", "'\u0000'", `'${'x'.repeat(300)}'`), fc.string({ maxLength: 12 }).map((text) => `'${text.replaceAll("'", "''")}'`))
  const wild = fc.oneof(
    fc.tuple(anyColumn, oneOf('eq', 'ne', 'gt', 'ge', 'lt', 'le', 'has', 'like', '='), fc.oneof(literal, anyColumn)).map((parts) => parts.join(' ')),
    fc.tuple(oneOf('contains', 'startswith', 'endswith', 'tolower', 'year', `${CRM}.Today`), anyColumn, literal).map(([name, column, value]) => `${name}(${column},${value})`),
    fc.tuple(anyColumn, some(literal, 4)).map(([column, values]) => `${column} in (${values.join()})`),
    oneOf('new_part_contact/any()', "new_part_contact/any(o:o/lastname eq 'x')", 'true', '1 eq 1', 'new_sold', ''),
  )
  const { filter } = fc.letrec<{ filter: string }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3 },
      { arbitrary: mostly(good, wild, 4), weight: 6 },
      { arbitrary: fc.tuple(tie('filter'), mostly(oneOf(' and ', ' or '), oneOf(' AND ', ' ', ' xor ')), tie('filter')).map((parts) => parts.join('')), weight: 2 },
      { arbitrary: tie('filter').map((inner) => `not (${inner})`), weight: 1 },
      { arbitrary: tie('filter').map((inner) => `(${inner})`), weight: 1 },
    ),
  }))
  return filter
}

function anyReadOptions(ground: Ground): fc.Arbitrary<string> {
  const columns = some(anyColumn, 4).map((names) => names.join())
  const option = fc.oneof(
    { arbitrary: columns.map((names) => `$select=${names}`), weight: 5 },
    { arbitrary: anyFilter(ground).map((filter) => `$filter=${filter}`), weight: 6 },
    { arbitrary: fc.tuple(anyColumn, mostly(oneOf('', ' asc', ' desc'), oneOf(' down', ','))).map(([column, order]) => `$orderby=${column}${order}`), weight: 3 },
    { arbitrary: mostly(oneOf('$top=1', '$top=5000', '$count=true', '$count=false'), oneOf('$top=0', '$top=-1', '$top=x', '$count=1', '$top=5001'), 5), weight: 3 },
    { arbitrary: mostly(oneOf('new_MakerId', 'new_MakerId($select=name)', 'new_part_contact($top=1;$orderby=lastname)', "new_part_contact($filter=lastname eq 'x')", 'createdby'), oneOf('new_MakerId/$ref', 'new_MakerId($expand=primarycontactid)', 'nothing', 'ownerid', 'new_MakerId,new_part_contact', 'Attributes', 'Keys($select=nothing)', '*', ''), 3).map((value) => `$expand=${value}`), weight: 3 },
    { arbitrary: oneOf('$skiptoken=x', '$skiptoken=<cookie pagenumber="2" pagingcookie="%253c" istracking="False" />', '$deltatoken=1!01/01/2026 00:00:00', '$deltatoken=1', '$skip=1', '$apply=aggregate($count as n)', '$search=x', '$format=xml', 'fetchXml=<fetch/>', 'sql=SELECT 1', `savedQuery=${NOBODY}`, '$nothing=1', 'tag=x', '@k=1', "@k='P-1'", '@p1=["account"]', '@p1={}', 'annotations=true', `$id=accounts(${ground.account})`, '=', '$select'), weight: 1 },
  )
  const given = some(option, 3).map((options) => [...new Map(options.map((text) => [text.split('=')[0], text])).values()].join('&'))
  return mostly(given, some(option, 4).map((options) => options.join('&')), 15)
}

// Headers

const header = (name: string, values: fc.Arbitrary<string>) => values.map((value) => [name, value] as const)

const anyHeaders = some(
  fc.oneof(
    { arbitrary: header('Prefer', mostly(oneOf('return=representation', 'return=minimal', 'odata.track-changes', 'odata.maxpagesize=1', 'odata.track-changes,odata.maxpagesize=2', 'odata.include-annotations="*"', 'odata.include-annotations=*', 'odata.continue-on-error', 'tidemark.delete-multiple'), oneOf('respond-async', 'odata.maxpagesize=-1', 'odata.maxpagesize=x', ',', '"'), 6)), weight: 6 },
    { arbitrary: header('If-Match', mostly(oneOf('*', 'null'), oneOf('W/"1"', '"x"', 'W/"x"', '', `W/"${'9'.repeat(30)}"`), 1)), weight: 1 },
    { arbitrary: header('If-None-Match', mostly(oneOf('null'), oneOf('*', 'W/"1"', 'x'), 1)), weight: 1 },
    { arbitrary: header('Content-Type', mostly(oneOf('application/json; charset=utf-8', 'application/json;type=entry'), oneOf('text/plain', 'multipart/mixed; boundary=b', 'multipart/mixed', 'application/json; charset=utf-16', ''), 2)), weight: 1 },
    { arbitrary: header('MSCRM.MergeLabels', oneOf('true', 'false', 'x')), weight: 1 },
    { arbitrary: header('OData-Version', oneOf('4.0', '4.0', '3.0', 'x')), weight: 1 },
    { arbitrary: header('Accept', oneOf('application/json', '*/*', 'application/xml', 'nonsense')), weight: 1 },
    { arbitrary: header('MSCRMCallerID', oneOf(NOBODY, 'x')), weight: 1 },
  ),
  2,
).map((headers) => Object.fromEntries(headers))

// Bodies

type Body = string | Uint8Array | undefined
type Bodies = { readonly row: Body; readonly value: Body; readonly reference: Body; readonly targets: Body; readonly definition: Body; readonly batch: Body }

function anyBodies(ground: Ground): fc.Arbitrary<Bodies> {
  const members = anyMembers(ground)
  const named = fc.tuple(oneOf({}, { new_partid: ground.part }, { '@odata.id': "new_parts(new_number='P-3')" }, { '@odata.id': `new_parts(${NOBODY})` }), members).map(([identity, row]) => ({ '@odata.type': `${CRM}.new_part`, ...identity, ...row }))
  const kinds = {
    row: json(members),
    value: json(fc.oneof(oneOf<unknown>('x', 5, 1.5, true, '2026-01-01', null), fc.jsonValue({ maxDepth: 2 })).map((value) => ({ value }))),
    reference: json(oneOf<unknown>(`contacts(${ground.contact})`, `/accounts(${ground.account})`, `contacts(${NOBODY})`, 'x', 5, null).map((id) => ({ '@odata.id': id }))),
    targets: json(some(named, 3).map((Targets) => ({ Targets }))),
    definition: json(anyDefinition),
    batch: some(fc.tuple(anyPath(ground), members), 3).map(batchOf) as fc.Arbitrary<Body>,
  }
  return fc.record(kinds)
}

/** Or something that is no object. */
function json(value: fc.Arbitrary<unknown>): fc.Arbitrary<Body> {
  const broken = oneOf<Body>(undefined, '', '{', '[', '"', 'null', '5', '"x"', '[]', '{}{}', '['.repeat(5000), '{"a":'.repeat(5000))
  return fc.oneof({ arbitrary: value.map((one) => JSON.stringify(one)), weight: 30 }, { arbitrary: fc.jsonValue().map((one) => JSON.stringify(one)), weight: 1 }, { arbitrary: broken, weight: 1 }, { arbitrary: fc.uint8Array({ maxLength: 40 }), weight: 1 })
}

function anyMembers({ part, account, contact }: Ground): fc.Arbitrary<Record<string, unknown>> {
  const good = oneOf<readonly [string, unknown]>(['new_number', 'P-3'], ['new_number', null], ['new_number', 'größer 😀'], ['new_stock', 5], ['new_stock', '7'], ['new_price', 1.25], ['new_sold', true], ['new_day', '2026-01-01'], ['new_grade', 1], ['new_name', 'name'], ['new_MakerId@odata.bind', `/accounts(${account})`], ['new_MakerId@odata.bind', null], ['overriddencreatedon', '2020-01-01'], ['@odata.type', `${CRM}.new_part`])
  const name = oneOf('new_number', 'new_stock', 'new_price', 'new_sold', 'new_day', 'new_grade', 'statecode', 'statuscode', 'new_MakerId@odata.bind', 'ownerid@odata.bind', 'new_partid', 'value', '@odata.id', '@odata.type', 'nothing', 'new_MakerId', '_new_makerid_value', 'new_part_contact@odata.bind', 'new_part_contact', 'versionnumber', 'createdon', '__proto__', 'constructor', '', '@', '@odata.bind', 'new_number@odata.bind', '@odata.etag', 'new_number@x.y', 'toString')
  const value = fc.oneof(oneOf<unknown>('text', '', 5, 1.5, true, null, MOMENT, part, `/accounts(${account})`, `/contacts(${contact})`, "/accounts(name='x')", '$1', '1,9', -1, 1e300, -0, 9007199254740993, 'x'.repeat(101), [], {}, [[]], [null], '\u0000', '\ud800', { value: 1 }, [`/contacts(${contact})`], { name: 'deep' }, [{ lastname: 'deep' }]), fc.jsonValue({ maxDepth: 3 }))
  return some(mostly(good, fc.tuple(name, value), 8), 4).map((members) => Object.fromEntries(members))
}

const anyDefinition = fc.oneof(
  fc.tuple(oneOf('String', 'Integer', 'Picklist', 'Lookup', 'Nothing'), oneOf('new_Number', 'x', '', 'new_Bad Name', 5, null)).map(([type, SchemaName]) => ({ '@odata.type': `${CRM}.${type}AttributeMetadata`, SchemaName, MaxLength: 10 })),
  oneOf<unknown>({ '@odata.type': `${CRM}.EntityMetadata`, SchemaName: 'new_Part' }, { SchemaName: 'new_Key', KeyAttributes: ['nothing'] }, { OptionSetName: 'x', Value: 1 }, { ParameterXml: '<a>' }, { EntityLogicalName: 'new_part', EntityKeyLogicalName: 'new_partnumber' }, { '@odata.type': `${CRM}.OneToManyRelationshipMetadata`, ReferencedEntity: 'nothing' }, { Label: { LocalizedLabels: [{ Label: 5 }] } }, { Options: [[]], Name: 'x' }),
  fc.jsonValue(),
)

function batchOf(parts: readonly (readonly [Shape, object])[]): string {
  const written = parts
    .filter(([{ method, text }]) => isHarmless(method, text) && text !== '$batch')
    .map(([{ method, text }, body]) => `--b\r\nContent-Type: application/http\r\n\r\n${method} ${text} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${method === 'GET' ? '' : JSON.stringify(body)}\r\n`)
  return `${written.join('')}--b--\r\n`
}

// Damage

type Damage = readonly { readonly at: number; readonly kind: 'insert' | 'remove' | 'double' | 'replace'; readonly text: string }[]

function anyDamage(rarity: number): fc.Arbitrary<Damage> {
  const cut = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: oneOf('insert' as const, 'remove' as const, 'double' as const, 'replace' as const),
    text: oneOf("'", '(', ')', '%', '$', '/', '?', '&', '=', '+', ';', ',', '@', '#', '"', '{', '}', '[', ']', '<', '\\', ':', '.', '%00', '%FF', '%27', '%2F', '%25', '\u00e9', '~', '0', 'x', '-', '$ref', '%C3%A9', '%F0%9F%98%80', '%ED%A0%80', '*', '|', '`', '^'),
  })
  return mostly(fc.constant([]), fc.array(cut, { minLength: 1, maxLength: 3 }), rarity)
}

function damaged(text: string, damage: Damage): string {
  return damage.reduce((before, { at, kind, text: piece }) => {
    const index = Math.floor(at * before.length)
    const rest = before.slice(index)
    switch (kind) {
      case 'insert':
        return before.slice(0, index) + piece + rest
      case 'remove':
        return before.slice(0, index) + rest.slice(1)
      case 'replace':
        return before.slice(0, index) + piece + rest.slice(1)
      case 'double':
        return before + rest
    }
  }, text)
}

function damagedBody(body: Body, damage: Damage): Body {
  return typeof body === 'string' ? damaged(body, damage) : body
}

/** What a URL's own client would escape; the rest is the server's to judge. */
function encode(path: string): string {
  return path.replace(/[^!-~]+/gu, (text) => encodeURIComponent(text.toWellFormed()))
}
