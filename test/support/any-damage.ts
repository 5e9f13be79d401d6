/** A text that was damaged on its way: something is missing, doubled, or there that was not. */
import fc from 'fast-check'
import { mostly, pick } from './any-words.ts'

type Cut = { readonly at: number; readonly kind: string; readonly piece: string }
export type Damage = readonly Cut[]

const PIECES = String.raw`'  (  )  %  $  /  ?  &  =  +  ;  ,  @  #  "  {  }  [  ]  <  \  :  .  ~  0  x  -  *  |  é  $ref  %00  %FF  %27  %2F  %25  %C3%A9  %F0%9F%98%80  %ED%A0%80`

const anyCut: fc.Arbitrary<Cut> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: pick('insert  remove  replace  double'),
  piece: pick(PIECES),
})

export const anyDamage: fc.Arbitrary<Damage> = mostly(fc.constant<Damage>([]), fc.array(anyCut, { minLength: 1, maxLength: 3 }), 8)

export function damaged(text: string, damage: Damage): string {
  return damage.reduce(cut, text)
}

function cut(text: string, { at, kind, piece }: Cut): string {
  const index = Math.floor(at * text.length)
  const [head, tail] = [text.slice(0, index), text.slice(index)]
  if (kind === 'double') return text + tail
  return head + (kind === 'remove' ? '' : piece) + (kind === 'insert' ? tail : tail.slice(1))
}
