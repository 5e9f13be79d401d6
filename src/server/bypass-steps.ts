/** The documented headers by which a request asks that steps be passed over. Each takes a privilege, which by default administrators have. */
import { fail } from '../protocol/errors.ts'
import { demandOther, type Rights } from '../plan/rights.ts'

export type Bypass = { readonly sync: boolean; readonly async: boolean; readonly stepIds: ReadonlySet<string> }

/** The documented default of `BypassBusinessLogicExecutionStepIdsLimit`. */
const MAX_STEP_IDS = 3

/** Undefined: the request asks for nothing of the kind. */
export function bypassOf(headers: { readonly [name: string]: string }, rights: Rights): Bypass | undefined {
  const plugins = headers['mscrm.bypasscustompluginexecution']
  const logic = headers['mscrm.bypassbusinesslogicexecution']
  const ids = headers['mscrm.bypassbusinesslogicexecutionstepids']
  if (plugins === undefined && logic === undefined && ids === undefined) return undefined
  const skipsSync = plugins !== undefined && flagOf(plugins)
  const kinds = listOf(logic)
  const unknown = kinds.find((kind) => !/^custom(?:a?sync)$/i.test(kind))
  if (unknown !== undefined)
    throw fail('InvalidArgument', `'${unknown}' cannot be bypassed: MSCRM.BypassBusinessLogicExecution takes CustomSync and CustomAsync.`)
  const stepIds = listOf(ids?.replaceAll('"', ''))
  if (stepIds.length > MAX_STEP_IDS) throw fail('InvalidArgument', `No more than ${MAX_STEP_IDS} steps can be bypassed by their ids.`)
  if (skipsSync) demandOther(rights, 'prvBypassCustomPlugins')
  if (kinds.length > 0 || stepIds.length > 0) demandOther(rights, 'prvBypassCustomBusinessLogic')
  const has = (kind: string) => kinds.some((one) => one.toLowerCase() === kind)
  return { sync: skipsSync || has('customsync'), async: has('customasync'), stepIds: new Set(stepIds.map((id) => id.toLowerCase())) }
}

function flagOf(text: string): boolean {
  if (/^true$/i.test(text.trim())) return true
  if (/^false$/i.test(text.trim())) return false
  throw fail('BadRequest', `The header 'MSCRM.BypassCustomPluginExecution' is true or false, not '${text}'.`)
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}
