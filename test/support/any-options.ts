/** Query options: mostly ones that Dataverse understands. */
import fc from 'fast-check'
import { anyFetchXml, anySql } from './any-queries.ts'
import { CRM, type Ground, mostly, NOBODY, pick, some } from './any-words.ts'

const MOMENT = '2026-01-01T00:00:00Z'

const anyColumn = mostly(
  pick('new_number  new_stock  new_price  new_sold  new_day  new_grade  createdon  statecode  new_partid  _new_makerid_value  versionnumber  new_name'),
  pick("nothing  new_MakerId  New_Number  new_part_contact/lastname  ownerid  _ownerid_value  $it  new_number/x  ∅  'a'  5"),
  15,
)

const anyColumns = some(anyColumn, 4).map((names) => names.join())

export function anyReadOptions(ground: Ground): fc.Arbitrary<string> {
  const option = fc.oneof(
    { arbitrary: anyColumns.map((names) => `$select=${names}`), weight: 5 },
    { arbitrary: anyFilter(ground).map((filter) => `$filter=${filter}`), weight: 6 },
    { arbitrary: fc.tuple(anyColumn, pick('∅  ∅  asc  desc  down')).map(([column, order]) => `$orderby=${column} ${order}`.trimEnd()), weight: 3 },
    { arbitrary: mostly(pick('$top=1  $top=5000  $count=true  $count=false'), pick('$top=0  $top=-1  $top=x  $count=1  $top=5001'), 5), weight: 3 },
    { arbitrary: mostly(pick(EXPANDS), pick(BAD_EXPANDS), 3).map((value) => `$expand=${value}`), weight: 3 },
    { arbitrary: pick(RARE), weight: 1 },
    { arbitrary: anyApply().map((value) => `$apply=${value}`), weight: 2 },
    { arbitrary: anyFetchXml.map((value) => `fetchXml=${value}`), weight: 2 },
    { arbitrary: anySql.map((value) => `sql=${value}`), weight: 1 },
  )
  // Mostly each option once.
  const tidy = some(option, 3).map((options) => [...new Map(options.map((text) => [text.split('=')[0], text])).values()].join('&'))
  return mostly(
    tidy,
    some(option, 4).map((options) => options.join('&')),
    15,
  )
}

const EXPANDS = `new_MakerId  new_MakerId($select=name)  new_part_contact($top=1;$orderby=lastname)  new_part_contact($filter=lastname eq 'x')  createdby  ownerid
  new_MakerId($expand=primarycontactid,ownerid($select=fullname))  new_part_contact($select=lastname;$expand=owninguser($expand=businessunitid))  ownerid/$ref
  new_MakerId,new_part_contact  new_part_contact($expand=new_part_contact($filter=new_stock gt 5;$expand=createdby/$ref))  ownerid/${CRM}.team($select=name)`
const BAD_EXPANDS =
  'new_MakerId/$ref  new_MakerId($expand=nothing)  nothing  ownerid($top=1)  new_part_contact($top=1;$expand=createdby)  Attributes  Keys($select=nothing)  *  ∅  createdby/Microsoft.Dynamics.CRM.team  ownerid($filter=name eq null)'
const RARE = `$skiptoken=x  $skiptoken=<cookie pagenumber="2" pagingcookie="%253c" istracking="False" />  $deltatoken=1!01/01/2026 00:00:00  $deltatoken=1  $skip=1
  $apply=aggregate($count as n)  $search=x  $format=xml  fetchXml=<fetch/>  sql=SELECT 1  savedQuery=${NOBODY}  savedQuery=00000000-0000-0000-00aa-000010001002  userQuery=x  $nothing=1  tag=x  @k=1  @k='P-1'  @p1=["account"]  @p1={}
  annotations=true  $id=accounts(${NOBODY})  =  $select`

const BAD_APPLIES =
  'x  aggregate  groupby(new_stock)  groupby((new_stock)  compute(new_stock mul 2 as x)/aggregate($count as n)  groupby((rollup(new_stock)))  aggregate($count as n)/filter(n gt 1)  filter(new_stock gt 5)'

