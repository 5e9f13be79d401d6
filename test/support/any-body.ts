/** Bodies for every kind of path: rows, single values, references, targets of bulk actions, definitions, batches. */
import fc from 'fast-check'
import { CRM, type Ground, mostly, NOBODY, pick, some } from './any-words.ts'

export type Body = string | Uint8Array | undefined
type BodyKind = 'row' | 'value' | 'reference' | 'targets' | 'definition' | 'operation' | 'batch'
type Bodies = { readonly [K in BodyKind]: Body }

/** A path, with the method and the kind of body that it is for. */
export type Shape = { readonly text: string; readonly method: string; readonly body: BodyKind }

const oneOf = (...values: readonly unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values)

export function anyBodies(ground: Ground, anyPath: fc.Arbitrary<Shape>, isHarmless: (method: string, url: string) => boolean): fc.Arbitrary<Bodies> {
  const { contact, account } = ground
  const members = anyMembers(ground)
  const identity = oneOf({}, { new_partid: ground.part }, { '@odata.id': "new_parts(new_number='P-3')" }, { '@odata.id': `new_parts(${NOBODY})` })
  const target = fc.tuple(identity, members).map((parts) => Object.assign({ '@odata.type': `${CRM}.new_part` }, ...parts))
  const value = fc.oneof(oneOf('x', 5, 1.5, true, '2026-01-01', null), fc.jsonValue({ maxDepth: 2 }))
  const reference = oneOf(`contacts(${contact})`, `/accounts(${account})`, `contacts(${NOBODY})`, 'x', 5, null)
  const batch = some(fc.tuple(anyPath, members), 3).map((parts) => batchOf(parts.filter(([{ method, text }]) => isHarmless(method, text) && text !== '$batch')))
  return fc.record({
    row: json(members),
    value: json(value.map((one) => ({ value: one }))),
    reference: json(reference.map((id) => ({ '@odata.id': id }))),
    targets: json(some(target, 3).map((Targets) => ({ Targets }))),
    definition: json(anyDefinition),
    operation: json(anyOperation(ground)),
    batch: batch as fc.Arbitrary<Body>,
  })
}

/** Of `Merge`, whose rows do not go together, and of `BulkDelete`, on a table without rows. */
function anyOperation({ account, contact }: Ground): fc.Arbitrary<unknown> {
  const row = oneOf(
    { '@odata.id': `accounts(${account})` },
    { '@odata.type': `${CRM}.contact`, contactid: contact },
    { '@odata.id': `accounts(${NOBODY})` },
    {},
    null,
    5,
  )
  const merge = fc.record({
    Target: row,
    Subordinate: oneOf({ '@odata.id': `contacts(${NOBODY})` }, [], 'x'),
    UpdateContent: row,
    PerformParentingChecks: oneOf(true, 'x'),
  })
  const condition = fc.record({
    AttributeName: oneOf('name', 'territoryid', 'createdon', 'nothing', 5),
    Operator: oneOf('Equal', 'In', 'Null', 'LastXDays', 'Under', 'Like', 'EqualUserId', 'nothing'),
    Values: oneOf([], [{ Value: 'x', Type: 'System.String' }], [NOBODY], [5, 6], [{}], 'x', null),
  })
  const query = fc.record({
    EntityName: oneOf('territory', 'nothing', 5),
    Criteria: fc.record({ FilterOperator: oneOf('And', 'Or', 'Xor'), Conditions: some(condition, 2) }),
  })
  const start = oneOf('', '2020-01-01T00:00:00Z', '2090-01-01', 'soon', '+275760-09-13T00:00:00.001Z')
  const bulkDelete = fc.record({ JobName: oneOf('x', '', null), QuerySet: some(query, 2), StartDateTime: start, RecurrencePattern: oneOf('', 'FREQ=DAILY;') })
  return fc.oneof(merge, bulkDelete)
}

