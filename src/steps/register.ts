/**
 * What a module of the steps folder says of a step, checked: `register({ message: 'Update', table: 'account', stage: 'PreOperation', run })`.
 * A wrong one is an error of whoever wrote it, told when the server starts.
 */
import { type Image, MESSAGES, type Message, type Registration, type Stage, STAGES, STEP_TABLES } from './step.ts'

const KNOWN = ['name', 'message', 'table', 'stage', 'mode', 'rank', 'filteringColumns', 'preImage', 'postImage', 'asyncAutoDelete', 'run']

export function registrationOf(given: unknown, fallbackName: string): Registration {
  if (typeof given !== 'object' || given === null) throw new Error('register() takes an object')
  const asked = given as { readonly [member: string]: unknown }
  const unknown = Object.keys(asked).find((member) => !KNOWN.includes(member))
  if (unknown !== undefined) throw new Error(`register() does not know '${unknown}'; it knows ${KNOWN.join(', ')}`)
  const { message, table, stage, mode = 'sync', rank = 1, name } = asked
  if (!MESSAGES.includes(message as Message)) throw new Error(`message must be one of ${MESSAGES.join(', ')}`)
  if (typeof stage !== 'string' || !Object.hasOwn(STAGES, stage)) throw new Error(`stage must be one of ${Object.keys(STAGES).join(', ')}`)
  if (mode !== 'sync' && mode !== 'async') throw new Error("mode must be 'sync' or 'async'")
  if (mode === 'async' && stage !== 'PostOperation') throw new Error("a step of mode 'async' has the stage 'PostOperation'")
  if (typeof rank !== 'number' || !Number.isInteger(rank)) throw new Error('rank must be a whole number')
  if (typeof asked.run !== 'function') throw new Error('run must be a function')
  const isPair = message === 'Associate' || message === 'Disassociate'
  if (table === undefined ? !isPair : typeof table !== 'string') throw new Error("table must be a table's logical name")
  const step: Registration = {
    name: typeof name === 'string' ? name : fallbackName,
    message: message as Message,
    table: table as string | undefined,
    stage: stage as Stage,
    mode,
    rank,
    filteringColumns: namesOf(asked.filteringColumns, 'filteringColumns'),
    preImages: imagesOf(asked.preImage, 'preImage'),
    postImages: imagesOf(asked.postImage, 'postImage'),
    asyncAutoDelete: asked.asyncAutoDelete === true,
  }
  const problem = problemOf(step)
  if (problem !== undefined) throw new Error(problem)
  return step
}

/** What no step can have, whoever registers it. */
export function problemOf({ table, message, stage, filteringColumns, preImages, postImages }: Registration): string | undefined {
  if (table !== undefined && STEP_TABLES.has(table)) return `there are no events of ${table}`
  const isUpdate = message === 'Update' || message === 'UpdateMultiple'
  if (filteringColumns && !isUpdate) return 'only updates are filtered by columns'
  if (preImages.length > 0 && !isUpdate && message !== 'Delete') return `there is no row before ${message}`
  if (postImages.length > 0 && (message === 'Delete' || message === 'Associate' || message === 'Disassociate')) return `there is no row after ${message}`
  if (postImages.length > 0 && stage !== 'PostOperation') return 'the row after the write is there in the stage PostOperation alone'
  return undefined
}

/** `['name']`, or true for all columns: an image under the member's own name. */
function imagesOf(given: unknown, alias: string): readonly Image[] {
  if (given === undefined || given === false) return []
  return [{ alias, columns: given === true ? undefined : namesOf(given, alias) }]
}

function namesOf(given: unknown, member: string): readonly string[] | undefined {
  if (given === undefined) return undefined
  if (!Array.isArray(given) || !given.every((name) => typeof name === 'string')) throw new Error(`${member} must be a list of columns' logical names`)
  return given
}
