/**
 * Requests that a server might see: put together from paths, options, headers and bodies that mean something, then damaged a little.
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
/** Mostly the first, now and then the second. */
const mostly = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>, weight = 6) => fc.oneof({ arbitrary: usual, weight }, { arbitrary: other, weight: 1 })

export function anyRequest(ground: Ground): fc.Arbitrary<AnyRequest> {
  const request = fc.record({
    method: anyMethod,
    path: anyPath(ground),
    options: anyOptions(ground),
    headers: anyHeaders,
    body: anyBody(ground),
    damage: anyDamage,
    bodyDamage: anyDamage,
  })
  return request.map(({ method, path, options, headers, body, damage, bodyDamage }) => {
    const url = damaged(encode(options === '' ? path : `${path}?${options}`), damage)
    const isRead = method === 'GET' || method === 'HEAD'
    return { method: isHarmless(method, url) ? method : 'GET', path: url, headers, body: isRead ? undefined : damagedBody(body, bodyDamage) }
  })
}

const anyMethod = mostly(
  fc.oneof({ arbitrary: oneOf('GET'), weight: 5 }, { arbitrary: oneOf('POST', 'PATCH'), weight: 6 }, { arbitrary: oneOf('PUT', 'DELETE'), weight: 3 }),
  oneOf('HEAD', 'OPTIONS', 'TRACE', 'SEARCH'),
  40,
)

function isHarmless(method: string, url: string): boolean {
  if (method === 'GET' || method === 'HEAD') return true
  if (/systemusers|businessunits|organizations|teams|roles|currencies/i.test(url)) return false
  return method !== 'DELETE' || !/Definitions/i.test(url)
}

// Paths

const anySet = mostly(
  fc.oneof(
    { arbitrary: oneOf('new_parts'), weight: 6 },
    { arbitrary: oneOf('accounts', 'contacts', 'tasks', 'activitypointers', 'systemusers', 'sdkmessagefilters', 'transactioncurrencies'), weight: 2 },
    {
      arbitrary: oneOf(
        'EntityDefinitions',
        'RelationshipDefinitions',
        'GlobalOptionSetDefinitions',
        'WhoAmI',
        'RetrieveTotalRecordCount',
        'RetrieveMetadataChanges',
        'RetrieveCurrentOrganization',
        '$metadata',
        '$batch',
        'InsertOptionValue',
        'PublishXml',
        'CreateCustomerRelationships',
        '',
      ),
      weight: 2,
    },
  ),
  oneOf('nothings', 'New_Parts', 'new_part', '$all', '$entity', '..', 'accounts(', "'"),
  12,
)

function anyKey({ part, account, contact }: Ground): fc.Arbitrary<string> {
  const rows = oneOf(
    `(${part})`,
    "(new_number='P-1')",
    "(new_number='P-2')",
    `(new_partid=${part})`,
    `(${account})`,
    `(${contact})`,
    `(${NOBODY})`,
    "(new_number='none')",
  )
  const definitions = oneOf(
    "(LogicalName='new_part')",
    "(LogicalName='account')",
    "(SchemaName='new_part_contact')",
    '(EntityNames=["account"])',
    '(EntityNames=@p1)',
    "(AccessType='Default')",
    '(Query=@p1)',
  )
  const broken = oneOf(
    '()',
    '(@k)',
    '(new_number=@k)',
    '(new_number=5)',
    '(new_stock=1)',
    "(new_number='a',new_stock=1)",
    "(new_number='')",
    '(1)',
    "('x')",
    '(null)',
    '(new_number=null)',
    `(${part.toUpperCase()})`,
    `({${part}})`,
    `('${part}')`,
    `(${part},${part})`,
    "(new_number='O''Neil')",
    "(new_number='%2F')",
  )
  return fc.oneof({ arbitrary: oneOf(''), weight: 4 }, { arbitrary: rows, weight: 6 }, { arbitrary: definitions, weight: 2 }, { arbitrary: broken, weight: 2 })
}

