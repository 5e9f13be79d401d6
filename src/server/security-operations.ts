/** Actions and functions on roles, users and teams: what each may do, and who belongs to a team. */
import { assert } from '../base/assert.ts'
import { type MembersAction, planMembers } from '../plan/plan-members.ts'
import { planPrivileges, planRemovePrivilege } from '../plan/plan-privileges.ts'
import { type RowAddress, rowMissing } from '../plan/row-address.ts'
import type { ChangeMembers, ChangePrivileges } from '../plan/write-plan.ts'
import { fail } from '../protocol/errors.ts'
import { type App, writesOf } from './app.ts'
import type { Answer, BoundAction, BoundFunction, ServerFunction } from './operation.ts'
import { required } from './operation-arguments.ts'
import type { ParsedRequest } from './parse-request.ts'

export const SECURITY_ACTIONS: { readonly [name: string]: BoundAction } = {
  AddPrivilegesRole: onRole((role, { body }) => planPrivileges(role, 'add', body)),
  ReplacePrivilegesRole: onRole((role, { body }) => planPrivileges(role, 'replace', body)),
  RemovePrivilegeRole: onRole((role, { body }, app) => planRemovePrivilege(role, body, app.schema())),
  AddMembersTeam: members('AddMembersTeam'),
  RemoveMembersTeam: members('RemoveMembersTeam'),
}

export const SECURITY_FUNCTIONS: { readonly [name: string]: BoundFunction } = {
  RetrieveUserPrivileges: privilegesOf('systemuser'),
  RetrieveTeamPrivileges: privilegesOf('team'),
}

/** The original has it unbound, with the role's id. */
export const ROLE_FUNCTIONS: { readonly [name: string]: ServerFunction } = {
  RetrieveRolePrivilegesRole: {
    parameters: ['RoleId'],
    run: (app, args, request) => {
      const id = required(args, 'RoleId')
      const table = app.schema().tables.get('role')
      if (id.kind !== 'guid' || !table) throw fail('BadRequest', "The parameter 'RoleId' must be a guid.")
      return readPrivileges(app, { by: 'id', table, id: id.value }, request)
    },
  },
}

type PlanOnRole = (role: RowAddress, request: ParsedRequest, app: App) => ChangePrivileges

function onRole(plan: PlanOnRole): BoundAction {
  return { tables: ['role'], run: (app, role, request) => write(app, plan(role, request, app), request) }
}

function members(action: MembersAction): BoundAction {
  return { tables: ['team'], run: (app, team, request) => write(app, planMembers(team, action, request.body, app.schema()), request) }
}

async function write(app: App, plan: ChangePrivileges | ChangeMembers, request: ParsedRequest): Promise<undefined> {
  const outcome = await writesOf(app).write(plan, request)
  if (outcome.kind === 'missing') throw rowMissing(outcome.address)
}

function privilegesOf(table: string): BoundFunction {
  return { tables: [table], parameters: [], run: (app, row, _, request) => readPrivileges(app, row, request) }
}

async function readPrivileges(app: App, address: RowAddress, request: ParsedRequest): Promise<Answer> {
  const outcome = await app.read({ kind: 'read-privileges', address }, request)
  if (outcome.kind === 'missing') throw rowMissing(outcome.address)
  assert(outcome.kind === 'privileges', 'privileges are what was asked for')
  return { RolePrivileges: JSON.parse(`[${outcome.json}]`) }
}
