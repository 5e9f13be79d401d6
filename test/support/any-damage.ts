/** A text that was damaged on its way: something is missing, doubled, moved, or there that was not. */
import fc from 'fast-check'
import { mostly, pick } from './any-words.ts'

type Cut = { readonly at: number; readonly kind: string; readonly piece: string }
export type Damage = readonly Cut[]

const PIECES = String.raw`'  (  )  %  $  /  ?  &  =  +  ;  ,  @  #  "  {  }  [  ]  <  \  :  .  ~  0  x  -  *  |  é  $ref  %00  %FF  %27  %2F  %25  %C3%A9  %F0%9F%98%80  %ED%A0%80`

export const anyDamage: fc.Arbitrary<Damage> = mostly(fc.constant<Damage>([]), damageOf(PIECES), 8)

/** One to three cuts. `pieces`: what may stand there that did not, two blanks between each. */
export function damageOf(pieces: string): fc.Arbitrary<Damage> {
  // Not a double: most of those are next to nothing.
  const at = fc.nat(9999).map((share) => share / 10_000)
  const cut = fc.record({ at, kind: pick('insert  remove  replace  double  swap'), piece: pick(pieces) })
  return fc.array(cut, { minLength: 1, maxLength: 3 })
}

export function damaged(text: string, damage: Damage): string {
  return damage.reduce(cut, text)
}

function cut(text: string, { at, kind, piece }: Cut): string {
  const index = Math.floor(at * text.length)
  const [head, tail] = [text.slice(0, index), text.slice(index)]
  if (kind === 'double') return text + tail
  if (kind === 'swap') return head + tail.slice(1, 9) + tail.slice(0, 1) + tail.slice(9)
  return head + (kind === 'remove' ? '' : piece) + (kind === 'insert' ? tail : tail.slice(1))
}
