/** `--limits`: `none`, `dataverse`, or `requests=10,seconds=5,concurrent=4,window=2`; what is not named is as in Dataverse. */
import type { z } from 'zod'
import { DATAVERSE_LIMITS, type ServiceLimits } from './service-limits.ts'

const MEMBERS: ReadonlyMap<string, keyof ServiceLimits> = new Map([
  ['requests', 'requests'],
  ['seconds', 'seconds'],
  ['concurrent', 'concurrent'],
  ['window', 'windowSeconds'],
])

/** Undefined: there are none. */
export function parseLimits(text: string, context: z.RefinementCtx): ServiceLimits | undefined {
  if (text === 'none') return undefined
  if (text === 'dataverse') return DATAVERSE_LIMITS
  const given: { -readonly [member in keyof ServiceLimits]?: number } = {}
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=').map((word) => word.trim())
    const member = MEMBERS.get(name)
    const number = /^\d{1,9}(?:\.\d{1,3})?$/.test(value) ? Number(value) : 0
    const isWhole = Number.isInteger(number) || name === 'seconds' || name === 'window'
    if (!member || number <= 0 || !isWhole) {
      context.addIssue({ code: 'custom', message: `'${part.trim()}' is none of none, dataverse, requests=n, seconds=n, concurrent=n, window=s` })
      return undefined
    }
    given[member] = number
  }
  return { ...DATAVERSE_LIMITS, ...given }
}
