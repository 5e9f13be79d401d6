/**
 * The pipeline of an event: PreValidation, PreOperation, the write itself, PostOperation; then what is left to be done after the commit
 * is put into the outbox. Steps on a row (Update) and on rows together (UpdateMultiple) are one pipeline: a bulk action is an event of each
 * of its rows too, and the write of one row is a bulk action of one.
 */
import { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Caller } from '../plan/caller.ts'
import type { Bulk, WriteRow } from '../plan/write-plan.ts'
import { demandAccess, demandRight } from '../store/access.ts'
import { createNested } from '../store/create-row.ts'
import type { Afterwards, BegunBulk, Events, WriteEvent } from '../store/events.ts'
import { type EventRow, eventRow, readEventRow, takeChanges } from '../store/event-values.ts'
import { findId } from '../store/find-row.ts'
import { resolveAssignments, type Values } from '../store/resolve-lookups.ts'
import type { Work } from '../store/write-work.ts'
import { filterList, mergeLists, type Registry, type StepList } from './registry.ts'
import type { Image, Images, Stage, Step, StepContext } from './step.ts'

/** Of the documented limit on steps that make steps run: a loop. */
const MAX_DEPTH = 8

/** What a step has left of its context: the columns to write, and what later steps are told. */
export type StepResult = { readonly target?: unknown; readonly targets?: unknown; readonly sharedVariables?: { readonly [name: string]: unknown } }

/** One request, and what its events are told of it. */
export type Raising = {
  readonly registry: Registry
  readonly caller: Caller
  readonly organizationName: string
  readonly depth: number
  /** Given, or made when it is asked for: most writes have no steps. */
  readonly correlationId: string | undefined
  readonly parent: StepContext | null
  /** The documented optional parameters that pass over steps. */
  readonly bypasses: (step: Step) => boolean
  /** `tag`: what the request says to all steps. */
  readonly sharedVariables: { readonly [name: string]: unknown }
  /** Throws where other writes are in the same transaction. */
  readonly demandAlone: () => void
  readonly run: (step: Step, context: StepContext, work: Work) => Promise<StepResult>
  readonly queue: (step: Step, context: StepContext, work: Work) => Promise<void>
}

/** One row of an event. */
type Subject = { readonly id: Guid; readonly values: Values | undefined; readonly before: Map<Image, EventRow> }
type Occasion = { readonly steps: StepList; readonly event: WriteEvent | Bulk; readonly subjects: readonly Subject[]; readonly shared: Shared }
type BulkWrite = Extract<Bulk, { readonly action: 'create' | 'update' | 'upsert' }>
type Shared = { variables: { readonly [name: string]: unknown } }

