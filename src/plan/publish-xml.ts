/**
 * The parameter of PublishXml: `<importexportxml><entities><entity>account</entity></entities></importexportxml>`. There is nothing to publish here,
 * but a document that is broken on the original should not pass unnoticed.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import { parseXml } from '../protocol/xml-reader.ts'

export function checkPublishXml(xml: string): void {
  const { name } = parseXml(xml)
  if (name !== 'importexportxml') throw fail('InvalidArgument', `The outermost element of ParameterXml must be 'importexportxml', not '${excerpt(name)}'.`)
}
