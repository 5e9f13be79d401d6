/**
 * Requests that a server might see. Each begins as one that makes sense: a path of some kind, options and a body that suit it. Then one or the other
 * of its words is replaced by one that does not, and now and then its text is damaged.
 * What would take the ground from under the others (deleting their definitions, touching users and units) is turned into a read.
 */
import fc from 'fast-check'
import { anyBodies, type Body, type Shape } from './any-body.ts'
import { anyDamage, damaged } from './any-damage.ts'
import { anyReadOptions } from './any-options.ts'
import { CRM, type Ground, mostly, NOBODY, pick, some } from './any-words.ts'

export type AnyRequest = { readonly method: string; readonly path: string; readonly headers: { readonly [name: string]: string }; readonly body: Body }

export function anyRequest(ground: Ground): fc.Arbitrary<AnyRequest> {
  const parts = {
    path: anyPath(ground),
    readOptions: anyReadOptions(ground),
    writeOptions: mostly(pick('∅  $select=new_number  tag=x'), anyReadOptions(ground)),
    bodies: anyBodies(ground, anyPath(ground), isHarmless),
    method: mostly(pick('usual'), pick('GET  POST  PATCH  PUT  DELETE  HEAD  OPTIONS  TRACE  SEARCH'), 12),
    headers: anyHeaders,
    damage: anyDamage,
    bodyDamage: anyDamage,
  }
  return fc.record(parts).map((one): AnyRequest => {
    const method = one.method === 'usual' ? one.path.method : one.method
    const isRead = method === 'GET' || method === 'HEAD'
    const path = damaged(encode(joined(one.path.text, isRead ? one.readOptions : one.writeOptions)), one.damage)
    const body = one.bodies[one.path.body]
    return {
      method: isHarmless(method, path) && isSendable(method, path) ? method : 'GET',
      path,
      headers: { ...(one.path.body === 'batch' && { 'Content-Type': 'multipart/mixed; boundary=b' }), ...one.headers },
      body: isRead || method === 'DELETE' ? undefined : typeof body === 'string' ? damaged(body, one.bodyDamage) : body,
    }
  })
}