function anyMember({ contact, account }: Ground): fc.Arbitrary<string> {
  const ofRows = oneOf(
    '/new_number',
    '/new_stock',
    '/new_price',
    '/new_MakerId',
    '/new_part_contact',
    '/$count',
    '/$ref',
    '/new_number/$value',
    '/new_MakerId/$ref',
    '/new_part_contact/$ref',
    `/new_part_contact(${contact})/$ref`,
    `/new_part_contact(${account})/$ref`,
    '/ownerid',
    '/createdon',
    '/statecode',
    '/new_account_new_part_new_MakerId',
    '/new_account_new_part_new_MakerId/$ref',
    '/$value',
    '/nothing',
    '/_new_makerid_value',
    '/new_MakerId/primarycontactid',
  )
  const ofSets = oneOf(...['Create', 'Update', 'Upsert', 'Delete'].map((verb) => `/${CRM}.${verb}Multiple`), `/${CRM}.Nothing`, `/${CRM}.new_part`)
  const ofDefinitions = oneOf(
    '/Attributes',
    '/Keys',
    "/Attributes(LogicalName='new_number')",
    `/Attributes/${CRM}.StringAttributeMetadata`,
    `/Attributes(LogicalName='new_grade')/${CRM}.PicklistAttributeMetadata/OptionSet`,
    '/ManyToOneRelationships',
    '/EntitySetName',
    '/DisplayName',
    '/$count',
  )
  return fc.oneof(
    { arbitrary: oneOf(''), weight: 8 },
    { arbitrary: ofRows, weight: 5 },
    { arbitrary: ofSets, weight: 2 },
    { arbitrary: ofDefinitions, weight: 1 },
  )
}

const anyPath = (ground: Ground) => fc.tuple(anySet, anyKey(ground), anyMember(ground)).map((parts) => parts.join(''))

// Options

const anyColumn = mostly(
  oneOf(
    'new_number',
    'new_stock',
    'new_price',
    'new_sold',
    'new_day',
    'new_grade',
    'createdon',
    'statecode',
    'new_partid',
    '_new_makerid_value',
    '_ownerid_value',
    'new_MakerId/name',
    'new_MakerId/primarycontactid/lastname',
    'versionnumber',
    'new_name',
  ),
  oneOf('nothing', 'new_MakerId', 'New_Number', 'new_part_contact/lastname', 'ownerid', '$it', 'new_number/x', '', "'a'", '5'),
)

function anyLiteral({ part }: Ground): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: oneOf("'P-1'", "'a'", '5', '1.5', 'null', 'true', '2026-01-01', MOMENT, part, `'${part}'`, '@k'), weight: 5 },
    {
      arbitrary: oneOf(
        "''",
        "'%25'",
        "'[_]'",
        '-0',
        '1e308',
        '1e-400',
        '99999999999999999999',
        '-9223372036854775808',
        "'O''Neil'",
        `${CRM}.X'Y'`,
        'NaN',
        'INF',
        'datetime',
        '2026-13-45',
        '0001-01-01',
        "'😀'",
        "'\u0000'",
        `'${'x'.repeat(300)}'`,
      ),
      weight: 2,
    },
    { arbitrary: fc.string({ maxLength: 12 }).map((text) => `'${text.replaceAll("'", "''")}'`), weight: 1 },
  )
}

function anyFilter(ground: Ground): fc.Arbitrary<string> {
  const { filter } = fc.letrec<{ filter: string; atom: string }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { arbitrary: tie('atom'), weight: 5 },
      { arbitrary: fc.tuple(tie('filter'), oneOf(' and ', ' or ', ' AND ', ' '), tie('filter')).map((parts) => parts.join('')), weight: 2 },
      { arbitrary: tie('filter').map((inner) => `not (${inner})`), weight: 1 },
      { arbitrary: tie('filter').map((inner) => `(${inner})`), weight: 1 },
    ),
    atom: fc.oneof(
      {
        arbitrary: fc
          .tuple(anyColumn, mostly(oneOf('eq', 'ne', 'gt', 'ge', 'lt', 'le'), oneOf('has', 'like', '=', 'add')), mostly(anyLiteral(ground), anyColumn))
          .map((parts) => parts.join(' ')),
        weight: 6,
      },
      {
        arbitrary: fc
          .tuple(oneOf('contains', 'startswith', 'endswith', 'tolower', 'year', `${CRM}.Today`), anyColumn, anyLiteral(ground))
          .map(([name, column, value]) => `${name}(${column},${value})`),
        weight: 3,
      },
      {
        arbitrary: fc.tuple(anyColumn, fc.array(anyLiteral(ground), { maxLength: 4 })).map(([column, values]) => `${column} in (${values.join()})`),
        weight: 2,
      },
      { arbitrary: oneOf('new_part_contact/any()', "new_part_contact/any(o:o/lastname eq 'x')", 'true', '1 eq 1', 'new_sold'), weight: 1 },
    ),
  }))
  return filter
}