export function eventsOf(raising: Raising): Events {
  /** Of each row, from part to part of one update. */
  const shared = new Map<string, Shared>()
  let operationId: Guid | undefined
  let correlationId = raising.correlationId
  /** Of whose rows the bulk event has been raised. */
  let bulkTable: string | undefined

  function sharedOf(name: string): Shared {
    const known = shared.get(name) ?? { variables: raising.sharedVariables }
    shared.set(name, known)
    return known
  }

  function stepsOf(event: WriteEvent): StepList | undefined {
    const table = event.table.logicalName
    const single = raising.registry.of(table, event.message)
    const isPlural = (event.message === 'Create' || event.message === 'Update') && bulkTable !== table
    const plural = isPlural ? raising.registry.of(table, `${event.message}Multiple` as 'CreateMultiple') : undefined
    const list = mergeLists(single, plural)
    return list && filterList(list, (step) => !raising.bypasses(step))
  }

  function begin(event: WriteEvent, work: Work): Promise<Afterwards | undefined> | undefined {
    const steps = stepsOf(event)
    if (!steps) return undefined
    const values = 'values' in event ? event.values : undefined
    const subject = { id: event.id, values, before: new Map() }
    return start({ steps, event, subjects: [subject], shared: sharedOf(`${event.table.logicalName}:${event.id}`) }, work)
  }

  function beginBulk(plan: Bulk, work: Work): Promise<BegunBulk | undefined> | undefined {
    if (plan.action !== 'create' && plan.action !== 'update') return undefined
    const list = raising.registry.of(plan.table.logicalName, plan.action === 'create' ? 'CreateMultiple' : 'UpdateMultiple')
    const steps = list && filterList(list, (step) => !raising.bypasses(step))
    if (!steps) return undefined
    return startBulk(plan, plan.rows, steps, work)
  }

  async function startBulk(plan: BulkWrite, given: readonly WriteRow[], steps: StepList, work: Work): Promise<BegunBulk | undefined> {
    const subjects: Subject[] = []
    const resolved: { readonly row: WriteRow; readonly values: Values }[] = []
    // Before anything is told of rows to somebody who may not write them.
    if (plan.action === 'create') demandRight(plan.table, 'Create', work.moment.caller.rights)
    for (const row of given) {
      const values = await resolveAssignments(row.table, row.assignments, createNested, work)
      const id = row.address ? await findId(row.address, work) : row.newId
      // A row that is not there is refused when its turn comes.
      if (id !== undefined && row.address) await demandAccess(row.table, id, 'Write', work)
      if (id !== undefined) subjects.push({ id, values, before: new Map() })
      resolved.push({ row, values })
    }
    const afterwards = await start({ steps, event: plan, subjects, shared: { variables: raising.sharedVariables } }, work)
    bulkTable = plan.table.logicalName
    const rows = resolved.map(({ row, values }) => ({ ...row, assignments: [...values].map(([column, value]) => ({ column, value })) }))
    return { plan: { ...plan, rows }, afterwards: async () => afterwards?.() }
  }

  async function start(occasion: Occasion, work: Work): Promise<Afterwards | undefined> {
    const { steps } = occasion
    if (!asksAny(occasion)) return undefined
    if (raising.depth > MAX_DEPTH) throw fail('StepsTooDeep')
    if (steps.isSync) raising.demandAlone()
    await readBefore(occasion, work)
    await runStage('PreValidation', occasion, work)
    await runStage('PreOperation', occasion, work)
    return () => runStage('PostOperation', occasion, work)
  }

  async function runStage(stage: Stage, occasion: Occasion, work: Work): Promise<void> {
    const waiting: Step[] = []
    for (const step of occasion.steps[stage]) {
      if (!isAsked(step, occasion)) continue
      if (step.mode === 'async') waiting.push(step)
      else await runStep(step, occasion, work)
    }
    // Once all has been done that can refuse the write.
    for (const step of waiting) await raising.queue(step, await contextOf(step, occasion, work), work)
  }

  async function runStep(step: Step, occasion: Occasion, work: Work): Promise<void> {
    const context = await contextOf(step, occasion, work)
    const result = await raising.run(step, context, work)
    if (result.sharedVariables) occasion.shared.variables = result.sharedVariables
    if (step.stage === 'PostOperation') return
    const { table } = occasion.event
    const isPlural = step.message.endsWith('Multiple')
    const left = isPlural ? result.targets : [result.target]
    if (left === undefined || (!isPlural && result.target === undefined)) return
    if (!Array.isArray(left) || left.length !== occasion.subjects.length) throw fail('StepFailed', `${step.name} may change its targets, not their number.`)
    for (const [index, { values }] of occasion.subjects.entries()) {
      const before = isPlural ? context.targets?.[index] : context.target
      if (values && before) await takeChanges(table, values, before as EventRow, left[index], work)
    }
  }

  async function contextOf(step: Step, { event, subjects, shared: { variables } }: Occasion, work: Work): Promise<StepContext> {
    const { caller, depth, parent, organizationName } = raising
    operationId ??= Guid.next()
    correlationId ??= Guid.next()
    const { table } = event
    const isPlural = step.message.endsWith('Multiple')
    const [first] = subjects
    const images = await Promise.all(subjects.map(async (subject) => imagesOf(step, subject, table, work)))
    const single = images[0] ?? { pre: {}, post: {} }
    return {
      messageName: step.message,
      primaryEntityName: table.logicalName,
      primaryEntityId: isPlural || !first ? Guid.empty : first.id,
      stage: step.stage,
      mode: step.mode,
      depth,
      correlationId,
      operationId,
      operationCreatedOn: work.moment.now,
      userId: caller.userId,
      initiatingUserId: caller.userId,
      businessUnitId: caller.businessUnitId,
      organizationId: caller.organizationId,
      organizationName,
      isInTransaction: step.mode === 'sync',
      ...parametersOf(isPlural, event, subjects),
      preEntityImages: isPlural ? {} : single.pre,
      postEntityImages: isPlural ? {} : single.post,
      ...(isPlural && { preEntityImagesCollection: images.map(({ pre }) => pre), postEntityImagesCollection: images.map(({ post }) => post) }),
      sharedVariables: variables,
      parentContext: parent,
    }
  }

  return { begin, beginBulk }
}

function parametersOf(isPlural: boolean, event: WriteEvent | Bulk, subjects: readonly Subject[]): Partial<StepContext> {
  const { table } = event
  const rowOf = ({ id, values }: Subject): EventRow => ({ ...eventRow(values ?? new Map()), [table.primaryIdColumn]: id })
  if (isPlural) return { targets: subjects.map(rowOf) }
  const [first] = subjects
  if (!first) return {}
  if (first.values) return { target: rowOf(first) }
  const target = { logicalName: table.logicalName, id: first.id }
  if (!('relationship' in event)) return { target }
  return { target, relationship: event.relationship, relatedEntities: [{ logicalName: event.other.table, id: event.other.id }] }
}

function asksAny(occasion: Occasion): boolean {
  const { PreValidation, PreOperation, PostOperation } = occasion.steps
  return [...PreValidation, ...PreOperation, ...PostOperation].some((step) => isAsked(step, occasion))
}

/** Filtering columns: one of them is among what is written, as steps before have left it. */
function isAsked({ filteringColumns }: Step, { subjects }: Occasion): boolean {
  if (!filteringColumns) return true
  return subjects.some(({ values }) => [...(values?.keys() ?? [])].some((column) => filteringColumns.includes(column.logicalName)))
}

async function readBefore({ steps, event, subjects }: Occasion, work: Work): Promise<void> {
  const images = [...steps.PreValidation, ...steps.PreOperation, ...steps.PostOperation].flatMap(({ preImages }) => preImages)
  for (const subject of subjects) {
    for (const image of images) {
      const row = await readEventRow(event.table, subject.id, image.columns, work)
      if (row) subject.before.set(image, row)
    }
  }
}

async function imagesOf(step: Step, subject: Subject, table: WriteEvent['table'], work: Work): Promise<{ readonly pre: Images; readonly post: Images }> {
  const pre: Record<string, EventRow> = {}
  const post: Record<string, EventRow> = {}
  for (const image of step.preImages) {
    const row = subject.before.get(image)
    if (row) pre[image.alias] = row
  }
  if (step.stage === 'PostOperation') {
    for (const { alias, columns } of step.postImages) {
      const row = await readEventRow(table, subject.id, columns, work)
      if (row) post[alias] = row
    }
  }
  return { pre, post }
}
