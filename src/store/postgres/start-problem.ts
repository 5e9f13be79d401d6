/** Why a database cannot be opened, in one sentence for the person who starts the program: never with the password. */
import { EngineError } from '../sql/connection.ts'
import { shownUrl } from './hosts.ts'

const OTHERS = /^(?:42P06|42P07|42710|42723)$/

/** Errors that are worded already stay what they are. */
export function startProblem(error: unknown, url: string): unknown {
  const cause = error instanceof EngineError ? (error.cause ?? error) : error
  if (!(cause instanceof Error)) return error
  const { code } = cause as { readonly code?: unknown }
  const state = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
  if (state === undefined && !(error instanceof EngineError)) return error
  return new Error(`the database ${shownUrl(url)} ${reasonOf(cause.message, state)}`, { cause })
}

/** `state`: what PostgreSQL calls SQLSTATE; undefined where it said nothing. */
function reasonOf(message: string, state: string | undefined): string {
  if (/client password must be/.test(message)) return 'asks for a password: give one in the URL, in PGPASSWORD or in ~/.pgpass'
  if (state === undefined) return `cannot be reached: ${message}`
  if (state === '25006') return `takes no writes: it is a standby, or it is set to be read only (${message})`
  if (state === '42501') return `does not let this role do what Tidemark needs (${message}): make the role the database's owner`
  if (OTHERS.test(state)) return `holds something that Tidemark has not made (${message}): give Tidemark a database of its own`
  return `cannot be opened: ${message}`
}
