/**
 * The parameter of PublishXml: `<importexportxml><entities><entity>account</entity></entities></importexportxml>`. There is nothing to publish here,
 * but a document that is broken on the original should not pass unnoticed: tags must nest, and the outermost be `importexportxml`.
 */
import { fail } from '../protocol/errors.ts'

const PIECE = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([A-Za-z_][\w.:-]*)(?:\s[^<>]*?)?(\/?)>|</g

export function checkPublishXml(xml: string): void {
  const open: string[] = []
  let root: string | undefined
  for (const [piece, closing, name, selfClosing] of xml.matchAll(PIECE)) {
    if (piece === '<') throw invalid('it is not well-formed')
    if (name === undefined) continue
    if (closing) {
      if (open.pop() !== name) throw invalid(`'${name}' is closed where it is not open`)
      continue
    }
    if (open.length === 0 && root !== undefined) throw invalid('it has more than one outermost element')
    root ??= name
    if (!selfClosing) open.push(name)
  }
  if (open.length > 0) throw invalid(`'${open.at(-1)}' is not closed`)
  if (root !== 'importexportxml') throw invalid("its outermost element must be 'importexportxml'")
}

function invalid(why: string): Error {
  return fail('InvalidArgument', `The ParameterXml is not valid: ${why}.`)
}
