/**
 * Steps that are rows: each says which event a webhook hears of. What this server could not run is refused when it is written, since the
 * rows are read again in the transaction that changes them.
 */
import { fail } from '../protocol/errors.ts'
import type { SqlRow, Transaction } from '../store/sql/connection.ts'
import { sql } from '../store/sql/sql.ts'
import { problemOf } from './register.ts'
import { AUTH_TYPES, type Endpoint, type Image, MESSAGES, type Message, type Stage, STAGES, type Step } from './step.ts'

/** `serviceendpoint.contract`. */
const WEBHOOK = 8
const KNOWN_AUTH_TYPES: ReadonlySet<number> = new Set(Object.values(AUTH_TYPES))
/** `imagetype`: of the row before, after, or both. */
const [BEFORE, AFTER, BOTH] = [0, 1, 2]

export type StepRows = { readonly steps: readonly Step[]; readonly endpoints: ReadonlyMap<string, Endpoint> }

/** `unusable`: what becomes of a row that cannot be run; else it is thrown. */
export async function loadStepRows(tx: Transaction, unusable?: (problem: unknown) => void): Promise<StepRows> {
  const endpoints = new Map<string, Endpoint>()
  for (const row of await tx.all(sql`select serviceendpointid as id, name, contract, url, authtype, authvalue from serviceendpoint`)) {
    for (const endpoint of usable(() => endpointOf(row), unusable)) endpoints.set(endpoint.id, endpoint)
  }
  const rows = await tx.all(sql`
    select s.sdkmessageprocessingstepid as id, s.name, s.mode, s.rank, s.stage, s.filteringattributes, s.asyncautodelete, s.eventhandler,
      s.impersonatinguserid, s.configuration, m.name as message, f.primaryobjecttypecode as "table", f.sdkmessageid as filtermessage, s.sdkmessageid
    from sdkmessageprocessingstep as s join sdkmessage as m on m.sdkmessageid = s.sdkmessageid
    left join sdkmessagefilter as f on f.sdkmessagefilterid = s.sdkmessagefilterid
    where s.statecode = 0 order by s.createdon, s.sdkmessageprocessingstepid`)
  const images = await tx.all(sql`
    select sdkmessageprocessingstepid as step, entityalias, imagetype, attributes from sdkmessageprocessingstepimage order by createdon, entityalias`)
  const imagesOfStep = (id: unknown) => images.filter(({ step }) => step === id)
  const steps = rows.flatMap((row) => usable(() => stepOf(row, endpoints, imagesOfStep(row.id)), unusable))
  return { steps, endpoints }
}

function usable<T>(make: () => T, unusable: ((problem: unknown) => void) | undefined): readonly T[] {
  try {
    return [make()]
  } catch (problem) {
    if (!unusable) throw problem
    unusable(problem)
    return []
  }
}

function endpointOf(row: SqlRow): Endpoint {
  const authType = row.authtype === null ? undefined : Number(row.authtype)
  if (Number(row.contract) !== WEBHOOK) throw fail('NotSupported', `The contract ${row.contract} of a service endpoint; a webhook has contract ${WEBHOOK}`)
  if (authType !== undefined && !KNOWN_AUTH_TYPES.has(authType)) throw fail('NotSupported', `The authentication type ${authType} of a webhook`)
  const url = text(row.url)
  if (url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw fail('InvalidArgument', `The webhook '${row.name}' needs a URL of http or https.`)
  return { id: String(row.id), url, authType, authValue: text(row.authvalue) }
}

function stepOf(row: SqlRow, endpoints: ReadonlyMap<string, Endpoint>, images: readonly SqlRow[]): Step {
  const refuse = (why: string) => fail('StepNotAllowed', `${row.name}: ${why}`)
  const message = MESSAGES.find((one) => one === row.message)
  if (!message) throw refuse(`the message ${row.message} has no steps here.`)
  const stage = (Object.keys(STAGES) as Stage[]).find((one) => STAGES[one] === Number(row.stage))
  if (!stage) throw refuse(`the stage ${row.stage} is not one of ${Object.values(STAGES).join(', ')}.`)
  const mode = Number(row.mode) === 1 ? 'async' : 'sync'
  if (mode === 'async' && stage !== 'PostOperation') throw refuse('an asynchronous step has the stage 40.')
  const endpoint = endpoints.get(String(row.eventhandler))
  if (!endpoint) throw refuse('its event handler is no service endpoint.')
  if (row.impersonatinguserid !== null) throw fail('NotSupported', 'A step that acts for another user')
  const table = text(row.table)
  if (table !== undefined && row.filtermessage !== row.sdkmessageid) throw refuse('its filter is of another message.')
  if (table === undefined && message !== 'Associate' && message !== 'Disassociate') throw refuse('it needs the filter of a table.')
  const step: Step = {
    id: String(row.id),
    name: String(row.name),
    message,
    table,
    stage,
    mode,
    rank: Number(row.rank),
    filteringColumns: namesOf(row.filteringattributes),
    preImages: imagesOf(images, [BEFORE, BOTH]),
    postImages: imagesOf(images, [AFTER, BOTH]),
    asyncAutoDelete: Boolean(row.asyncautodelete),
    handler: { kind: 'webhook', endpointId: endpoint.id },
  }
  checkImages(step, message)
  return step
}

function checkImages(step: Step, message: Message): void {
  const problem = problemOf(step)
  if (problem === undefined) return
  throw step.preImages.length + step.postImages.length > 0 ? fail('StepImageNotAllowed', message) : fail('StepNotAllowed', `${step.name}: ${problem}.`)
}

function imagesOf(rows: readonly SqlRow[], types: readonly number[]): readonly Image[] {
  return rows.filter(({ imagetype }) => types.includes(Number(imagetype))).map((row) => ({ alias: String(row.entityalias), columns: namesOf(row.attributes) }))
}

/** `name, revenue`; nothing: all. */
function namesOf(given: unknown): readonly string[] | undefined {
  const names = text(given)
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  return names && names.length > 0 ? names : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
