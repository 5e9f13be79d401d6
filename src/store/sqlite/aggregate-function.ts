/** An aggregate function of SQLite, of one argument, so that `f(distinct x)` works. Nulls are passed over, as SQL's own do. Integers come as bigints. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'

export type Aggregate<T> = {
  readonly start: () => T
  readonly step: (state: T, value: Exclude<SQLOutputValue, null>) => T
  readonly result: (state: T) => string | null
}

export function registerAggregate<T>(database: DatabaseSync, name: string, { start, step, result }: Aggregate<T>): void {
  database.aggregate(name, {
    deterministic: true,
    useBigIntArguments: true,
    // The types allow for a state of SQL values only; node:sqlite hands any value on.
    start: start as () => never,
    step: (state, value) => (value === null || value === undefined ? state : (step(state as T, value) as never)),
    result: (state) => result(state as T),
  })
}
