/**
 * The security roles that every organization has, and what each holds. Their templates have the same ids everywhere, so programs know
 * them whatever they are called. A privilege that is new (of a custom table, of a newer Tidemark) is given to them by the same rules.
 */
import { Guid } from '../base/guid.ts'
import type { Depth, OtherPrivilege, Privilege, Right } from './privileges.ts'
import type { Table } from './table.ts'

export type StandardRole = {
  readonly name: string
  readonly template: Guid
  /** Undefined: it does not hold the privilege. */
  readonly depthOn: (table: Table, privilege: Privilege) => Depth | undefined
  readonly others: (name: OtherPrivilege) => boolean
}

const known = (text: string): Guid => Guid.parse(text) ?? Guid.empty
export const SYSTEM_ADMINISTRATOR = known('627090ff-40a3-4053-8790-584edc5be201')
export const SYSTEM_CUSTOMIZER = known('119f245c-3cc8-4b62-b31c-d1a046ced15d')
/** The original's has no template of its own; here it has one, so that it is known by more than its name. */
export const BASIC_USER = Guid.fromName('roletemplate:Basic User')
const DELEGATE = Guid.fromName('roletemplate:Delegate')

const SEEN: readonly Right[] = ['Read']
const NAMED: readonly Right[] = ['Read', 'AppendTo']

/** What people work with: each sees and changes their own rows. */
const OWN_ROWS: ReadonlySet<string> = new Set(['account', 'contact', 'activitypointer', 'userquery', 'asyncoperation', 'bulkdeleteoperation'])

/** What everybody may look at in the whole organization, or point at. */
const COMMON: { readonly [table: string]: readonly Right[] } = {
  organization: SEEN,
  businessunit: NAMED,
  systemuser: NAMED,
  usersettings: SEEN,
  team: NAMED,
  role: SEEN,
  roletemplate: SEEN,
  privilege: SEEN,
  equipment: NAMED,
  territory: NAMED,
  transactioncurrency: NAMED,
  timezonedefinition: SEEN,
  savedquery: SEEN,
  publisher: SEEN,
  solution: SEEN,
  sdkmessage: SEEN,
  sdkmessagefilter: SEEN,
}

const CUSTOMIZED: ReadonlySet<string> = new Set(['savedquery', 'publisher', 'solution'])
const CUSTOMIZING = /^prv(?:(?:Create|Read|Write|Delete)(?:Entity|Attribute|Relationship)|PublishCustomization)$/

export const STANDARD_ROLES: readonly StandardRole[] = [
  { name: 'System Administrator', template: SYSTEM_ADMINISTRATOR, depthOn: (_, { depths }) => depths.at(-1), others: () => true },
  {
    name: 'System Customizer',
    template: SYSTEM_CUSTOMIZER,
    depthOn: (table, privilege) => (table.isCustom || CUSTOMIZED.has(table.logicalName) ? privilege.depths.at(-1) : basicDepth(table, privilege)),
    others: (name) => CUSTOMIZING.test(name),
  },
  { name: 'Basic User', template: BASIC_USER, depthOn: basicDepth, others: (name) => name === 'prvReadEntity' },
  { name: 'Delegate', template: DELEGATE, depthOn: () => undefined, others: (name) => name === 'prvActOnBehalfOfAnotherUser' },
]

/** Of custom tables nothing: whoever makes one says who works with it. Activities share their privileges, whoever made the table. */
function basicDepth(table: Table, { right, depths }: Privilege): Depth | undefined {
  const name = table.isActivity ? 'activitypointer' : table.logicalName
  if (OWN_ROWS.has(name)) return depths[0]
  if (name === 'usersettings' && right === 'Write') return depths[0]
  return Object.hasOwn(COMMON, name) && COMMON[name]?.includes(right) ? depths.at(-1) : undefined
}
