/** Takes the frames of a reader process from the chunks in which they come. Heads are gathered; a body stays in its pieces, without a copy. */
import { parseHead, parsePrefix, PREFIX_BYTES, type ReaderAnswer } from './frames.ts'

export type Pieces = readonly Uint8Array[]

/** `onAnswer` gets an answer's whole body: pieces that came before it are its own. */
export function frameParser(onAnswer: (head: ReaderAnswer, body: Pieces) => void): (chunk: Buffer) => void {
  let part: Buffer = Buffer.alloc(PREFIX_BYTES)
  let filled = 0
  let state: 'prefix' | 'head' | 'body' = 'prefix'
  let head: ReaderAnswer | undefined
  let missing = 0
  let body: Uint8Array[] = []

  function begin(next: 'prefix' | 'head', length: number): void {
    state = next
    part = Buffer.alloc(length)
    filled = 0
  }
  function endOfPart(): void {
    if (state === 'head') {
      head = parseHead<ReaderAnswer>(part)
      state = 'body'
      return
    }
    const lengths = parsePrefix(part)
    missing = lengths.body
    if (lengths.head > 0) begin('head', lengths.head)
    else state = 'body'
  }
  /** A frame without a head is a piece of the answer to come. */
  function endOfFrame(): void {
    const answer = head
    head = undefined
    begin('prefix', PREFIX_BYTES)
    if (!answer) return
    const whole = body
    body = []
    onAnswer(answer, whole)
  }
  return (chunk) => {
    for (let used = 0; used < chunk.length; ) {
      if (state === 'body') {
        const piece = chunk.subarray(used, used + missing)
        body.push(piece)
        used += piece.length
        missing -= piece.length
      } else {
        const copied = chunk.copy(part, filled, used)
        filled += copied
        used += copied
        if (filled === part.length) endOfPart()
      }
      if (state === 'body' && missing === 0) endOfFrame()
    }
  }
}

/** The bytes from `start` to `end` of what the pieces are together. */
export function slice(pieces: Pieces, start: number, end: number): Uint8Array[] {
  const found: Uint8Array[] = []
  let offset = 0
  for (const piece of pieces) {
    const from = Math.max(start - offset, 0)
    const until = Math.min(end - offset, piece.length)
    if (until > from) found.push(piece.subarray(from, until))
    offset += piece.length
  }
  return found
}
