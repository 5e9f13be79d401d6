/** `tidemark user …` and `tidemark keys …`: users that may call, their secrets, and the keys of the server's own tokens. */
import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import { Guid } from '../base/guid.ts'
import { hashSecret, makeSecret } from '../server/auth/client-secret.ts'
import { Config, SETTINGS } from '../server/config.ts'
import { administer, type Place } from './administer.ts'
import { rotateKeys } from './rotate-keys.ts'
import type { SecretText } from './user-commands.ts'

type Common = { readonly data?: string; readonly database?: string; readonly json?: boolean }

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('the users that may call, where authentication is on')
  withCommon(user.command('add'))
    .description('make a user for an application, with a secret, or one that another issuer knows')
    .requiredOption('--name <name>', 'its name')
    .option('--role <role>', 'a security role, by name or id; may be given several times', (role: string, before: string[]) => [...before, role], [])
    .option('--business-unit <unit>', 'the business unit it belongs to, by name or id (default: the root)')
    .option('--application-id <guid>', 'the client id that another issuer knows the application by: it gets no secret here')
    .option('--object-id <guid>', "the id by which another issuer knows the person, or the application's principal: no secret here")
    .action(add)
  withCommon(user.command('list')).description('show all users').action(list)
  withCommon(user.command('secret'))
    .description('make a new secret for an application; the one so far ends')
    .argument('<id>', 'client id or user id')
    .option('--keep-old <hours>', 'so long the secrets so far go on (default 0)', Number, 0)
    .action(makeNewSecret)
  for (const verb of ['disable', 'enable'] as const) {
    withCommon(user.command(verb))
      .description(verb === 'disable' ? 'let a user in no more, whatever tokens it has' : 'let a user in again')
      .argument('<id>', 'user id, client id or object id')
      .action(async (id: string, options: Common) => {
        const done = await administer(placeOf(options), { do: verb, user: id })
        print(options, done.kind === 'id' ? { 'user id': done.id, status: `${verb}d` } : {})
      })
  }
  const keys = program.command('keys').description("the keys that the server's own tokens are signed with")
  withCommon(keys.command('rotate'))
    .description('sign with a new key; tokens of the one so far are good until they expire')
    .option('--at-once', 'tokens of the one so far are worth nothing from now on')
    .action(rotate)
}

function withCommon(command: Command): Command {
  for (const { flag, help, variable } of [SETTINGS.data, SETTINGS.database]) command.option(flag, `${help} [env: ${variable}]`)
  return command.option('--json', 'print JSON')
}

type AddOptions = Common & {
  readonly name: string
  readonly role: readonly string[]
  readonly businessUnit?: string
  readonly applicationId?: string
  readonly objectId?: string
}

async function add(options: AddOptions): Promise<void> {
  const [known, objectId] = [guidOf('--application-id', options.applicationId), guidOf('--object-id', options.objectId)]
  const isOurs = known === undefined && objectId === undefined
  const applicationId = isOurs ? (randomUUID() as Guid) : known
  const secret = isOurs ? makeSecret() : undefined
  const { name, role: roles, businessUnit } = options
  const done = await administer(placeOf(options), {
    ...{ do: 'add', name, applicationId, objectId, roles, businessUnit },
    secret: secret === undefined ? undefined : await hashed(secret),
  })
  print(options, {
    'user id': done.kind === 'id' ? done.id : '',
    ...(applicationId && { 'client id': applicationId }),
    ...(objectId && { 'object id': objectId }),
    ...(secret && { secret }),
  })
  if (secret && !options.json) process.stdout.write('The secret is shown now and never again.\n')
  if (roles.length === 0 && !options.json) process.stdout.write('It has no role, and so may do nothing yet: give it one with --role, or through the Web API.\n')
}

async function list(options: Common): Promise<void> {
  const done = await administer(placeOf(options), { do: 'list' })
  const users = done.kind === 'users' ? done.users : []
  if (options.json) return void process.stdout.write(`${JSON.stringify(users, null, 2)}\n`)
  for (const { id, name, applicationId, objectId, businessUnit, isDisabled, roles, secrets } of users) {
    const known = [applicationId && `client ${applicationId}`, objectId && `object ${objectId}`, secrets.length > 0 && `${secrets.length} secret(s)`]
    process.stdout.write(`${id}  ${name}${isDisabled ? ' (disabled)' : ''}, ${businessUnit}\n`)
    for (const line of [known.filter(Boolean).join(', '), roles.join(', ')]) if (line) process.stdout.write(`    ${line}\n`)
  }
}

async function makeNewSecret(id: string, options: Common & { readonly keepOld: number }): Promise<void> {
  if (!(options.keepOld >= 0)) throw new Error('--keep-old is a number of hours')
  const secret = makeSecret()
  const oldUntil = options.keepOld > 0 ? formatInstant(new Date(systemClock.now().getTime() + options.keepOld * 3_600_000)) : undefined
  const done = await administer(placeOf(options), { do: 'secret', user: id, secret: await hashed(secret), oldUntil })
  print(options, { 'client id': done.kind === 'id' ? done.id : id, secret })
}

async function rotate(options: Common & { readonly atOnce?: boolean }): Promise<void> {
  print(options, { key: await rotateKeys(placeOf(options), options.atOnce === true) })
}

async function hashed(secret: string): Promise<SecretText> {
  const { salt, hash, cost } = await hashSecret(secret)
  return { salt: Buffer.from(salt).toString('base64'), hash: Buffer.from(hash).toString('base64'), cost }
}

function guidOf(flag: string, text: string | undefined): Guid | undefined {
  if (text === undefined) return undefined
  const id = Guid.parse(text)
  if (id === undefined) throw new Error(`${flag} is no guid: ${text}`)
  return id
}

function placeOf(options: Common): Place {
  const database = Config.shape.database.safeParse(options.database ?? process.env[SETTINGS.database.variable])
  if (!database.success) throw new Error(`${SETTINGS.database.flag}: ${database.error.issues[0]?.message}`)
  return { data: dataOf(options), database: database.data }
}

function dataOf({ data }: Common): string {
  return data ?? process.env[SETTINGS.data.variable] ?? './data'
}

function print({ json }: Common, values: { readonly [name: string]: string }): void {
  const camel = (name: string) => name.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase())
  if (json) process.stdout.write(`${JSON.stringify(Object.fromEntries(Object.entries(values).map(([name, value]) => [camel(name), value])))}\n`)
  else for (const [name, value] of Object.entries(values)) process.stdout.write(`${name}: ${value}\n`)
}
