/** So many pieces of work at once, so many waiting for their turn; whoever comes beyond that gets undefined. */
export function takingTurns(atOnce: number, maxWaiting: number): <T>(work: () => Promise<T>) => Promise<T | undefined> {
  const waiting: (() => void)[] = []
  let running = 0

  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= maxWaiting) return undefined
      // The one that ends hands its place on.
      await new Promise<void>((turn) => waiting.push(turn))
    } else {
      running++
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