function anyOption(ground: Ground): fc.Arbitrary<string> {
  const columns = fc.array(anyColumn, { maxLength: 4 }).map((names) => names.join())
  return fc.oneof(
    { arbitrary: columns.map((names) => `$select=${names}`), weight: 4 },
    { arbitrary: anyFilter(ground).map((filter) => `$filter=${filter}`), weight: 6 },
    { arbitrary: fc.tuple(anyColumn, oneOf('', ' asc', ' desc', ' down')).map(([column, order]) => `$orderby=${column}${order}`), weight: 3 },
    { arbitrary: oneOf('$top=1', '$top=0', '$top=5001', '$top=-1', '$top=x', '$count=true', '$count=false', '$count=1'), weight: 3 },
    {
      arbitrary: oneOf(
        'new_MakerId',
        'new_MakerId($select=name)',
        'new_part_contact($top=1;$orderby=lastname)',
        "new_part_contact($filter=lastname eq 'x')",
        'new_MakerId/$ref',
        'new_MakerId($expand=primarycontactid)',
        'nothing',
        'ownerid',
        'new_MakerId,new_part_contact',
        'createdby',
        'Attributes',
        'Keys($select=nothing)',
        '*',
        '',
      ).map((value) => `$expand=${value}`),
      weight: 3,
    },
    {
      arbitrary: oneOf(
        '$skiptoken=x',
        '$skiptoken=<cookie pagenumber="2" pagingcookie="%253c" istracking="False" />',
        '$deltatoken=1!01/01/2026 00:00:00',
        '$deltatoken=1',
        '$skip=1',
        '$apply=aggregate($count as n)',
        '$search=x',
        '$format=xml',
        'fetchXml=<fetch/>',
        'sql=SELECT 1',
        `savedQuery=${NOBODY}`,
        '$nothing=1',
        'tag=x',
        '@k=1',
        "@k='P-1'",
        '@p1=["account"]',
        '@p1={}',
        '@p1={"Properties":{"AllProperties":true}}',
        'annotations=true',
        `$id=accounts(${ground.account})`,
        '=',
        '$select',
      ),
      weight: 4,
    },
  )
}

const anyOptions = (ground: Ground) => fc.array(anyOption(ground), { maxLength: 3 }).map((options) => options.join('&'))

// Headers

const anyHeader: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  oneOf(
    'return=representation',
    'return=minimal',
    'odata.track-changes',
    'odata.maxpagesize=1',
    'odata.track-changes,odata.maxpagesize=2',
    'odata.include-annotations="*"',
    'odata.include-annotations=*',
    'odata.continue-on-error',
    'tidemark.delete-multiple',
    'respond-async',
    'odata.maxpagesize=-1',
    'odata.maxpagesize=x',
    ',',
    '"',
  ).map((value) => ['Prefer', value] as const),
  oneOf('*', 'W/"1"', 'null', '"x"', 'W/"x"', '', `W/"${'9'.repeat(30)}"`).map((value) => ['If-Match', value] as const),
  oneOf('*', 'W/"1"', 'null', 'x').map((value) => ['If-None-Match', value] as const),
  oneOf(
    'application/json; charset=utf-8',
    'application/json;type=entry',
    'text/plain',
    'multipart/mixed; boundary=b',
    'multipart/mixed',
    'application/json; charset=utf-16',
    '',
  ).map((value) => ['Content-Type', value] as const),
  oneOf('true', 'false', 'x').map((value) => ['MSCRM.MergeLabels', value] as const),
  oneOf('4.0', '3.0', 'x').map((value) => ['OData-Version', value] as const),
  oneOf('application/json', '*/*', 'application/xml', 'nonsense').map((value) => ['Accept', value] as const),
  oneOf(NOBODY, 'x').map((value) => ['MSCRMCallerID', value] as const),
)

const anyHeaders = fc.array(anyHeader, { maxLength: 3 }).map((headers) => Object.fromEntries(headers))

// Bodies

function anyValue({ part, account, contact }: Ground): fc.Arbitrary<unknown> {
  return fc.oneof(
    {
      arbitrary: oneOf<unknown>(
        'text',
        '',
        5,
        1.5,
        true,
        null,
        '2026-01-01',
        MOMENT,
        part,
        `/accounts(${account})`,
        `/contacts(${contact})`,
        "/accounts(name='x')",
        '$1',
        1,
        '1,9',
        -1,
      ),
      weight: 6,
    },
    {
      arbitrary: oneOf<unknown>(
        1e300,
        -0,
        9007199254740993,
        'x'.repeat(101),
        [],
        {},
        [[]],
        [null],
        '\u0000',
        '\ud800',
        { value: 1 },
        [`/contacts(${contact})`],
        'P-1',
      ),
      weight: 2,
    },
    { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 },
  )
}

const anyName = mostly(
  oneOf(
    'new_number',
    'new_stock',
    'new_price',
    'new_sold',
    'new_day',
    'new_grade',
    'new_name',
    'new_MakerId@odata.bind',
    'statecode',
    'statuscode',
    'overriddencreatedon',
    'ownerid@odata.bind',
    'new_partid',
    'value',
    '@odata.id',
    '@odata.type',
  ),
  oneOf(
    'nothing',
    'new_MakerId',
    '_new_makerid_value',
    'new_part_contact@odata.bind',
    'new_part_contact',
    'versionnumber',
    'createdon',
    '__proto__',
    'constructor',
    '',
    '@',
    '@odata.bind',
    'new_number@odata.bind',
    '@odata.etag',
    'new_number@x.y',
    'toString',
  ),
  8,
)