function anyApply(): fc.Arbitrary<string> {
  const method = pick('sum  average  min  max  countdistinct  median')
  const aggregate = mostly(
    fc.tuple(anyColumn, method, pick('x  y  new_stock')).map(([column, name, alias]) => `${column} with ${name} as ${alias}`),
    pick('$count as n  $count as  $count  new_stock as x'),
    40,
  )
  const aggregates = some(aggregate, 3).map((all) => `aggregate(${all.join()})`)
  const groups = anyColumns.map((names) => `groupby((${names}))`)
  const both = fc.tuple(anyColumns, aggregates).map(([names, all]) => `groupby((${names}),${all})`)
  const filtered = both.map((all) => `filter(new_stock gt 5)/${all}`)
  return mostly(fc.oneof(aggregates, groups, both, filtered), pick(BAD_APPLIES), 10)
}

function anyFilter({ part }: Ground): fc.Arbitrary<string> {
  const good =
    pick(`new_number eq 'P-1'  new_number ne 'x'  new_number eq null  new_stock gt 5  new_stock in (1,2,3)  new_price le 1.5  new_sold eq true  new_day ge 2026-01-01
    createdon lt ${MOMENT}  new_partid eq ${part}  _new_makerid_value eq ${part}  contains(new_number,'-')  startswith(new_number,'P')  endswith(new_name,'x')  statecode eq 0
    new_MakerId/name eq 'Maker'  new_MakerId/primarycontactid/lastname ne 'x'  new_grade eq 1  new_number eq new_name  new_number in ('a','b')
    new_part_contact/any()  new_part_contact/any(c:c/lastname eq 'Alder')  new_part_contact/all(c:c/createdby/fullname ne $it/new_name)
    ${CRM}.Today(PropertyName='createdon')  ${CRM}.LastXDays(PropertyName='new_day',PropertyValue=2)  ${CRM}.EqualUserId(PropertyName='ownerid')
    ${CRM}.In(PropertyName='new_stock',PropertyValues=[1,'2'])  new_MakerId/${CRM}.NotIn(PropertyName='name',PropertyValues=["Maker"])
    new_part_contact/any(c:c/${CRM}.On(PropertyName='createdon',PropertyValue=2026-01-01))`)
  const { filter } = fc.letrec<{ filter: string }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3 },
      { arbitrary: mostly(good, anyWildCondition(part), 4), weight: 6 },
      { arbitrary: fc.tuple(tie('filter'), pick('and  or  and  or  and  AND  xor'), tie('filter')).map((parts) => parts.join(' ')), weight: 2 },
      { arbitrary: tie('filter').map((inner) => `not (${inner})`), weight: 1 },
      { arbitrary: tie('filter').map((inner) => `(${inner})`), weight: 1 },
    ),
  }))
  return filter
}

function anyWildCondition(part: string): fc.Arbitrary<string> {
  const written =
    pick(`'a'  5  1.5  null  true  2026-01-01  ${MOMENT}  ${part}  @k  ''  '%25'  '[_]'  -0  1e308  1e-400  99999999999999999999  -9223372036854775808  'O''Neil'
    ${CRM}.X'Y'  NaN  INF  2026-13-45  0001-01-01  '😀'  '\u0000'  '${'x'.repeat(300)}'`)
  const literal = mostly(
    written,
    fc.string({ maxLength: 12 }).map((text) => `'${text.replaceAll("'", "''")}'`),
    3,
  )
  return fc.oneof(
    fc.tuple(anyColumn, pick('eq  ne  gt  ge  lt  le  has  like  ='), fc.oneof(literal, anyColumn)).map((parts) => parts.join(' ')),
    fc
      .tuple(pick(`contains  startswith  endswith  tolower  year  ${CRM}.Today`), anyColumn, literal)
      .map(([name, column, value]) => `${name}(${column},${value})`),
    fc.tuple(anyColumn, some(literal, 4)).map(([column, values]) => `${column} in (${values.join()})`),
    pick(
      "new_part_contact/all()  new_part_contact/any(o:lastname eq 'x')  new_MakerId/any()  not Microsoft.Dynamics.CRM.Today(PropertyName='createdon')  true  1 eq 1  new_sold  ∅",
    ),
  )
}
