/** How far a privilege reaches, as it is stored (`privilegedepthmask`) and as it is on the wire (`PrivilegeDepth`). */
import type { Depth } from './privileges.ts'

export const DEPTHS: readonly { readonly depth: Depth; readonly mask: number; readonly member: string }[] = [
  { depth: 'basic', mask: 1, member: 'Basic' },
  { depth: 'local', mask: 2, member: 'Local' },
  { depth: 'deep', mask: 4, member: 'Deep' },
  { depth: 'global', mask: 8, member: 'Global' },
]

export function maskOf(depth: Depth): number {
  return DEPTHS.find((one) => one.depth === depth)?.mask ?? 0
}
