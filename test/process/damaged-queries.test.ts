/** FetchXML and SQL that were damaged on their way are read all the same or refused with a status that says whose fault it is, never with a bug. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DataverseError } from '../../src/protocol/errors.ts'
import { parseFetchXml } from '../../src/protocol/fetch-xml.ts'
import { parseSqlSelect } from '../../src/protocol/sql-select.ts'
import { damaged, damageOf } from '../support/any-damage.ts'
import { bounded } from '../support/how-long.ts'

const QUERIES = bounded(10_000, 100_000)

const FETCH_XML = [
  `<?xml version="1.0"?><fetch version="1.0" mapping="logical" distinct="true" count="3" page="2" returntotalrecordcount="1"
     paging-cookie="&lt;cookie page=&quot;1&quot;&gt;&lt;fullname last=&quot;Susanna&quot; first=&quot;Yvonne&quot; /&gt;&lt;/cookie&gt;">
     <entity name="contact"><attribute name="fullname"/><all-attributes/><order attribute="fullname" descending="true"/>
     <filter type="or"><condition attribute="fullname" operator="like" value="%é&amp;%"/><condition entityname="a" attribute="name" operator="null"/>
     <filter><condition attribute="x" operator="in"><value>1</value><value><![CDATA[<2>]]></value></condition></filter>
     <link-entity name="account" from="primarycontactid" to="contactid" link-type="not any"/></filter>
     <link-entity name="account" from="accountid" to="parentcustomerid" link-type="outer" alias="a"><attribute name="name" alias="n"/></link-entity></entity></fetch>`,
  `<fetch aggregate='true' aggregatelimit='10'><entity name='account'><attribute name='revenue' alias='total' aggregate='sum'/>
     <attribute name='createdon' alias='m' groupby='true' dategrouping='month' usertimezone='false'/><order alias='m'/></entity></fetch>`,
  encodeURIComponent('<fetch top="5"><entity name="account"><attribute name="name"/></entity></fetch>'),
]
const XML_PIECES =
  `<  >  /  </  />  "  '  =  &  &amp;  &#0;  &#xD800;  &#1114112;  ]]>  <![CDATA[  <!--  -->  <?  <!DOCTYPE a>  \ufeff  \ud800  é  %3C  %  ` +
  `<fetch>  <filter>  </filter>  <value>  <link-entity name="b">  top="1"  count="x"  link-type="any"  type="xor"  aggregate="sum"`

const SQL = [
  'SELECT DISTINCT TOP 5 a.name, c.fullname AS contact FROM account AS a LEFT OUTER JOIN contact AS c ON a.primarycontactid = c.contactid AND c.statecode = 0 ' +
    "WHERE (a.name LIKE 'F%' OR NOT a.x BETWEEN 1 AND -2.5e3) AND a.y NOT IN (1, 'it''s', N'é') AND c.z IS NOT NULL AND a.x <> a.y ORDER BY contact DESC, a.name;",
  'SELECT [a].[city], COUNT(*) AS n, COUNT(DISTINCT x), SUM("revenue") FROM account a GROUP BY city ORDER BY n OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY',
  "SELECT name FROM account WHERE createdon >= DATEADD(day, -7, GETUTCDATE()) AND modifiedon < DATEADD(month, 1, '2024-01-31')",
]
const SQL_PIECES =
  `'  "  [  ]  (  )  ,  .  ;  *  =  <  >  !  +  -  --  /*  %  @  \ud800  é  0  99999999999999999999  1e999  NULL  NOT  AND  OR  IN  SELECT  FROM  JOIN  ON  ` +
  'WHERE  GROUP BY  ORDER BY  HAVING  UNION  CASE  TOP  AS  DATEADD(  GETDATE()  COUNT(  EXISTS  OFFSET  constructor  __proto__'

function damagedAreReadOrRefused(texts: readonly string[], pieces: string, parse: (text: string) => unknown): Map<string, number> {
  const answers = new Map<string, number>()
  fc.assert(
    fc.property(fc.constantFrom(...texts), damageOf(pieces), (text, damage) => {
      const name = answerTo(damaged(text, damage), parse)
      answers.set(name, (answers.get(name) ?? 0) + 1)
    }),
    { numRuns: QUERIES },
  )
  return answers
}

function answerTo(text: string, parse: (text: string) => unknown): string {
  try {
    parse(text)
    return 'read'
  } catch (error) {
    assert.ok(error instanceof DataverseError, `${String(error)} of ${text}`)
    assert.ok(error.status >= 400 && error.status < 500, `${error.status} of ${text}`)
    return error.name
  }
}

test(`${QUERIES} damaged texts of FetchXML`, () => {
  for (const text of FETCH_XML) assert.equal(answerTo(text, parseFetchXml), 'read', text)
  const answers = damagedAreReadOrRefused(FETCH_XML, XML_PIECES, parseFetchXml)
  assert.ok((answers.get('read') ?? 0) > QUERIES / 100 && answers.size > 5, JSON.stringify([...answers]))
})

test(`${QUERIES} damaged texts of SQL`, () => {
  const parse = (text: string) => parseSqlSelect(text, '2024-03-31T10:00:00Z')
  for (const text of SQL) assert.equal(answerTo(text, parse), 'read', text)
  const answers = damagedAreReadOrRefused(SQL, SQL_PIECES, parse)
  assert.ok((answers.get('read') ?? 0) > QUERIES / 100 && answers.size > 2, JSON.stringify([...answers]))
})
