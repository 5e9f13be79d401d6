/** `npm test` runs a bounded variant of what `npm run test:long` runs exhaustively. */
const isLong = process.env.TIDEMARK_TEST_LONG === '1'

export function bounded(short: number, long: number): number {
  return isLong ? long : short
}
