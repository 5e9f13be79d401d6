/** The steps there are, by table and message, in the order in which they run: by rank, and those of one rank as they were registered. */
import type { Message, Stage, Step } from './step.ts'

export type StepList = { readonly [stage in Stage]: readonly Step[] } & { readonly isSync: boolean; readonly count: number }

export type Registry = {
  /** Undefined: none. */
  readonly of: (table: string, message: Message) => StepList | undefined
  readonly byId: ReadonlyMap<string, Step>
  /** Whether any step of a message runs in the transaction. */
  readonly hasSync: (message: Message) => boolean
}

export function registryOf(steps: readonly Step[]): Registry {
  const tables = new Map<string, Map<Message, Step[]>>()
  const ofPairs = steps.filter((step) => step.table === undefined)
  const add = (table: string, step: Step) => {
    const messages = tables.get(table) ?? new Map<Message, Step[]>()
    tables.set(table, messages)
    messages.set(step.message, [...(messages.get(step.message) ?? []), step])
  }
  for (const step of steps) if (step.table !== undefined) add(step.table, step)
  for (const step of ofPairs) for (const table of tables.keys()) add(table, step)
  const lists = new Map([...tables].map(([table, messages]) => [table, new Map([...messages].map(([message, list]) => [message, listOf(list)]))]))
  const everywhere = new Map<Message, StepList>()
  for (const message of new Set(ofPairs.map((step) => step.message))) everywhere.set(message, listOf(ofPairs.filter((step) => step.message === message)))
  return {
    of: (table, message) => (lists.get(table) ?? everywhere).get(message),
    byId: new Map(steps.map((step) => [step.id, step])),
    hasSync: (message) => steps.some((step) => step.message === message && step.mode === 'sync'),
  }
}

/** Two lists as one: the steps on a row and those on rows together are merged. */
export function mergeLists(one: StepList | undefined, other: StepList | undefined): StepList | undefined {
  if (!one || !other) return one ?? other
  return listOf([...allOf(one), ...allOf(other)])
}

export function filterList(list: StepList, keeps: (step: Step) => boolean): StepList | undefined {
  const kept = allOf(list).filter(keeps)
  return kept.length === 0 ? undefined : kept.length === list.count ? list : listOf(kept)
}

function allOf(list: StepList): readonly Step[] {
  return [...list.PreValidation, ...list.PreOperation, ...list.PostOperation]
}

function listOf(steps: readonly Step[]): StepList {
  const ranked = [...steps].sort((one, other) => one.rank - other.rank)
  const at = (stage: Stage) => ranked.filter((step) => step.stage === stage)
  return {
    PreValidation: at('PreValidation'),
    PreOperation: at('PreOperation'),
    PostOperation: at('PostOperation'),
    isSync: steps.some((step) => step.mode === 'sync'),
    count: steps.length,
  }
}
