/** Where time comes in. Tests pass a clock that stands still. */
export type Clock = { readonly now: () => Date }

export const systemClock: Clock = { now: () => new Date() }
