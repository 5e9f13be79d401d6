/** Functions about one row, which they are given as a parameter: `IsValidStateTransition(Entity=@p1,NewState='Inactive',NewStatus=2)`. */
import { fail } from '../protocol/errors.ts'
import { isExactNumber } from '../protocol/exact-number.ts'
import { type JsonValue, parseJsonBody } from '../protocol/row-json.ts'
import { bindEntity } from '../plan/bind-entity.ts'
import { getColumn } from '../plan/find-column.ts'
import type { ReadRow } from '../plan/read-plan.ts'
import { type RowAddress, rowMissing } from '../plan/row-address.ts'
import { planInitialize } from '../plan/plan-initialize.ts'
import { planRowSelect } from '../plan/row-read.ts'
import { asObject } from '../schema/metadata/metadata-body.ts'
import { exactInteger } from '../schema/metadata/metadata-object.ts'
import { leadsTo } from '../schema/status-transitions.ts'
import type { Table } from '../schema/table.ts'
import { textOf } from '../store/json-page.ts'
import { type App, queryContext } from './app.ts'
import type { Answer, Arguments, ServerFunction } from './operation.ts'
import { jsonOf, memberOf, parameterNumber, parameterText, required } from './operation-arguments.ts'
import type { ParsedRequest } from './parse-request.ts'

export const ROW_FUNCTIONS: { readonly [name: string]: ServerFunction } = {
  InitializeFrom: {
    // The last is the original's own: it changes nothing here.
    parameters: ['EntityMoniker', 'TargetEntityName', 'TargetFieldType', 'SkipParentalRelationshipMapping', 'RetrieveConsumableRecord'],
    run: initializeFrom,
  },
  IsValidStateTransition: { parameters: ['Entity', 'NewState', 'NewStatus'], run: isValidStateTransition },
  CalculateRollupField: { parameters: ['Target', 'FieldName'], run: calculateRollupField },
}

async function initializeFrom(app: App, args: Arguments, request: ParsedRequest): Promise<Answer> {
  const source = rowOf(args, 'EntityMoniker', app)
  const wish = {
    target: parameterText(args, 'TargetEntityName'),
    fieldType: memberOf(required(args, 'TargetFieldType')) ?? '',
    skipsParent: flagOf(args, 'SkipParentalRelationshipMapping'),
  }
  const { read, compose, target } = planInitialize(source, wish, queryContext(app, app.schema()))
  const row = compose(await readRow(app, read, request))
  return { '@odata.context': `${request.apiRoot}/$metadata#${target.entitySetName}/$entity`, ...withExactNumbers(row) }
}

/** A status goes with its own state, and has to be one that the row's status leads to, where the table enforces that. */
async function isValidStateTransition(app: App, args: Arguments, request: ParsedRequest): Promise<Answer> {
  const address = rowOf(args, 'Entity', app)
  const [state, status] = [parameterText(args, 'NewState'), parameterNumber(args, 'NewStatus')]
  const [states, statuses] = [address.table.columns.get('statecode'), address.table.columns.get('statuscode')]
  if (states?.type !== 'state' || statuses?.type !== 'status') throw fail('NoState', address.table.logicalName)
  const row = await readRow(app, planRowSelect(address, ['statuscode'], undefined, queryContext(app, app.schema())), request)
  const wanted = states.options.find((option) => option.invariantName === state || String(option.value) === state)
  const isPair = wanted !== undefined && statuses.options.some((option) => option.value === status && option.state === wanted.value)
  const IsValid = isPair && leadsTo(address.table, Number(row.statuscode), status)
  return { IsValid }
}

/** There are no rollup columns: each one is the wrong one, in the original's words for that. */
async function calculateRollupField(app: App, args: Arguments, request: ParsedRequest): Promise<Answer> {
  const address = rowOf(args, 'Target', app)
  const column = getColumn(address.table, parameterText(args, 'FieldName'))
  await readRow(app, existence(address, app), request)
  throw fail('NoRollupColumn', column.logicalName, address.table.logicalName)
}

function existence(address: RowAddress, app: App): ReadRow {
  return planRowSelect(address, [address.table.primaryIdColumn], undefined, queryContext(app, app.schema()))
}

async function readRow(app: App, plan: ReadRow, request: ParsedRequest): Promise<{ readonly [member: string]: JsonValue }> {
  const outcome = await app.read(plan, request)
  if (outcome.kind !== 'row') throw rowMissing(plan.address)
  return asObject(parseJsonBody(textOf(outcome.json))) ?? {}
}

function withExactNumbers(row: { readonly [member: string]: JsonValue }): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, isExactNumber(value) ? exactInteger(value.exact) : value]))
}

function rowOf(args: Arguments, parameter: string, app: App): RowAddress & { readonly table: Table } {
  return bindEntity(jsonOf(args, parameter), parameter, app.schema())
}

function flagOf(args: Arguments, parameter: string): boolean {
  const literal = args.get(parameter)
  if (!literal || literal.kind === 'null') return false
  if (literal.kind !== 'boolean') throw fail('BadRequest', `The parameter '${parameter}' must be true or false.`)
  return literal.value
}
