/** One line of the results: what was measured, the limit measured in the same run, and what was promised. */
export type Figure = {
  readonly figure: string
  readonly measured: string
  readonly limit: string
  /** Measured by limit, or whatever the target speaks of. */
  readonly ratio: string
  readonly target: string
  readonly isMet: boolean
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

export const round = (value: number, digits = 2): string => value.toFixed(digits)
export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en-US')}/s`
export const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`

/** By turns, so that what else the machine does meets both sides: each round's ratio, of which the median counts. */
export async function inTurns<A, B>(
  rounds: number,
  measured: () => Promise<A>,
  limit: () => Promise<B>,
): Promise<{ readonly measured: A[]; readonly limit: B[] }> {
  const results = { measured: [] as A[], limit: [] as B[] }
  for (let round = 0; round < rounds; round++) {
    results.measured.push(await measured())
    results.limit.push(await limit())
  }
  return results
}

export function medianRatio(above: readonly number[], below: readonly number[]): number {
  return median(above.map((value, index) => value / (below[index] ?? 1)))
}
