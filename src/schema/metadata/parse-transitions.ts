/** `TransitionData` of the options of a status column: where each status leads. An option without it, or with null, is not named. */
import { fail } from '../../protocol/errors.ts'
import { parseXml } from '../../protocol/xml-reader.ts'
import { type Body, bodyOf, integerOf, listOf, objectOf, textOf } from './metadata-body.ts'

export function parseTransitions(body: Body): ReadonlyMap<number, readonly number[]> | undefined {
  const options = listOf(objectOf(body, 'OptionSet') ?? {}, 'Options') ?? []
  const named = new Map<number, readonly number[]>()
  for (const item of options) {
    const option = bodyOf(item, "A member of 'Options'")
    const [value, data] = [integerOf(option, 'Value'), textOf(option, 'TransitionData')]
    if (value !== undefined && data) named.set(value, parseData(value, data))
  }
  return named.size > 0 ? named : undefined
}

function parseData(status: number, text: string): readonly number[] {
  const root = parseXml(text)
  if (root.name !== 'allowedtransitions') throw bad(status, `its root is <${root.name}>, not <allowedtransitions>`)
  return root.children.map((element) => {
    if (element.name !== 'allowedtransition') throw bad(status, `<${element.name}> stands where <allowedtransition> is expected`)
    if (element.attributes.get('sourcestatusid') !== String(status)) throw bad(status, "each 'sourcestatusid' has to be the status itself")
    const to = element.attributes.get('tostatusid') ?? ''
    if (!/^-?\d{1,10}$/.test(to)) throw bad(status, "each 'tostatusid' has to be a number")
    return Number(to)
  })
}

function bad(status: number, why: string): Error {
  return fail('InvalidMetadata', `The 'TransitionData' of the status ${status} is invalid: ${why}.`)
}
