/** What a function or an action of this server is. Each is a name in a table (`operations.ts`). */
import type { Literal } from '../protocol/literal.ts'
import type { RowAddress } from '../plan/row-address.ts'
import type { Table } from '../schema/table.ts'
import type { App } from './app.ts'
import type { ParsedRequest } from './parse-request.ts'

/** Members of the answer. An `@odata.context` among them counts; else it is that of the operation's `…Response`. */
export type Answer = object

export type Arguments = ReadonlyMap<string, Literal>

export type ServerFunction = {
  /** Others are refused. */
  readonly parameters: readonly string[]
  readonly run: (app: App, args: Arguments, request: ParsedRequest) => Promise<Answer> | Answer
}

/** Undefined: there is nothing to say. */
export type ServerAction = (app: App, request: ParsedRequest) => Promise<Answer | undefined>

/** Bound to one row of one of `tables`: `systemusers(6f0c…)/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@p1)`. */
export type BoundFunction = {
  readonly tables: readonly string[]
  readonly parameters: readonly string[]
  readonly run: (app: App, row: RowAddress, args: Arguments, request: ParsedRequest) => Promise<Answer> | Answer
}

/** Bound to one row of one of `tables`: `POST roles(6f0c…)/Microsoft.Dynamics.CRM.AddPrivilegesRole`. */
export type BoundAction = {
  readonly tables: readonly string[]
  readonly run: (app: App, row: RowAddress, request: ParsedRequest) => Promise<Answer | undefined>
}

/** Bound to a set. */
export type SetAction = (app: App, table: Table, request: ParsedRequest) => Promise<Answer | undefined>
