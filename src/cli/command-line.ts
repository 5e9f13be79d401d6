/** The command line: `npm run tidemark -- <command>`. Every flag has an environment variable. */
import { Command } from 'commander'
import type { z } from 'zod'
import { Config, SETTINGS } from '../server/config.ts'
import { addMoveCommand } from './move-command.ts'
import { serve } from './serve.ts'
import { addUserCommands } from './user-command-line.ts'

type SettingName = keyof typeof SETTINGS

const program = new Command('tidemark')
  .description('A self-hosted server that speaks the Microsoft Dataverse Web API.')
  .showHelpAfterError('(add --help for the flags)')

const serveCommand = program.command('serve').description('run the server on a data folder')
for (const { flag, variable, help } of Object.values(SETTINGS)) serveCommand.option(flag, `${help} [env: ${variable}]`)
serveCommand.action(async (flags: { readonly [name in SettingName]?: string }) => {
  await serve(readConfig(flags))
})

addUserCommands(program)
addMoveCommand(program)

/** A flag beats its environment variable. */
function readConfig(flags: { readonly [name in SettingName]?: string }): Config {
  const names = Object.keys(SETTINGS) as SettingName[]
  const given = Object.fromEntries(names.map((name) => [name, flags[name] ?? process.env[SETTINGS[name].variable]]).filter(([, value]) => value !== undefined))
  const parsed = Config.safeParse(given)
  if (parsed.success) return parsed.data
  throw new Error(describe(parsed.error))
}

function describe(error: z.ZodError): string {
  return error.issues.map((issue) => `${SETTINGS[issue.path[0] as SettingName]?.flag ?? issue.path.join('.')}: ${issue.message}`).join('\n')
}

const LINGER_MS = 1000

export async function runCommandLine(): Promise<void> {
  try {
    await program.parseAsync()
  } catch (cause) {
    process.stderr.write(`tidemark: ${cause instanceof Error ? cause.message : String(cause)}\n`)
    process.exitCode = 1
    // Whatever it still has open, such as a connection that a server has not let in, keeps nobody waiting.
    setTimeout(() => process.exit(), LINGER_MS).unref()
  }
}