function joined(path: string, options: string): string {
  return options === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${options}`
}

/** What a URL's own client would escape; the rest is the server's to judge. */
function encode(path: string): string {
  return path.replace(/[^!-~]+/gu, (text) => encodeURIComponent(text.toWellFormed()))
}

function isHarmless(method: string, url: string): boolean {
  if (method === 'GET' || method === 'HEAD') return true
  if (/systemusers|businessunits|organizations|teams|roles|currencies/i.test(url)) return false
  return method !== 'DELETE' || !/Definitions/i.test(url)
}

/** What is no HTTP is answered without regard to its method: a HEAD client does not expect the body. */
function isSendable(method: string, path: string): boolean {
  return method !== 'HEAD' || /^[!-~]*$/.test(path)
}

// Paths

function anyPath(ground: Ground): fc.Arbitrary<Shape> {
  const { contact, account } = ground
  const row = anyRow(ground)
  const members = (names: string) => fc.tuple(row, pick(names)).map((parts) => parts.join('/'))
  const shape = (weight: number, method: string, body: Shape['body'], texts: fc.Arbitrary<string>) => ({
    arbitrary: texts.map((text): Shape => ({ text, method, body })),
    weight,
  })
  const columns =
    'new_number  new_stock  new_price  new_day  new_sold  new_number  new_partid  createdon  statecode  _new_makerid_value  nothing  new_MakerId  ∅'
  return fc.oneof(
    shape(8, 'GET', 'row', pick('new_parts  new_parts  new_parts/$count  accounts  contacts  systemusers')),
    shape(4, 'GET', 'row', row),
    shape(
      3,
      'GET',
      'row',
      members('new_number  new_number/$value  new_MakerId  new_part_contact  new_MakerId/$ref  new_part_contact/$ref  new_part_contact/$count'),
    ),
    shape(1, 'GET', 'row', members('ownerid  createdon  nothing  $value  $ref  new_account_new_part_new_MakerId')),
    shape(2, 'GET', 'row', members(FAR.replaceAll('CONTACT', contact))),
    shape(5, 'POST', 'row', pick('new_parts')),
    shape(6, 'PATCH', 'row', row),
    shape(2, 'DELETE', 'row', row),
    shape(2, 'PUT', 'value', members(columns)),
    shape(1, 'DELETE', 'value', members(columns)),
    shape(2, 'POST', 'reference', members('new_part_contact/$ref  new_MakerId/$ref')),
    shape(2, 'PUT', 'reference', members('new_MakerId/$ref  new_part_contact/$ref')),
    shape(
      1,
      'DELETE',
      'reference',
      members(`new_part_contact(${contact})/$ref  new_part_contact/$ref?$id=contacts(${contact})  new_MakerId/$ref  new_MakerId(${account})/$ref`),
    ),
    shape(4, 'POST', 'targets', pick(['Create', 'Update', 'Upsert', 'Delete', 'Nothing'].map((verb) => `new_parts/${CRM}.${verb}Multiple`).join('  '))),
    shape(3, 'POST', 'batch', pick('$batch')),
    shape(3, 'GET', 'definition', pick(DEFINITIONS)),
    shape(1, 'POST', 'definition', pick(EDITS)),
    shape(1, 'PUT', 'definition', pick(DEFINITIONS)),
    shape(3, 'GET', 'row', pick(FUNCTIONS.replaceAll('ACCOUNT', account))),
    shape(2, 'POST', 'operation', pick('Merge  BulkDelete')),
    ...['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].map((method) => shape(1, method, 'row', anyWildPath(row))),
  )
}

const FAR = `new_MakerId/primarycontactid  new_MakerId/primarycontactid/fullname/$value  new_MakerId/Account_Tasks/$count  ownerid/${CRM}.systemuser
  ownerid/${CRM}.team/name  ownerid/$ref  createdby/businessunitid/name  new_part_contact(CONTACT)/owninguser  new_part_contact(CONTACT)/new_part_contact
  new_MakerId/nothing  new_MakerId/ownerid/name  new_part_contact(CONTACT)/Contact_Tasks/${CRM}.task  ${CRM}.new_part/new_MakerId/$ref`

const PART = "EntityDefinitions(LogicalName='new_part')"
const DEFINITIONS = `EntityDefinitions  ${PART}  ${PART}/Attributes  ${PART}/Keys  ${PART}/Attributes/${CRM}.StringAttributeMetadata  ${PART}/DisplayName
  ${PART}/Attributes(LogicalName='new_grade')/${CRM}.PicklistAttributeMetadata/OptionSet  ${PART}/Attributes(LogicalName='new_number')
  RelationshipDefinitions  RelationshipDefinitions(SchemaName='new_part_contact')  GlobalOptionSetDefinitions  EntityDefinitions(LogicalName='nothing')`
const EDITS = `EntityDefinitions  ${PART}/Attributes  ${PART}/Keys  RelationshipDefinitions  GlobalOptionSetDefinitions
  InsertOptionValue  UpdateOptionValue  PublishXml  CreateCustomerRelationships  ReactivateEntityKey`
const FUNCTIONS = `WhoAmI  WhoAmI()  WhoAmI(x=1)  RetrieveVersion  RetrieveTotalRecordCount(EntityNames=["account"])  RetrieveTotalRecordCount(EntityNames=@p1)?@p1=["new_part"]
  RetrieveCurrentOrganization(AccessType='Default')  RetrieveMetadataChanges(Query=@p1)?@p1={"Properties":{"AllProperties":true}}
  RetrieveMetadataChanges(Query=@p1)?@p1={"Criteria":{"Conditions":[{}]}}  ∅  $metadata?annotations=true  Merge  BulkDelete
  InitializeFrom(EntityMoniker=@p1,TargetEntityName=@p2,TargetFieldType=@p3)?@p1={'@odata.id':'accounts(ACCOUNT)'}&@p2='new_part'&@p3=${CRM}.TargetFieldType'All'
  InitializeFrom(EntityMoniker={"@odata.type":"${CRM}.account","accountid":"ACCOUNT"},TargetEntityName='contact',TargetFieldType='ValidForCreate')
  IsValidStateTransition(Entity=@p1,NewState='Inactive',NewStatus=2)?@p1={"@odata.id":"accounts(ACCOUNT)"}
  CalculateRollupField(Target=@p1,FieldName='revenue')?@p1={"@odata.id":"accounts(ACCOUNT)"}  FormatAddress(Line1='x',City=null)
  LocalTimeFromUtcTime(TimeZoneCode=35,UtcTime=2024-07-01T12:00:00Z)  UtcTimeFromLocalTime(TimeZoneCode=35,LocalTime=1753-01-01T00:00:00Z)
  GetTimeZoneCodeByLocalizedName(LocalizedStandardName='Eastern Standard Time',LocaleId=1033)`

function anyWildPath(row: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const set =
    pick(`new_parts  accounts  contacts  tasks  activitypointers  sdkmessagefilters  EntityDefinitions  RelationshipDefinitions  WhoAmI  $metadata  $batch  ∅
    nothings  New_Parts  new_part  $all  ..  accounts(  '`)
  const key = row.map((text) => text.slice(text.indexOf('(')))
  return fc
    .tuple(set, mostly(pick('∅'), key, 2), mostly(pick('∅'), pick('/$count  /$ref  /$value  /nothing  /Attributes  /new_number'), 3))
    .map((parts) => parts.join(''))
}

function anyRow({ part, account, contact }: Ground): fc.Arbitrary<string> {
  const good = `(${part})  (new_number='P-1')  (new_number='P-2')  (new_number='P-3')  (new_partid=${part})  ({${part.toUpperCase()}})`
  const bad = `(${NOBODY})  ()  (@k)  (new_number=@k)  (new_number=5)  (new_stock=1)  (new_number='a',new_stock=1)  (new_number='')  (1)  (null)  (new_number=null)
    ('${part}')  (${part},${part})  (new_number='O''Neil')  (new_number='%2F')  (${account})`
  const part_ = (keys: string) => pick(keys).map((key) => `new_parts${key}`)
  return mostly(fc.oneof({ arbitrary: part_(good), weight: 6 }, { arbitrary: pick(`accounts(${account})  contacts(${contact})`), weight: 1 }), part_(bad), 5)
}

// Headers

const header = (weight: number, name: string, values: fc.Arbitrary<string>) => ({ arbitrary: values.map((value) => [name, value] as const), weight })

const PREFERENCES = `return=representation  return=minimal  odata.track-changes  odata.maxpagesize=1  odata.track-changes,odata.maxpagesize=2  odata.include-annotations="*"
  odata.include-annotations=*  odata.continue-on-error  tidemark.delete-multiple`

const anyHeaders = some(
  fc.oneof(
    header(6, 'Prefer', mostly(pick(PREFERENCES), pick('respond-async  odata.maxpagesize=-1  odata.maxpagesize=x  ,  "'), 6)),
    header(1, 'If-Match', mostly(pick('*  null'), pick(`W/"1"  "x"  W/"x"  ∅  W/"${'9'.repeat(30)}"`), 1)),
    header(1, 'If-None-Match', mostly(pick('null'), pick('*  W/"1"  x'), 1)),
    header(
      1,
      'Content-Type',
      mostly(pick('application/json; charset=utf-8  application/json;type=entry'), pick('text/plain  multipart/mixed; boundary=b  multipart/mixed  ∅'), 2),
    ),
    header(1, 'MSCRM.MergeLabels', pick('true  false  x')),
    header(1, 'OData-Version', pick('4.0  4.0  3.0  x')),
    header(1, 'Accept', pick('application/json  */*  application/xml  nonsense')),
  ),
  2,
).map((headers) => Object.fromEntries(headers))