function anyRow(ground: Ground): fc.Arbitrary<Record<string, unknown>> {
  return fc.array(fc.tuple(anyName, anyValue(ground)), { maxLength: 4 }).map((members) => Object.fromEntries(members))
}

function anyBody(ground: Ground): fc.Arbitrary<string | Uint8Array | undefined> {
  const row = anyRow(ground)
  const target = row.map((members) => ({ '@odata.type': `${CRM}.new_part`, ...members }))
  const reference = oneOf<unknown>(`contacts(${ground.contact})`, `/accounts(${ground.account})`, `contacts(${NOBODY})`, 'x', 5, null).map((id) => ({
    '@odata.id': id,
  }))
  const attribute = fc
    .tuple(oneOf('String', 'Integer', 'Picklist', 'Lookup', 'Nothing'), oneOf('new_Added', 'new_Number', 'x', '', 'new_Bad Name'))
    .map(([type, SchemaName]) => ({ '@odata.type': `${CRM}.${type}AttributeMetadata`, SchemaName, MaxLength: 10 }))
  const definition = fc.oneof(
    attribute,
    oneOf<unknown>(
      { '@odata.type': `${CRM}.EntityMetadata`, SchemaName: 'new_Part' },
      { SchemaName: 'new_Key', KeyAttributes: ['nothing'] },
      { OptionSetName: 'x', Value: 1 },
      { ParameterXml: '<a>' },
    ),
  )
  const json = fc.oneof(
    { arbitrary: row as fc.Arbitrary<unknown>, weight: 8 },
    { arbitrary: fc.array(target, { maxLength: 3 }).map((Targets) => ({ Targets })), weight: 3 },
    { arbitrary: reference, weight: 2 },
    { arbitrary: definition, weight: 1 },
    { arbitrary: fc.jsonValue(), weight: 1 },
  )
  const batch = fc.array(fc.tuple(oneOf('GET', 'POST', 'PATCH', 'DELETE'), anyPath(ground), row), { maxLength: 3 }).map(batchOf)
  return fc.oneof(
    { arbitrary: json.map((value) => JSON.stringify(value)), weight: 12 },
    { arbitrary: batch, weight: 2 },
    {
      arbitrary: oneOf<string | Uint8Array | undefined>(undefined, '', '{', '[', '"', 'null', '5', 'x', '{}{}', '['.repeat(5000), '{"a":'.repeat(5000)),
      weight: 1,
    },
    { arbitrary: fc.uint8Array({ maxLength: 40 }), weight: 1 },
  )
}

function batchOf(parts: readonly (readonly [string, string, object])[]): string {
  const written = parts
    .filter(([method, path]) => isHarmless(method, path))
    .map(
      ([method, path, body]) =>
        `--b\r\nContent-Type: application/http\r\n\r\n${method} ${path} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${method === 'GET' ? '' : JSON.stringify(body)}\r\n`,
    )
  return `${written.join('')}--b--\r\n`
}

// Damage

type Damage = readonly { readonly at: number; readonly kind: 'insert' | 'remove' | 'double' | 'replace'; readonly text: string }[]

const anyDamage: fc.Arbitrary<Damage> = mostly(
  fc.constant([]),
  fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      kind: oneOf('insert' as const, 'remove' as const, 'double' as const, 'replace' as const),
      text: oneOf(
        "'",
        '(',
        ')',
        '%',
        '$',
        '/',
        '?',
        '&',
        '=',
        '+',
        ';',
        ',',
        '@',
        '#',
        '"',
        '{',
        '}',
        '[',
        ']',
        '<',
        '\\',
        ':',
        '.',
        '%00',
        '%FF',
        '%27',
        '%2F',
        '%25',
        '\u00e9',
        '~',
        '0',
        'x',
        '-',
        '$ref',
        '%C3%A9',
        '%F0%9F%98%80',
        '%ED%A0%80',
        '*',
        '|',
        '`',
        '^',
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  2,
)

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

function damagedBody(body: string | Uint8Array | undefined, damage: Damage): string | Uint8Array | undefined {
  return typeof body === 'string' ? damaged(body, damage) : body
}

/** What a URL's own client would escape; the rest is the server's to judge. */
function encode(path: string): string {
  return path.replace(/[^!-~]+/gu, (text) => encodeURIComponent(text.toWellFormed()))
}