/** Or something that is no object. */
function json(value: fc.Arbitrary<unknown>): fc.Arbitrary<Body> {
  const written = (arbitrary: fc.Arbitrary<unknown>) => arbitrary.map((one): Body => JSON.stringify(one))
  return fc.oneof(
    { arbitrary: written(value), weight: 30 },
    { arbitrary: written(fc.jsonValue()), weight: 1 },
    { arbitrary: pick(`∅  {  [  "  null  5  "x"  []  {}{}  ${'['.repeat(5000)}  ${'{"a":'.repeat(5000)}`) as fc.Arbitrary<Body>, weight: 1 },
    { arbitrary: fc.uint8Array({ maxLength: 40 }) as fc.Arbitrary<Body>, weight: 1 },
  )
}

const NAMES = `new_number  new_stock  new_price  new_sold  new_day  new_grade  statecode  statuscode  new_MakerId@odata.bind  ownerid@odata.bind  new_partid  value  @odata.id  @odata.type
  nothing  new_MakerId  _new_makerid_value  new_part_contact@odata.bind  new_part_contact  versionnumber  createdon  __proto__  constructor  ∅  @  @odata.bind
  new_number@odata.bind  @odata.etag  new_number@x.y  toString`

function anyMembers({ part, account, contact }: Ground): fc.Arbitrary<{ readonly [name: string]: unknown }> {
  const good: readonly { readonly [name: string]: unknown }[] = [
    { new_number: 'P-3', new_stock: 5 },
    { new_number: null, new_stock: '7' },
    { new_number: 'größer 😀', new_price: 1.25 },
    { new_sold: true, new_day: '2026-01-01', new_grade: 1 },
    { new_name: 'name', 'new_MakerId@odata.bind': `/accounts(${account})` },
    { 'new_MakerId@odata.bind': null, overriddencreatedon: '2020-01-01' },
    { '@odata.type': `${CRM}.new_part`, new_price: -0.5 },
  ]
  const usual = oneOf(
    'text',
    '',
    5,
    1.5,
    true,
    null,
    '2026-01-01T00:00:00Z',
    part,
    `/accounts(${account})`,
    `/contacts(${contact})`,
    "/accounts(name='x')",
    '$1',
    '1,9',
    -1,
  )
  const odd = oneOf(1e300, -0, 2 ** 53, 'x'.repeat(101), [], {}, [[]], [null], '\u0000', '\ud800', { value: 1 }, [`/contacts(${contact})`], { name: 'deep' }, [
    { lastname: 'deep' },
  ])
  const wild = fc.tuple(pick(NAMES), fc.oneof(usual, odd, fc.jsonValue({ maxDepth: 3 }))).map(([name, value]) => Object.fromEntries([[name, value]]))
  return some(mostly(fc.constantFrom(...good), wild, 8), 3).map((parts) => Object.assign({}, ...parts))
}

const anyDefinition = fc.oneof(
  fc
    .tuple(pick('String  Integer  Picklist  Lookup  Nothing'), oneOf('new_Number', 'x', '', 'new_Bad Name', 5, null))
    .map(([type, SchemaName]): unknown => ({ '@odata.type': `${CRM}.${type}AttributeMetadata`, SchemaName, MaxLength: 10 })),
  oneOf(
    { '@odata.type': `${CRM}.EntityMetadata`, SchemaName: 'new_Part' },
    { SchemaName: 'new_Key', KeyAttributes: ['nothing'] },
    { OptionSetName: 'x', Value: 1 },
    { ParameterXml: '<a>' },
    { EntityLogicalName: 'new_part', EntityKeyLogicalName: 'new_partnumber' },
    { '@odata.type': `${CRM}.OneToManyRelationshipMetadata`, ReferencedEntity: 'nothing' },
    { Label: { LocalizedLabels: [{ Label: 5 }] } },
    { Options: [[]], Name: 'x' },
  ),
  fc.jsonValue(),
)

function batchOf(parts: readonly (readonly [Shape, object])[]): string {
  const written = parts.map(([{ method, text }, body]) => {
    const content = method === 'GET' || method === 'DELETE' ? '' : JSON.stringify(body)
    return `--b\r\nContent-Type: application/http\r\n\r\n${method} ${text} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${content}\r\n`
  })
  return `${written.join('')}--b--\r\n`
}
